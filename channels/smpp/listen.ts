// The session that receives: receipts and what people write. Each is confirmed to the centre after it is stored; when the
// session ends another is opened, with growing pauses.
import { setTimeout as rest } from 'node:timers/promises';
import type { ChannelBot, Receive } from '../../src/domain/channel.ts';
import { problemOf } from './connect.ts';
import { noteOf } from './parse.ts';
import { BindRefused, openSession } from './session.ts';

export interface ListenDeps {
  allowPrivate: (origin: string) => boolean;
  now: () => number;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const ALREADY_BOUND = 0x05;

/** Resolves when `signal` aborts. Throws a Problem for what will not mend itself: refused credentials. */
export async function listen(deps: ListenDeps, bot: ChannelBot, receive: Receive, signal: AbortSignal): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      const take = (pdu: Parameters<typeof noteOf>[0]): Promise<void> => receive([noteOf(pdu, deps.now())]);
      const session = await openSession({ bot, role: 'receiver', allowPrivate: deps.allowPrivate, take });
      pause = FIRST_PAUSE_MS;
      const end = (): void => session.end();
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
      await session.ended;
      signal.removeEventListener('abort', end);
    } catch (error) {
      // An older session of ours may not have been noticed yet; everything else that a centre refuses stays refused.
      if (error instanceof BindRefused && error.status !== ALREADY_BOUND) throw problemOf(error, bot);
    }
    await rest(pause, undefined, { signal }).catch(() => undefined);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}
