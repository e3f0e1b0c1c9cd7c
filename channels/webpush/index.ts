// Notifications of browsers behind the channel contract (Web Push). README.md here names limits, quirks and who may report what.
import type { Channel, ChannelBot, HttpAnswer } from '../../src/domain/channel.ts';
import { badge } from './badge.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { accountOf, connect } from './connect.ts';
import { deliver, type DeliverDeps } from './deliver.ts';
import { withKeys } from './keys.ts';
import { parse, readReport, verify } from './parse.ts';
import { render } from './render.ts';
import { serve, type ServeDeps } from './serve.ts';
import { addressOf } from './subscription.ts';
import { subscriptionToken } from './tokens.ts';

export type WebPushDeps = DeliverDeps & ServeDeps;

export function createWebPush(deps: WebPushDeps): Channel {
  return {
    name: 'webpush',
    capabilities: CAPABILITIES,
    badge,
    credentials: CREDENTIALS,
    prepare: withKeys,
    verify: (request, bot) => verify(request, bot, deps.now()),
    parse: (update, _bot, now) => parse(update, now),
    answer,
    render: (message, links, choices) => render(message, links, choices).map((payload) => ({ ...payload })),
    serve: (path, bot) => serve(deps, path, bot),
    check: async (bot) => accountOf(bot),
    connect: async (bot, webhookUrl) => connect(bot, webhookUrl),
    deliver: (envelopes, bot) => Promise.all(envelopes.map((envelope) => deliver(deps, envelope, bot))),
  };
}

/** A browser that subscribed gets what it needs in order to leave or to move. */
function answer(update: unknown, bot: ChannelBot): HttpAnswer | null {
  const report = readReport(update);
  if (report?.type !== 'subscribe' && report?.type !== 'changed') return null;
  const token = subscriptionToken(bot.webhookSecret, addressOf(report.subscription));
  return { status: 200, type: 'application/json', body: JSON.stringify({ token }) };
}
