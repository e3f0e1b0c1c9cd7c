// What a command status means (SMPP 3.4, 5.1.3). Any status but 0 says that the message was not taken. Pure.
import type { Outcome, RefusalReason } from '../../src/domain/channel.ts';
import type { ConnectionStatus } from '../../src/domain/subscriber.ts';

const THROTTLED_MS = 1000;
const QUEUE_FULL_MS = 5000;

const WAITS: Readonly<Record<number, number>> = { 0x58: THROTTLED_MS, 0x14: QUEUE_FULL_MS };
/** Busy, out of order for a moment, or not bound as it should be: the session is opened anew. */
const FAILED: ReadonlySet<number> = new Set([0x04, 0x05, 0x08, 0x64, 0xfe]);
/** Password, system id, bind; the sender's address; the service of the contract. */
const BOT: ReadonlySet<number> = new Set([0x0a, 0x0d, 0x0e, 0x0f, 0x48, 0x49, 0x53, 0x100, 0x101, 0x102, 0x103]);

const REFUSALS: Readonly<Record<number, { reason: RefusalReason; connection?: ConnectionStatus }>> = {
  0x0b: { reason: 'unreachable', connection: 'unreachable' },
  0x50: { reason: 'unreachable', connection: 'unreachable' },
  0x51: { reason: 'unreachable', connection: 'unreachable' },
  0x01: { reason: 'content_refused' },
};

/** Null for a status that says "taken". */
export function refusalOf(status: number, now: number): Outcome | null {
  if (status === 0) return null;
  const detail = `command status 0x${status.toString(16).padStart(2, '0')}`;
  const wait = WAITS[status];
  if (wait !== undefined) return { status: 'throttled', scope: 'bot', retryAt: now + wait };
  if (FAILED.has(status)) return { status: 'failed', detail };
  if (BOT.has(status)) return { status: 'bot_refused', detail };
  return { status: 'refused', ...(REFUSALS[status] ?? { reason: 'platform_error' }), detail };
}
