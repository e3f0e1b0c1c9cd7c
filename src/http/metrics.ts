// `/metrics` for Prometheus: the plain numbers of the meter under their names, the queue as the database knows it, and
// what every Node.js process can tell about itself. Open to this machine, or to whoever has the token.
import { timingSafeEqual } from 'node:crypto';
import { type Request, type RequestHandler, Router } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { Problem } from '../domain/problem.ts';
import type { Histogram, Meter } from '../meter.ts';
import type { Database } from '../store/database.ts';
import { type QueueDepth, queueDepth } from '../store/queue.ts';

export interface MetricsDeps {
  db: Database;
  meter: Meter;
  now: () => number;
  config: { metricsToken: string | null };
}

/** Several scrapers, or an eager one, cost the database one question in this time. */
const QUEUE_KEPT_MS = 5_000;

export function metricsRouter(deps: MetricsDeps): Router {
  // Watching the event loop and the collector costs a little: it begins with the first who asks.
  let registry: Registry | null = null;
  const router = Router();
  router.get('/metrics', mayRead(deps.config.metricsToken), async (_request, response) => {
    registry ??= createRegistry(deps);
    const text = `${await registry.metrics()}\n${histograms(deps.meter)}`;
    response.setHeader('Cache-Control', 'no-store');
    response.type('text/plain; version=0.0.4').send(text);
  });
  return router;
}

function mayRead(token: string | null): RequestHandler {
  return (request, response, next) => {
    if (token === null) {
      if (!isLocal(request)) throw new Problem('metrics_local');
      return next();
    }
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!isSame(given, token)) {
      response.setHeader('WWW-Authenticate', 'Bearer realm="metrics"');
      throw new Problem('metrics_token');
    }
    next();
  };
}

/** A proxy on this machine is not this machine's operator: what came through one says so. */
const isLocal = ({ socket, headers }: Request): boolean =>
  /^(127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? '') &&
  headers.forwarded === undefined &&
  headers['x-forwarded-for'] === undefined;

function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

// --- What is told ---------------------------------------------------------------------------

type Sample = [labels: Record<string, string>, value: number];

interface Metric {
  name: string;
  help: string;
  labelNames?: string[];
  read: () => Sample[] | Promise<Sample[]>;
}

const one = (value: number): Sample[] => [[{}, value]];

/** What only grows while the process lives. */
const countersOf = (meter: Meter): Metric[] => [
  {
    name: 'herald_messages_total',
    help: 'Answers of messengers by channel and outcome.',
    labelNames: ['channel', 'outcome'],
    read: () =>
      [...meter.channels()].flatMap(([channel, outcomes]) =>
        Object.entries(outcomes).map(([outcome, count]): Sample => [{ channel, outcome }, count]),
      ),
  },
  {
    name: 'herald_webhooks_total',
    help: 'Calls of messengers by result.',
    labelNames: ['result'],
    read: () => Object.entries(meter.webhooks).map(([result, count]): Sample => [{ result }, count]),
  },
  {
    name: 'herald_store_errors_total',
    help: 'Failed statements of the engine.',
    read: () => one(meter.storeErrors),
  },
  {
    name: 'herald_recovered_total',
    help: 'Messages of dead senders planned again.',
    read: () => one(meter.recovered),
  },
  {
    name: 'herald_unconfirmed_total',
    help: 'Messages of dead senders whose fate is unknown.',
    read: () => one(meter.unconfirmed),
  },
  { name: 'herald_stuck_total', help: 'Work the watchdog found stuck.', read: () => one(meter.stuck) },
];

function gaugesOf({ db, meter, now }: MetricsDeps): Metric[] {
  const queue = keptQueue(db, now);
  const byChannel = async (value: (depth: QueueDepth) => number): Promise<Sample[]> =>
    (await queue()).map((depth): Sample => [{ channel: depth.channel }, value(depth)]);
  return [
    {
      name: 'herald_in_flight',
      help: 'Messages handed over and not settled yet.',
      read: () => one(meter.inFlight),
    },
    { name: 'herald_live_streams', help: 'Open pages that follow what happens.', read: () => one(meter.listeners) },
    {
      name: 'herald_queue_remaining',
      help: 'Planned messages of running mailings without an outcome.',
      labelNames: ['channel'],
      read: () => byChannel(({ remaining }) => remaining),
    },
    {
      name: 'herald_queue_due',
      help: 'Single messages whose time has come.',
      labelNames: ['channel'],
      read: () => byChannel(({ due }) => due),
    },
  ];
}

/** Without a database there is no queue to tell of; everything else is told all the same. */
function keptQueue(db: Database, now: () => number): () => Promise<QueueDepth[]> {
  let kept: { at: number; depth: Promise<QueueDepth[]> } | null = null;
  return () => {
    if (kept === null || kept.at + QUEUE_KEPT_MS < now())
      kept = { at: now(), depth: queueDepth(db, now()).catch(() => []) };
    return kept.depth;
  };
}

function createRegistry(deps: MetricsDeps): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { read, ...metric } of countersOf(deps.meter)) {
    const counter = new Counter({
      ...metric,
      registers: [],
      async collect() {
        const samples = await read();
        this.reset();
        for (const [labels, value] of samples) this.inc(labels, value);
      },
    });
    registry.registerMetric(counter);
  }
  for (const { read, ...metric } of gaugesOf(deps)) {
    const gauge = new Gauge({
      ...metric,
      registers: [],
      async collect() {
        const samples = await read();
        this.reset();
        for (const [labels, value] of samples) this.set(labels, value);
      },
    });
    registry.registerMetric(gauge);
  }
  return registry;
}

const HISTOGRAMS = [
  ['herald_limiter_wait_seconds', 'Time a group of messages waited for its limits.', 'limiterWait'],
  ['herald_delivery_seconds', 'Time from calling a messenger to its answer.', 'delivery'],
  ['herald_settle_group_size', 'Outcomes written in one transaction.', 'settleGroup'],
  ['herald_settle_seconds', 'Time one transaction of outcomes took.', 'settle'],
] as const;

const histograms = (meter: Meter): string =>
  HISTOGRAMS.map(([name, help, key]) => histogramText(name, help, meter[key])).join('');

/** In Prometheus's own words: every bucket holds all that is smaller too. */
export function histogramText(name: string, help: string, { bounds, counts, sum, count }: Histogram): string {
  let below = 0;
  const buckets = [...bounds, '+Inf'].map((bound, place) => {
    below += counts[place] ?? 0;
    return `${name}_bucket{le="${bound}"} ${below}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${buckets.join('')}${name}_sum ${sum}\n${name}_count ${count}\n`;
}
