// What a try made of a delivery, as the sender tells the store.
import type { DeliveryPurpose, Settled } from '../domain/delivery.ts';
import type { Move } from './fallback.ts';

export interface SettledDelivery {
  id: number;
  campaignId: number;
  botId: number;
  subscriberId: number;
  connectionId: number;
  purpose: DeliveryPurpose;
  priority: number;
  /** Leased by itself and not as a part of a slice. */
  single: boolean;
  /** It goes on at once: the sender keeps it and its lease. */
  kept: boolean;
  /** The instant of the stamp it went out under: a later stamp, by whoever, is another try and none of our business. */
  stampedAt: number;
  /** When the answer came, UTC ms. */
  at: number;
  settled: Settled;
  /** The platform charges for it. */
  charged?: boolean;
  /** The call it went in, where that has a key; `keep`: a delivery that comes back may have arrived with it. */
  call?: { key: string; keep: boolean };
  /** Refused by its connection: it goes on over another one. */
  move?: Move;
}

/**
 * The same outcome in lesser forms, for one that cannot be written as it is: without what only tells more about it, and
 * as one whose fate is not known.
 */
export function lesserForms(delivery: SettledDelivery): SettledDelivery[] {
  const bare: Settled = { ...delivery.settled, detail: null, messageId: null, connection: null };
  const unknown: Settled = { ...bare, state: 'unconfirmed', reason: 'not_written', dueAt: null };
  return [
    { ...delivery, settled: bare },
    { ...delivery, settled: unknown, kept: false, charged: false },
  ];
}
