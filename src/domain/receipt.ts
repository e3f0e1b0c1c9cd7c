// What a receipt, or any other word of what became of a message, makes of a delivery. It only ever moves forward:
//
//   unconfirmed → sent → delivered → opened      what arrived: a later rung implies the ones before it
//   unconfirmed, sent, delivered → failed        what could not be delivered after all: a bounce, a failed status
//
// What was opened has arrived, whatever is told afterwards; what has failed stays failed. So repeated receipts change
// nothing, nor does their order, and the earliest time told is the one kept.
import type { RefusalReason } from './channel.ts';
import type { DeliveryState } from './delivery.ts';
import type { Figure } from './stats.ts';

export interface Arrival {
  state: DeliveryState;
  sendingAt: number | null;
  sentAt: number | null;
  deliveredAt: number | null;
  openedAt: number | null;
}

export type Receipt =
  | { kind: 'delivered' | 'opened'; at: number }
  | { kind: 'undelivered'; at: number; reason: RefusalReason; detail: string };

export interface Step {
  after: Arrival;
  /** How the figures move with it. */
  counts: { figure: Figure; by: number; at?: number }[];
}

/** The states of a message that the platform has, or may have. */
export const ARRIVABLE: readonly DeliveryState[] = ['sent', 'delivered', 'opened', 'unconfirmed'];

/** Opened implies delivered: it may come first, or alone. */
export function applyReceipt(before: Arrival, receipt: Receipt): Step {
  if (!ARRIVABLE.includes(before.state)) return { after: before, counts: [] };
  if (receipt.kind === 'undelivered') return fail(before, receipt.at);
  const confirmed = confirmArrival(before, receipt.at);
  const after: Arrival = {
    ...confirmed.after,
    deliveredAt: earliest(before.deliveredAt, receipt.at),
    openedAt: receipt.kind === 'opened' ? earliest(before.openedAt, receipt.at) : before.openedAt,
  };
  after.state = after.openedAt === null ? 'delivered' : 'opened';
  const counts = [...confirmed.counts];
  if (before.deliveredAt === null) counts.push({ figure: 'delivered', by: 1 });
  if (before.openedAt === null && after.openedAt !== null) counts.push({ figure: 'opened', by: 1 });
  return { after, counts };
}

/** It was sent, and counts as failed from now on; that it was delivered, if that was told, was not so. */
function fail(before: Arrival, at: number): Step {
  if (before.openedAt !== null) return { after: before, counts: [] };
  const counts: Step['counts'] = [
    { figure: before.state === 'unconfirmed' ? 'unconfirmed' : 'sent', by: -1 },
    { figure: 'failed', by: 1, at },
  ];
  if (before.deliveredAt !== null) counts.push({ figure: 'delivered', by: -1 });
  return { after: { ...before, state: 'failed', deliveredAt: null }, counts };
}

/** A message of unknown fate that someone received or clicked was sent: when it went out on the wire. */
export function confirmArrival(before: Arrival, at: number): Step {
  if (before.state !== 'unconfirmed') return { after: before, counts: [] };
  const sentAt = before.sendingAt ?? at;
  return {
    after: { ...before, state: 'sent', sentAt },
    counts: [
      { figure: 'unconfirmed', by: -1 },
      { figure: 'sent', by: 1, at: sentAt },
    ],
  };
}

const earliest = (known: number | null, at: number): number => (known === null ? at : Math.min(known, at));
