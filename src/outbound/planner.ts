// Turns a campaign's audience into deliveries, range after range of subscriber ids, from its cursor to the ceiling
// fixed when sending started. Each range is as long as a few milliseconds allow, so that nothing else has to wait.
import { setTimeout as pause } from 'node:timers/promises';
import type { Channel } from '../domain/channel.ts';
import { type Content, messageFor } from '../domain/message.ts';
import { windowsOf, type WindowRule } from '../domain/window.ts';
import { listBots } from '../store/bots.ts';
import { type Campaign, getCampaignById } from '../store/campaigns.ts';
import { type Database, isMysql } from '../store/database.ts';
import { contentOf } from '../store/messages.ts';
import { planRange } from '../store/planning.ts';
import { planRules } from './plan-rules.ts';

/** While SQLite plans a range it answers nobody else. A MySQL server does, and each transaction costs trips. */
const TARGET_MS = { sqlite: 16, mysql: 60 } as const;
/** Those who send get as much of SQLite as planning takes; a MySQL server works for both at a time. */
const PAUSE = { sqlite: 1, mysql: 0.25 } as const;
const FIRST_STEP = 500;
const LONGEST_STEP = 50_000;
const LARGEST_GROWTH = 4;

export interface PlannerDeps {
  db: Database;
  channels: ReadonlyMap<string, Channel>;
  now: () => number;
}

/** Plans until the ceiling is reached, another planner is met, or `signal` aborts. `planned` is called after each range. */
export async function plan(
  deps: PlannerDeps,
  campaign: Campaign,
  signal: AbortSignal,
  planned: () => void,
): Promise<void> {
  const ceiling = campaign.planCeiling ?? 0;
  const rules = await planRules(deps.db, campaign, deps.now());
  const content = await contentOf(deps.db, campaign);
  const channels = channelsOf(content);
  const windows = await windowsInUse(deps, content);
  const kind = isMysql(deps.db) ? 'mysql' : 'sqlite';
  const target = TARGET_MS[kind];
  let cursor = (await getCampaignById(deps.db, campaign.id)).planCursor ?? 0;
  let step = FIRST_STEP;
  while (cursor < ceiling && !signal.aborted) {
    const to = Math.min(cursor + step, ceiling);
    const done = await planRange(deps.db, {
      filter: campaign.audience,
      via: campaign.settings.via,
      channels,
      excluded: campaign.settings.excluded,
      campaignId: campaign.id,
      from: cursor,
      to,
      now: deps.now(),
      windows: windows.length > 0 ? { at: deps.now(), rules: windows } : undefined,
      rules,
      first: campaign.settings.canary?.people ?? null,
    });
    if (done === null) return;
    cursor = to;
    planned();
    step = nextStep(step, done.ms, target);
    await pause(PAUSE[kind] * Math.min(done.ms, target));
  }
}

/** Of messengers that bots are connected to: the others shut nobody out. */
async function windowsInUse({ db, channels }: PlannerDeps, content: Content): Promise<WindowRule[]> {
  const connected = new Set((await listBots(db)).map(({ channel }) => channel));
  return windowsOf(channels.values(), content).filter(({ channel }) => connected.has(channel));
}

/** Only these have something to send; null: the one message is for all. */
const channelsOf = (content: Content): string[] | null =>
  content.synchronised ? null : Object.keys(content.variants).filter((name) => messageFor(content, name) !== null);

export function nextStep(step: number, took: number, target: number): number {
  const growth = Math.min(LARGEST_GROWTH, target / Math.max(took, 0.1));
  return Math.max(1, Math.min(LONGEST_STEP, Math.round(step * growth)));
}
