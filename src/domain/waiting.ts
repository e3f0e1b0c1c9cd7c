// Why a mailing sends nothing at this moment. Whoever makes it wait says so with a code; here is decided which one
// reason a person is shown when several hold, and when a mailing waits at all.

/** The one that says most comes first: what only a person can mend, then what is away, then what time mends. */
export const WAIT_CODES = [
  'restored_copy',
  'nobody_sends',
  'nobody_takes',
  'bot_disconnected',
  'bot_attention',
  'bot_paused',
  'stuck',
  'redis_away',
  'no_share',
  'platform_away',
  'platform_wait',
  'host_wait',
  'canary',
  'quiet_hours',
  'not_due',
  'planning',
] as const;
export type WaitCode = (typeof WAIT_CODES)[number];

export interface WaitParams {
  /** UTC ms. */
  until?: number;
  /** The bot's public id, and its name. */
  bot?: string;
  name?: string;
  /** The channel's name in the code; people are shown its title. */
  channel?: string;
  /** What receives for many people at once. */
  host?: string;
}

export interface Wait {
  code: WaitCode;
  params: WaitParams;
}

/** Since when a mailing waits for it, UTC ms. */
export interface HeldWait extends Wait {
  since: number;
}

/** The one to show. Of two alike, the one that lasts longer. */
export function pickWait<W extends Wait>(waits: readonly W[]): W | null {
  return [...waits].sort((a, b) => rank(a) - rank(b) || lasts(b) - lasts(a))[0] ?? null;
}

const rank = ({ code }: Wait): number => WAIT_CODES.indexOf(code);
const lasts = ({ params }: Wait): number => params.until ?? Infinity;

// --- As a sender sees it --------------------------------------------------------------------

export interface BotFacts {
  publicId: string;
  name: string;
  channel: string;
  status: 'connected' | 'attention' | 'paused' | 'disconnected';
  /** The platform asked us to be silent until then, or does not answer. */
  closedUntil: number | null;
  isAway: boolean;
}

/** A pause shorter than this is over before anybody has read about it. */
const WORTH_SAYING_MS = 2_000;

/** What keeps one bot from sending; null: nothing. */
export function botWait(bot: BotFacts, now: number): Wait | null {
  const { name, channel, status, closedUntil, isAway } = bot;
  if (status !== 'connected') return { code: `bot_${status}`, params: { bot: bot.publicId, name } };
  if (isAway) return { code: 'platform_away', params: { channel } };
  if (closedUntil === null || closedUntil < now + WORTH_SAYING_MS) return null;
  return { code: 'platform_wait', params: { channel, until: closedUntil } };
}

/** All that a bot has left is for hosts that asked for a pause, this one for the longest. */
export const hostWait = ({ host, until }: { host: string; until: number }): Wait => ({
  code: 'host_wait',
  params: { host, until },
});

/** A mailing waits for its bots when each that has something left to send waits. */
export const waitOfBots = (bots: readonly (Wait | null)[]): Wait | null =>
  bots.some((wait) => wait === null) ? null : pickWait(bots.filter((wait) => wait !== null));

// --- As a page shows it ---------------------------------------------------------------------

/** What one sender waits for may be no hindrance to another; these hold for all alike. */
const OF_ONE_SENDER: ReadonlySet<WaitCode> = new Set([
  'redis_away',
  'no_share',
  'platform_away',
  'platform_wait',
  'host_wait',
  'stuck',
]);

export interface WaitFacts {
  state: string;
  /** For a scheduled mailing. */
  dueAt: number | null;
  /** When its state was last moved. */
  movedAt: number;
  /** How many processes send, and what each that waits with this mailing has said. */
  senders: number;
  noted: readonly HeldWait[];
  /** When something last went out over one of its bots. */
  lastSentAt: number | null;
  now: number;
}

/** On a restored copy nobody sends because nobody may. */
export const waitInCopy = (wait: HeldWait | null): HeldWait | null =>
  wait?.code === 'nobody_sends' ? { ...wait, code: 'restored_copy' } : wait;

/** A start that is late by so much is not going to happen by itself. */
const LATE_MS = 15_000;

export function shownWait({ state, dueAt, movedAt, senders, noted, lastSentAt, now }: WaitFacts): HeldWait | null {
  const isLate = state === 'scheduled' && dueAt !== null && dueAt + LATE_MS < now;
  if (state === 'sending' || isLate) {
    if (senders === 0) return { code: 'nobody_sends', params: {}, since: Math.max(movedAt, dueAt ?? 0) };
    const others = senders - noted.length;
    const holding = noted.filter(
      ({ code, since }) => !OF_ONE_SENDER.has(code) || others <= 0 || (lastSentAt ?? 0) < since,
    );
    const wait = pickWait(holding);
    if (wait || state === 'sending') return wait;
  }
  if (state !== 'scheduled' || dueAt === null) return null;
  const noting = pickWait(noted);
  return noting ?? { code: 'not_due', params: { until: dueAt }, since: movedAt };
}
