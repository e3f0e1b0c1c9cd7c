// How the server itself is doing, for its owner: who sends, what waits and why, what is stuck, what went wrong lately.
// Everything is asked with a deadline: the page must come up when the database barely does.
import { setTimeout as pause } from 'node:timers/promises';
import { type Language, translate } from '../i18n.ts';
import { listBots } from '../store/bots.ts';
import { type Campaign, campaignsIn } from '../store/campaigns.ts';
import { readFindings } from '../store/findings.ts';
import { queueDepth } from '../store/queue.ts';
import { liveSenders } from '../store/senders.ts';
import { sentSince } from '../store/statistics.ts';
import { readVersion } from '../store/version.ts';
import { type HealthReport, healthReportSchema } from './api/engine.ts';
import type { HttpDeps } from './deps.ts';
import { type ViewDeps, toRows } from './mailing-view.ts';
import { guarded, type Route } from './route.ts';
import { VERSION } from './session.ts';
import { channelTitle } from './wait-words.ts';

const DEADLINE_MS = 2_000;
const MINUTE_MS = 60_000;
/** Errors older than this are over, or would have come again. */
const ERRORS_MS = 24 * 3_600_000;

export const systemRoutes = (deps: HttpDeps): Route[] => [
  guarded({
    method: 'get',
    path: '/health',
    tag: 'Settings',
    summary: 'How the server is doing: processes that send, the queue, what waits, what is stuck, the latest errors.',
    needs: 'admin',
    answer: healthReportSchema,
    handle: ({ language }) => healthReport(deps, language),
  }),
];

async function healthReport(deps: HttpDeps, language: Language): Promise<HealthReport> {
  const { db, now, bus } = deps;
  const at = now();
  const queue = await queueDepth(db, at);
  return {
    at,
    version: VERSION,
    node: process.versions.node,
    senders: await liveSenders(db),
    database: { ...(await readVersion(db)), ms: await timed(() => db.raw('select 1')) },
    redis: deps.config.redisUrl ? { ms: await timed(() => bus.ping()) } : null,
    queue: queue.reduce((sum, { remaining, due }) => sum + remaining + due, 0),
    queueByChannel: queue.map((depth) => ({ ...depth, title: channelTitle(depth.channel, language) })),
    sentLastMinute: await sentSince(db, at - MINUTE_MS),
    waits: await waitsNow(deps, language),
    findings: (await readFindings(db)).map(({ kind, about, host, since }) => ({
      kind,
      about,
      host,
      since,
      text: translate(language, `server:stuck.${kind}`, { host }),
    })),
    errors: await latestErrors(deps, at),
  };
}

/** Milliseconds; null when it did not answer in time. */
async function timed(ask: () => Promise<unknown>): Promise<number | null> {
  const start = performance.now();
  const late = new AbortController();
  try {
    const answered = await Promise.race([
      ask().then(() => true),
      pause(DEADLINE_MS, false, { signal: late.signal }).catch(() => false),
    ]);
    return answered ? Math.round((performance.now() - start) * 10) / 10 : null;
  } catch {
    return null;
  } finally {
    late.abort();
  }
}

async function waitsNow(deps: ViewDeps, language: Language): Promise<HealthReport['waits']> {
  const open: Campaign[] = [...(await campaignsIn(deps.db, 'sending')), ...(await campaignsIn(deps.db, 'scheduled'))];
  return (await toRows(deps, open, language)).flatMap(({ id, name, waiting }) =>
    waiting ? [{ mailing: { id, name }, waiting }] : [],
  );
}

/** The last error of each bot, the latest first. */
async function latestErrors({ db }: Pick<HttpDeps, 'db'>, at: number): Promise<HealthReport['errors']> {
  return (await listBots(db))
    .flatMap(({ publicId, name, lastErrorAt, lastError }) =>
      lastErrorAt !== null && lastErrorAt > at - ERRORS_MS
        ? [{ at: lastErrorAt, bot: publicId, text: `${name}: ${lastError ?? ''}` }]
        : [],
    )
    .sort((a, b) => b.at - a.at);
}
