// What one answer of a platform makes of one task: the record for the store, and whether this lane goes on with it. Pure.
import { keepsKey } from '../domain/call-keys.ts';
import type { Outcome } from '../domain/channel.ts';
import { settle } from '../domain/delivery.ts';
import type { SettledDelivery } from '../store/settled.ts';
import { judge } from './reach.ts';
import type { Task } from './source.ts';
import { isCharged } from './windows.ts';

/** What the outcomes of one call have in common. */
export interface Answer {
  stampedAt: number;
  at: number;
  /** The platform is away: until when the bot waits. */
  closedUntil: number | null;
  random: number;
  /** Would the platform drop a repeat of this call? */
  idempotent: boolean;
  /** It had gone out before, under the same key. */
  isRepeat: boolean;
}

export function settledBy(task: Task, heard: Outcome, answer: Answer): SettledDelivery {
  const { outgoing, payloads } = task;
  const { stampedAt, at, closedUntil, random, idempotent, isRepeat } = answer;
  const { attempts, parts, callKey } = outgoing;
  const inDoubt = callKey !== null && (isRepeat || heard.status === 'unknown');
  const outcome = judge(heard, closedUntil);
  const settled = settle({ attempts, parts, payloads: payloads.length, idempotent, inDoubt }, outcome, at, random);
  return {
    id: outgoing.id,
    campaignId: outgoing.campaignId,
    botId: outgoing.botId,
    subscriberId: outgoing.subscriberId,
    connectionId: outgoing.connectionId,
    purpose: outgoing.purpose,
    settled,
    priority: task.priority,
    single: task.single,
    // A next payload, or a closed bot: this lane goes on with it.
    kept: settled.state === 'planned' && (outcome.status === 'accepted' || settled.botClosedUntil !== null),
    ...(outcome.status === 'accepted' && isCharged(task, at) ? { charged: true } : {}),
    ...(callKey === null ? {} : { call: { key: callKey, keep: keepsKey(outcome, isRepeat) } }),
    stampedAt,
    at,
  };
}
