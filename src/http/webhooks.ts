// Where messengers deliver their updates: POST /webhooks/:key. The rule is verify, then parse, then store, then answer:
// nothing unsigned touches the store, and an update is acknowledged only once it is stored. When the store is away the
// platform is asked to come again.
import { type Request, type Response, Router } from 'express';
import type { Bus } from '../bus.ts';
import type { Channel, ChannelBot, HttpAnswer, InboundRequest } from '../domain/channel.ts';
import { Problem } from '../domain/problem.ts';
import { createIntroductions } from '../inbound/introductions.ts';
import { receiveEach } from '../inbound/group.ts';
import type { Logger } from '../log.ts';
import type { Meter } from '../meter.ts';
import { type Bot, getBotByWebhookKey, toChannelBot } from '../store/bots.ts';
import type { Database } from '../store/database.ts';
import type { Keyring } from '../store/secrets.ts';
import { readBody } from './body.ts';
import { requestIdOf } from './context.ts';

export interface WebhookDeps {
  db: Database;
  keyring: Keyring;
  channels: ReadonlyMap<string, Channel>;
  config: { apiRoots: Readonly<Record<string, string>> };
  bus: Bus;
  now: () => number;
  log: Logger;
  meter: Meter;
  publicUrl: () => string;
}

/** The largest that a platform documents is 3 MB; what is refused for its size comes again and again for days. */
const BODY_LIMIT = 4 * 1024 * 1024;
const RETRY_SECONDS = 5;
/** How long an opened bot is kept; changes are told by the bus, so this only bounds what a lost message costs. */
const KEEP_MS = 5000;

interface OpenBot {
  bot: Bot;
  channelBot: ChannelBot;
  channel: Channel;
  until: number;
}

/** Mounts POST and GET /webhooks/:key; before anything that parses bodies. */
export function webhookRouter(deps: WebhookDeps): Router {
  const router = Router();
  const trackingKey = deps.keyring.derive('tracking');
  const bots = keepBots(deps);
  const introductions = createIntroductions(deps);

  const handle = async (request: Request, response: Response): Promise<void> => {
    const reading = request.method !== 'POST';
    const body = reading ? Buffer.alloc(0) : await readBody(request, response, BODY_LIMIT);
    const open = await comeAgainUnless(deps, response, () => bots.find(String(request.params.key)));
    if (!open) throw new Problem('webhook_unknown');
    const inbound = toInbound(request, body, open.bot.settings.simulated ? calledAt(request) : deps.publicUrl());
    const greeting = open.channel.handshake?.(inbound, open.channelBot) ?? null;
    if (greeting) return send(response, greeting);
    if (!(await open.channel.verify(inbound, open.channelBot))) throw new Problem('webhook_unsigned');
    const update: unknown = reading ? inbound.query : await readUpdate(open.channel, inbound);
    if (!reading) {
      const facts = open.channel.parse(update, open.channelBot, deps.now());
      await comeAgainUnless(deps, response, () => receiveEach({ ...deps, trackingKey }, open.bot, facts));
      bots.heard(open);
      introductions.meet(open, facts);
    }
    const answer = open.channel.answer?.(update, open.channelBot) ?? null;
    if (answer) send(response, answer);
    else if (reading) throw new Problem('unknown_route', { path: '/webhooks' });
    else response.status(200).end();
  };

  const route = async (request: Request, response: Response): Promise<void> => {
    response.setHeader('Cache-Control', 'no-store');
    try {
      await handle(request, response);
      deps.meter.webhooks.accepted += 1;
    } catch (error) {
      const isAway = !(error instanceof Problem) || error.code === 'database_away';
      deps.meter.webhooks[isAway ? 'failed' : 'refused'] += 1;
      throw error;
    }
  };
  router.post('/webhooks/:key', route);
  router.get('/webhooks/:key', route);
  return router;
}

const send = (response: Response, { status, type, body }: HttpAnswer): void =>
  void response.status(status).type(type).send(body);

/** A simulator calls this machine by the address it was given, whatever address the world knows. */
const calledAt = (request: Request): string => `http://${request.headers.host ?? 'localhost'}`;

const toInbound = (request: Request, body: Buffer, base: string): InboundRequest => ({
  method: request.method,
  headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, asText(value)])),
  query: Object.fromEntries(Object.entries(request.query).map(([name, value]) => [name, asText(value)])),
  body,
  url: base + request.originalUrl,
});

const asText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : Array.isArray(value) ? String(value[0]) : undefined;

async function readUpdate(channel: Channel, request: InboundRequest): Promise<unknown> {
  if (!channel.read) return parseJson(request.body);
  const update = await channel.read(request);
  if (update === undefined) throw new Problem('webhook_unreadable');
  return update;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new Problem('webhook_not_json');
  }
}

/** What fails here fails for a reason of ours: the update is not lost, the platform brings it again. */
async function comeAgainUnless<T>(deps: WebhookDeps, response: Response, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    deps.log.error({ event: 'webhook.not_stored', requestId: requestIdOf(response), err: error });
    response.setHeader('Retry-After', String(RETRY_SECONDS));
    throw new Problem('database_away');
  }
}

/** Bots by webhook key, opened once for the many updates that come within a moment. */
function keepBots(deps: WebhookDeps): { find(key: string): Promise<OpenBot | null>; heard(open: OpenBot): void } {
  const kept = new Map<string, OpenBot>();
  deps.bus.subscribe('bot', () => kept.clear());
  return {
    async find(key) {
      const known = kept.get(key);
      if (known && known.until > deps.now()) return known;
      kept.delete(key);
      const bot = await getBotByWebhookKey(deps.db, key);
      const channel = bot && deps.channels.get(bot.channel);
      if (!bot || !channel) return null;
      const channelBot = toChannelBot(bot, deps.keyring, deps.config.apiRoots);
      const open = { bot, channel, channelBot, until: deps.now() + KEEP_MS };
      kept.set(key, open);
      return open;
    },
    heard(open) {
      const now = deps.now();
      if (now - (open.bot.lastInboundAt ?? 0) >= 1000) open.bot = { ...open.bot, lastInboundAt: now };
    },
  };
}
