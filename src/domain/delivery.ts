// The life of a delivery: one message of one campaign to one subscriber over one connection. What follows from a try
// is decided here, purely; time and chance come in as arguments.
import { DETAIL_MAX, type Outcome, type RefusalReason } from './channel.ts';
import type { Figure } from './stats.ts';
import type { ConnectionStatus } from './subscriber.ts';

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

const DELIVERY_PURPOSES = ['campaign', 'test', 'reply'] as const;
export type DeliveryPurpose = (typeof DELIVERY_PURPOSES)[number];

const SKIP_REASONS = [
  'unsubscribed',
  'blocked',
  'unreachable',
  'excluded',
  'no_variant',
  'erased',
  // Said when the mailing is planned: their hour had passed, no zone is known, they had enough mailings lately.
  'hour_passed',
  'zone_unknown',
  'frequency_cap',
  // Said when it is planned, or at the moment of sending: the platform takes no free message for them any more.
  'window_closed',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Of these, the rules by which people are left out when a mailing is planned. */
export const PLANNED_OUT = [
  'hour_passed',
  'zone_unknown',
  'frequency_cap',
  'window_closed',
] as const satisfies readonly SkipReason[];

/** What failed in Herald itself, and not at a person or a messenger: the message could not be made, its outcome not be written. */
export const FAULT_REASONS = ['not_rendered', 'not_written'] as const;
export type FaultReason = (typeof FAULT_REASONS)[number];

/**
 * Why a delivery ended as it did, in three kinds: a messenger refused it (`failed`), it was left out before it was tried
 * (`skipped`), or something of ours failed (`failed`; `unconfirmed` where the messenger had been asked).
 */
export type DeliveryReason = RefusalReason | SkipReason | FaultReason;

/** Reasons that pass: the owner may send these deliveries again, those of a message that failed here once it is mended. */
export const PASSING_REASONS = [
  'platform_error',
  'rate_limited_too_long',
  'not_rendered',
] as const satisfies readonly DeliveryReason[];

/** The figure a state is counted in; null while the delivery remains to be sent. */
export const FIGURE_OF = {
  planned: null,
  sending: null,
  sent: 'sent',
  delivered: 'sent',
  opened: 'sent',
  failed: 'failed',
  cancelled: 'cancelled',
  skipped: 'skipped',
  control: 'skipped',
  unconfirmed: 'unconfirmed',
} as const satisfies Record<DeliveryState, Figure | null>;

export const MAX_ATTEMPTS = 6;
/** A platform that wants us to wait longer than this for one person has in effect refused. */
export const LONGEST_WAIT_MS = 3_600_000;

const FIRST_DELAY_MS = 2_000;
const GROWTH = 4;
const LONGEST_DELAY_MS = 600_000;

/**
 * How long to wait after the n-th failed try: 2 s, 8 s, 32 s, 128 s, 512 s, each lengthened or shortened by up to a
 * quarter, so that those who failed together do not come back together.
 */
export function retryDelay(attempts: number, random: number): number {
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * GROWTH ** (attempts - 1));
  return Math.round(delay * (0.75 + random / 2));
}

/** A delivery that has just been tried. */
export interface Tried {
  /** Counted tries before this one. */
  attempts: number;
  /** Payloads the messenger had accepted before this try. */
  parts: number;
  /** Payloads the message takes in all. */
  payloads: number;
  /** Does the platform drop a repeat that carries the same key? */
  idempotent: boolean;
  /** This try or one before may have arrived: to give up leaves it unconfirmed. */
  inDoubt?: boolean;
}

export interface Settled {
  state: 'planned' | 'sent' | 'failed' | 'unconfirmed';
  reason: RefusalReason | FaultReason | null;
  detail: string | null;
  attempts: number;
  parts: number;
  messageId: string | null;
  /** For `planned`: when it may be tried again; null: at once, with its next payload. */
  dueAt: number | null;
  /** What the person's connection becomes. */
  connection: ConnectionStatus | null;
  /** The whole bot pauses until an instant, or (null) until a person mends it. */
  botClosedUntil: { until: number | null } | null;
}

/** What becomes of a delivery after one try to send one of its payloads. */
export function settle(delivery: Tried, outcome: Outcome, now: number, random: number): Settled {
  const { attempts, parts } = delivery;
  const same: Settled = {
    state: 'planned',
    reason: null,
    detail: null,
    attempts,
    parts,
    messageId: null,
    dueAt: null,
    connection: null,
    botClosedUntil: null,
  };
  switch (outcome.status) {
    case 'accepted': {
      const accepted = { parts: parts + 1, messageId: outcome.messageId };
      return parts + 1 < delivery.payloads
        ? { ...same, ...accepted }
        : { ...same, ...accepted, state: 'sent', attempts: attempts + 1 };
    }
    case 'refused':
      return {
        ...same,
        ...failed(attempts, outcome.reason, outcome.detail),
        connection: outcome.connection ?? CONNECTION_AFTER[outcome.reason] ?? null,
      };
    case 'throttled':
      if (outcome.scope === 'bot')
        return { ...same, dueAt: outcome.retryAt, botClosedUntil: { until: outcome.retryAt } };
      // Of a host as of one chat: its own try is over, and when others of that host may go is the lane's to know.
      if (outcome.retryAt - now > LONGEST_WAIT_MS)
        return { ...same, ...givenUp(delivery, 'rate_limited_too_long', '') };
      return { ...same, dueAt: outcome.retryAt };
    case 'failed':
      return { ...same, ...again(delivery, outcome.detail, now, random) };
    case 'bot_refused':
      return { ...same, dueAt: now, detail: outcome.detail.slice(0, DETAIL_MAX), botClosedUntil: { until: null } };
    case 'unknown':
      if (delivery.idempotent) return { ...same, ...again(delivery, outcome.detail, now, random) };
      return { ...same, ...unconfirmed(attempts, outcome.detail) };
    default:
      return outcome satisfies never;
  }
}

const CONNECTION_AFTER: Partial<Record<RefusalReason, ConnectionStatus>> = {
  blocked: 'blocked',
  unreachable: 'unreachable',
};

type Verdict = Pick<Settled, 'state' | 'reason' | 'detail' | 'attempts' | 'dueAt'>;

const failed = (attempts: number, reason: RefusalReason, detail: string): Verdict => ({
  state: 'failed',
  reason,
  detail: detail.slice(0, DETAIL_MAX),
  attempts: attempts + 1,
  dueAt: null,
});

const unconfirmed = (attempts: number, detail: string): Verdict => ({
  state: 'unconfirmed',
  reason: null,
  detail: detail.slice(0, DETAIL_MAX),
  attempts: attempts + 1,
  dueAt: null,
});

const givenUp = ({ attempts, inDoubt = false }: Tried, reason: RefusalReason, detail: string): Verdict =>
  inDoubt ? unconfirmed(attempts, detail) : failed(attempts, reason, detail);

/** Another try after a growing wait, until there have been enough. */
function again(delivery: Tried, detail: string, now: number, random: number): Verdict {
  const { attempts } = delivery;
  if (attempts + 1 >= MAX_ATTEMPTS) return givenUp(delivery, 'platform_error', detail);
  return {
    state: 'planned',
    reason: null,
    detail: detail.slice(0, DETAIL_MAX),
    attempts: attempts + 1,
    dueAt: now + retryDelay(attempts + 1, random),
  };
}
