// The sessions that messages go out over: one per account, opened by the first message, kept while there is something to
// send, and opened again with growing pauses when a centre cannot be had.
import type { ChannelBot } from '../../src/domain/channel.ts';
import { openSession, type Session } from './session.ts';

export interface Transmitters {
  /** Rejects as `openSession` does; within a pause, with what went wrong last. */
  of(bot: ChannelBot): Promise<Session>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const IDLE_MS = 60_000;
const MAX_ACCOUNTS = 200;

interface Account {
  session: Promise<Session> | null;
  idle: NodeJS.Timeout | null;
  failures: number;
  /** What went wrong last, and until when nothing is tried again. */
  fault: { error: unknown; until: number } | null;
}

export function createTransmitters(deps: {
  allowPrivate: (origin: string) => boolean;
  now: () => number;
}): Transmitters {
  const accounts = new Map<string, Account>();

  const accountOf = (bot: ChannelBot): Account => {
    const key = JSON.stringify([bot.credentials, bot.apiRoot]);
    let account = accounts.get(key);
    if (!account) {
      // What is forgotten ends by itself when it has been idle.
      if (accounts.size >= MAX_ACCOUNTS) accounts.clear();
      account = { session: null, idle: null, failures: 0, fault: null };
      accounts.set(key, account);
    }
    return account;
  };

  const open = async (bot: ChannelBot, account: Account): Promise<Session> => {
    try {
      const session = await openSession({ bot, role: 'transmitter', allowPrivate: deps.allowPrivate });
      Object.assign(account, { failures: 0, fault: null });
      void session.ended.then(() => {
        account.session = null;
      });
      return session;
    } catch (error) {
      account.session = null;
      account.failures += 1;
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** (account.failures - 1), LONGEST_PAUSE_MS);
      account.fault = { error, until: deps.now() + pause };
      throw error;
    }
  };

  return {
    async of(bot) {
      const account = accountOf(bot);
      if (!account.session) {
        if (account.fault && deps.now() < account.fault.until) throw account.fault.error;
        account.session = open(bot, account);
      }
      const session = await account.session;
      if (account.idle) clearTimeout(account.idle);
      account.idle = setTimeout(() => session.end(), IDLE_MS);
      account.idle.unref();
      return session;
    },
  };
}
