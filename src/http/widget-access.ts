// Which bot a visitor talks to, from which site, and in whose name: asked before anything else, by the visitor API and
// by its sockets alike.
import type { IncomingMessage } from 'node:http';
import type { Channel, Inbound } from '../domain/channel.ts';
import { Problem } from '../domain/problem.ts';
import { type Bot, getBot } from '../store/bots.ts';
import { visitorConnection } from '../store/visitors.ts';
import type { Standing } from './api/widget.ts';
import type { HttpDeps } from './deps.ts';
import { readVisitorToken, type VisitorSession } from './widget-identity.ts';

export interface WidgetDeps extends Pick<HttpDeps, 'config' | 'db' | 'keyring' | 'channels' | 'bus' | 'log' | 'now'> {
  publicUrl: () => string;
  /** Stores facts and answers when they are stored: `inbound/receive.ts` with its own needs filled in. */
  receive: (bot: Bot, facts: Inbound[]) => Promise<unknown>;
}

export interface WidgetBot {
  bot: Bot;
  channel: Channel;
}

/** Only bots of a channel that is reached through sockets have a widget. */
export async function findWidgetBot(deps: WidgetDeps, publicId: string): Promise<WidgetBot> {
  const bot = /^[A-Za-z0-9]{8,24}$/.test(publicId) ? await getBot(deps.db, publicId) : null;
  const channel = bot && deps.channels.get(bot.channel);
  if (!bot || !channel?.capabilities.inbound.includes('socket')) throw new Problem('not_found');
  return { bot, channel };
}

/** A site may carry the widget when it is on the bot's list; our own pages always may. Without an origin it is no browser. */
export function mayCarry(deps: WidgetDeps, bot: Bot, origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  const own = url.host === host || url.origin === new URL(deps.publicUrl()).origin;
  return (
    own ||
    (bot.settings.widget?.origins ?? []).some((site) => URL.canParse(site) && new URL(site).origin === url.origin)
  );
}

export function openSession(deps: WidgetDeps, bot: Bot, token: string): VisitorSession {
  const session = readVisitorToken(deps.keyring, bot.publicId, token, deps.now());
  if (!session) throw new Problem('visitor_unknown');
  return session;
}

export async function standingOf(deps: WidgetDeps, bot: Bot, visitor: string): Promise<Standing> {
  const connection = await visitorConnection(deps.db, { botId: bot.id, visitorId: visitor });
  if (connection?.status === 'active') return 'active';
  return connection?.status === 'unsubscribed' || connection?.status === 'blocked' ? 'stopped' : 'none';
}

/** The visitor's network address, behind as many proxies as are believed. */
export function remoteAddress(request: IncomingMessage, trustedHops: number): string {
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const hop = trustedHops > 0 ? forwarded.at(-trustedHops) : undefined;
  return hop ?? request.socket.remoteAddress ?? '';
}
