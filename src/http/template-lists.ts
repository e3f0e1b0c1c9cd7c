// The platforms' lists of approved templates, each asked for once and kept a while: the picker and every check of a draft want
// them. A list that cannot be read now is asked for again soon, and holds nobody up meanwhile.
import { setTimeout as pause } from 'node:timers/promises';
import type { TemplateInfo } from '../domain/template.ts';
import { type Bot, toChannelBot } from '../store/bots.ts';
import { askPlatform, channelNamed } from './bot-connect.ts';
import type { HttpDeps } from './deps.ts';

/** Approvals come and go within minutes; a check asks anew before it complains. */
const KEEP_MS = 5 * 60_000;
const KEEP_FAILED_MS = 20_000;
/** A check waits no longer than this for a platform. */
const PATIENCE_MS = 4000;
const MAX_LISTS = 500;

export interface TemplateLists {
  /** No older than this, in milliseconds; throws what the platform or the network said. */
  of(bot: Bot, maxAgeMs?: number): Promise<readonly TemplateInfo[]>;
  /** The same within a few seconds; null where it could not be read by then. */
  inTime(bot: Bot, maxAgeMs?: number): Promise<readonly TemplateInfo[] | null>;
}

interface Kept {
  at: number;
  failed: boolean;
  list: Promise<readonly TemplateInfo[]>;
}

type Deps = Pick<HttpDeps, 'channels' | 'keyring' | 'config' | 'now' | 'log'>;

export function createTemplateLists(deps: Deps): TemplateLists {
  const { keyring, config, now, log } = deps;
  const kept = new Map<string, Kept>();

  const ask = (bot: Bot): Kept => {
    const channel = channelNamed(deps, bot.channel);
    const asked = toChannelBot(bot, keyring, config.apiRoots);
    const entry: Kept = {
      at: now(),
      failed: false,
      list: askPlatform({ log }, channel, async ({ templates }) => (await templates?.(asked)) ?? []),
    };
    entry.list.catch(() => {
      entry.failed = true;
    });
    if (kept.size >= MAX_LISTS) kept.clear();
    kept.set(keyOf(bot), entry);
    return entry;
  };

  const of = (bot: Bot, maxAgeMs = KEEP_MS): Promise<readonly TemplateInfo[]> => {
    const known = kept.get(keyOf(bot));
    const fresh = known && now() - known.at <= (known.failed ? Math.min(KEEP_FAILED_MS, maxAgeMs) : maxAgeMs);
    return (fresh ? known : ask(bot)).list;
  };

  return {
    of,
    async inTime(bot, maxAgeMs) {
      const late = new AbortController();
      const list = of(bot, maxAgeMs).catch(() => null);
      const tooLate = pause(PATIENCE_MS, null, { signal: late.signal, ref: false }).catch(() => null);
      return Promise.race([list, tooLate]).finally(() => late.abort());
    },
  };
}

/** Other credentials may be another account's. */
const keyOf = ({ publicId, secrets }: Bot): string => `${publicId} ${secrets}`;
