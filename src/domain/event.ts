// Facts about a subscriber, dated, never edited.

export const EVENT_KINDS = [
  'subscribed',
  'unsubscribed',
  'blocked',
  'unblocked',
  'unreachable',
  'replied',
  'imported',
  'delivered',
  'opened',
  'link_clicked',
  'buy_clicked',
  'button_clicked',
  'ordered',
  'paid',
  'refunded',
  'attribute_changed',
  'tag_added',
  'tag_removed',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export interface HeraldEvent {
  id: number;
  /** UTC milliseconds. */
  at: number;
  kind: EventKind;
  subscriberId: number | null;
  connectionId: number | null;
  botId: number | null;
  campaignId: number | null;
  deliveryId: number | null;
  /** The platform's id of the fact, unique within the bot. */
  externalId: string | null;
  data: Record<string, unknown>;
}
