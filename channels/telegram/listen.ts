// Long polling, for servers the platform cannot reach. An update is confirmed only with the next request, after
// `receive` has stored it; one that is asked for twice is stored once.
import { setTimeout as pause } from 'node:timers/promises';
import type { ChannelBot, Receive } from '../../src/domain/channel.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { Api } from 'grammy';
import type { Update } from 'grammy/types';
import { failureOf, POLL_SECONDS, type TelegramClient } from './client.ts';
import { problemOf } from './connect.ts';
import { ALLOWED_UPDATES, pressId } from './parse.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** Resolves when `signal` aborts. Throws a Problem for what will not mend itself: a refused token, a second listener. */
export async function listen(
  client: TelegramClient,
  bot: ChannelBot,
  receive: Receive,
  signal: AbortSignal,
): Promise<void> {
  const api = client.api(bot);
  let offset: number | undefined;
  let webhookGone = false;
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      // The platform refuses polling while a webhook is set.
      if (!webhookGone) await api.deleteWebhook({}, grammySignal(signal));
      webhookGone = true;
      const updates = await api.getUpdates(
        { ...(offset === undefined ? {} : { offset }), timeout: POLL_SECONDS, allowed_updates: ALLOWED_UPDATES },
        grammySignal(signal),
      );
      if (updates.length > 0) await receive(updates);
      answerPresses(api, updates);
      // After a week of silence, and on another server, ids begin anew and may be lower: the last batch alone says where it
      // goes on. An offset that is never reached confirms nothing, and the same updates would come for ever.
      if (updates.length > 0) offset = Math.max(...updates.map(({ update_id }) => update_id)) + 1;
      wait = FIRST_WAIT_MS;
    } catch (error) {
      if (signal.aborted) return;
      wait = await afterFailure(error, bot, wait, signal);
    }
  }
}

/** The buttons stop spinning; when the platform no longer cares, neither do we. */
function answerPresses(api: Api, updates: readonly Update[]): void {
  for (const update of updates) {
    const press = pressId(update);
    if (press !== null) void api.answerCallbackQuery(press).catch(() => undefined);
  }
}

/** Waits before the next try and answers how long the one after that would be. */
async function afterFailure(error: unknown, bot: ChannelBot, wait: number, signal: AbortSignal): Promise<number> {
  const failure = failureOf(error);
  if (failure.kind === 'refused') {
    if (failure.code === 401 || failure.code === 404) throw problemOf(failure, bot);
    if (failure.code === 409) throw new Problem('polling_conflict', { reason: failure.description });
  }
  const asked = failure.kind === 'refused' && failure.retryAfter !== null ? failure.retryAfter * 1000 : wait;
  await rest(asked, signal);
  return Math.min(wait * 2, LONGEST_WAIT_MS);
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(ms, undefined, { signal });
  } catch {
    // Aborted: whoever asked for a rest looks at the signal next.
  }
}

type GrammySignal = Parameters<Api['getMe']>[0];
/** grammY types its own AbortSignal; Node's is the same thing at run time. */
const grammySignal = (signal: AbortSignal): GrammySignal => signal as unknown as GrammySignal;
