// The life of a delivery: one message of one campaign to one subscriber over one connection.

export const DELIVERY_STATES = [
  'planned',
  'sending',
  'sent',
  'delivered',
  'opened',
  'failed',
  'cancelled',
  'skipped',
  'control',
  'unconfirmed',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export const DELIVERY_PURPOSES = ['campaign', 'test', 'reply'] as const;
export type DeliveryPurpose = (typeof DELIVERY_PURPOSES)[number];

export const SKIP_REASONS = ['unsubscribed', 'blocked', 'unreachable', 'excluded', 'no_variant', 'erased'] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];
