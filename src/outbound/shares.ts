// Limits that several processes share. Each lets go what its share allows, by itself; a few times a second they agree
// anew on the shares in Redis (`shares-script.ts`). Redis away: everybody goes on with the share at hand. The database
// away: a process gives up its shares before the others may think it dead.
import { liveSenders } from '../store/senders.ts';
import type { OutboundDeps } from './context.ts';
import type { Limits } from './limit.ts';
import type { Presence } from './presence.ts';
import { connectAgreement, type ShareTiming } from './shares-script.ts';
import { createShare, type Share } from './share.ts';

/** While something is held or wanted; otherwise a process only says now and then that it is there. */
const AGREE_EVERY_MS = 250;
const IDLE_EVERY_MS = 1000;

/** What comes up together is asked together. */
const GATHER_MS = 2;

/** Without a sign of life in the registry for so long a process lets go of all it holds: well before it counts as dead. */
const GIVE_UP_MS = 10_000;

/** Redis is away when it has not answered for so long. */
const AWAY_MS = 2000;

export interface SharesDeps extends Pick<OutboundDeps, 'db' | 'log' | 'now' | 'owner'> {
  redisUrl: string;
  presence: Pick<Presence, 'seenAt'>;
  /** A share was gained or lost. */
  changed: () => void;
  timing?: ShareTiming;
}

export function createSharedLimits({ db, log, now, owner, ...deps }: SharesDeps): Limits {
  const agreement = connectAgreement(deps.redisUrl, agreeSoon, deps.timing);
  const shares = new Set<Share>();
  const started = performance.now();
  let live: readonly string[] = [];
  let liveReadAt = -Infinity;
  let readingLive = false;
  let calls = 0;
  let calling: Promise<void> | null = null;
  let soon: NodeJS.Timeout | null = null;
  let calledAt = -Infinity;
  let answeredAt = started;
  let away = false;

  const isAlive = (): boolean => performance.now() - deps.presence.seenAt() < GIVE_UP_MS;
  const isRedisAway = (): boolean => performance.now() - answeredAt > AWAY_MS;

  const timer = setInterval(tick, AGREE_EVERY_MS);

  function tick(): void {
    readLive();
    if (!isAlive()) for (const share of shares) share.giveUp();
    else if (performance.now() - calledAt >= IDLE_EVERY_MS || [...shares].some((share) => share.isActive()))
      void agree();
  }

  /** By itself: a database that is slow to answer must not hold up the agreement. */
  function readLive(): void {
    const fresh = performance.now() - liveReadAt < IDLE_EVERY_MS && live.includes(owner);
    if (readingLive || fresh) return;
    readingLive = true;
    liveSenders(db)
      .then((senders) => {
        live = senders.map(({ id }) => id);
        liveReadAt = performance.now();
      })
      .catch((error: unknown) => log.info({ event: 'senders.not_read', reason: String(error) }))
      .finally(() => {
        readingLive = false;
      });
  }

  function agreeSoon(): void {
    soon ??= setTimeout(() => {
      soon = null;
      void agree();
    }, GATHER_MS);
  }

  /** One call at a time, so that what a process says it holds is what it holds. */
  function agree(): Promise<void> {
    if (calling) return calling.then(agreeSoon);
    if (!isAlive() || !live.includes(owner)) return Promise.resolve();
    calling = call().finally(() => {
      calling = null;
    });
    return calling;
  }

  async function call(): Promise<void> {
    calledAt = performance.now();
    calls += 1;
    const asking = oldestOfEachKey([...shares].filter((share) => share.isActive()));
    const limits = asking.map((share) => share.ask());
    try {
      const answers = await agreement.agree({ id: owner, call: calls, live, limits });
      answeredAt = performance.now();
      if (away) log.info({ event: 'redis.back' });
      away = false;
      asking.forEach((share, index) => {
        const answer = answers[index];
        if (answer) share.hear(answer);
      });
    } catch (error) {
      if (!away && isRedisAway()) {
        away = true;
        log.warn({ event: 'redis.away', reason: String(error) });
      }
    }
    for (const share of shares) if (share.isOver()) shares.delete(share);
  }

  return {
    open(key, rate) {
      const changed = (): void => deps.changed();
      const share = createShare({ key, rate, now, isAlive, isRedisAway, agreeSoon, changed });
      shares.add(share);
      return share;
    },
    /** Gives back what is held, so that the others need not wait until this process counts as dead. */
    async end() {
      clearInterval(timer);
      for (const share of shares) share.giveUp();
      await calling;
      await agree();
      if (soon) clearTimeout(soon);
      agreement.close();
    },
  };
}

/** A mailing that was stopped and goes on has two for a moment: the new one speaks when the old one has given back all. */
const oldestOfEachKey = (shares: readonly Share[]): Share[] =>
  shares.filter((share, index) => shares.findIndex(({ key }) => key === share.key) === index);
