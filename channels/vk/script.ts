// Many messages in one request: a script that sends them one by one, each to its own receiver and under its own key. Pure.
import { createHash } from 'node:crypto';
import type { ChannelBot, Envelope, Outcome } from '../../src/domain/channel.ts';
import { asText, isRecord } from '../lib/json.ts';
import type { Answer } from './client.ts';
import { idOf } from './ids.ts';
import { errorOutcome } from './outcome.ts';

/** Calls of the API in one script, and characters of it: read strictly, since no page names the latter. */
const CALLS_MAX = 25;
const SCRIPT_MAX = 60_000;

/** Parameters of `messages.send` for one receiver. */
export type Send = Readonly<Record<string, string | number>>;

/**
 * The platform drops a message whose number it has seen before. Ours follows from the delivery, so that it is the same
 * whenever it comes back; 48 bits, since the documentation asks for a large range and numbers of ours must not meet.
 */
export const randomIdOf = ({ key, address }: Envelope, bot: ChannelBot): number =>
  createHash('sha256').update(`${bot.publicId}:${address}:${key}`).digest().readUIntBE(0, 6) || 1;

export const scriptOf = (sends: readonly Send[]): string =>
  `return [${sends.map((send) => `API.messages.send(${JSON.stringify(send)})`).join(',')}];`;

/** Runs that fit into one script each. */
export function intoScripts<T extends { send: Send }>(items: readonly T[]): T[][] {
  const runs: T[][] = [];
  let length = Infinity;
  for (const item of items) {
    const more = JSON.stringify(item.send).length + 'API.messages.send(),'.length;
    if (length + more > SCRIPT_MAX || (runs.at(-1)?.length ?? 0) >= CALLS_MAX) {
      runs.push([]);
      length = 'return [];'.length;
    }
    runs.at(-1)?.push(item);
    length += more;
  }
  return runs;
}

/** One outcome per message of a script. A call that failed is `false` there; the errors follow in the same order. */
export function scriptOutcomes(answer: Answer & { kind: 'done' }, count: number, now: number): Outcome[] {
  const results: readonly unknown[] = Array.isArray(answer.result) ? answer.result : [];
  const errors = [...answer.errors];
  return Array.from({ length: count }, (_, index) => {
    const result = results[index];
    if (result !== false) return sendOutcome(result, now);
    const error = errors.shift();
    return error ? errorOutcome(error, now) : { status: 'unknown', detail: 'no answer for this receiver' };
  });
}

/** What `messages.send` says of the one receiver in its `peer_ids`. */
export function sendOutcome(result: unknown, now: number): Outcome {
  const entry: unknown = Array.isArray(result) ? result[0] : undefined;
  if (!isRecord(entry)) return { status: 'unknown', detail: 'no answer for this receiver' };
  const { error } = entry;
  if (isRecord(error) && Number.isSafeInteger(error.code))
    return errorOutcome({ code: Number(error.code), message: asText(error.description) }, now);
  return { status: 'accepted', messageId: idOf(entry.message_id) };
}
