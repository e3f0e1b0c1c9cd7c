// A system of one's own behind the channel contract, by signed webhooks in both directions (Standard Webhooks). README.md
// here describes both ends.
import type { Channel, ChannelBot, Envelope, Outcome } from '../../src/domain/channel.ts';
import { unanswered } from '../lib/json-api.ts';
import { badge } from './badge.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { send, type WebhookClientDeps } from './client.ts';
import { check, connect } from './connect.ts';
import { outcomeOf } from './outcome.ts';
import { parse, read } from './parse.ts';
import { render } from './render.ts';
import { verify } from './signature.ts';

export function createWebhook(deps: WebhookClientDeps): Channel {
  const deliver = async ({ key, address, payload }: Envelope, bot: ChannelBot): Promise<Outcome> => {
    // Other Heralds may write to the same endpoint; a full stop would break the signature apart.
    const id = `herald_${bot.publicId}_${key.replaceAll(/[^\w-]/g, '-')}`;
    try {
      const answer = await send(deps, bot, { id, type: 'message', data: { to: address, ...payload } });
      return outcomeOf(answer, id, deps.now());
    } catch (error) {
      return unanswered(error);
    }
  };
  return {
    name: 'webhook',
    capabilities: CAPABILITIES,
    badge,
    credentials: CREDENTIALS,
    verify: (request, bot) => verify(request, bot, deps.now()),
    read,
    parse: (update, _bot, now) => parse(update, now),
    render: (message, links) => render(message, links).map((payload) => ({ ...payload })),
    check: (bot) => check(deps, bot),
    connect: (bot, webhookUrl) => connect(deps, bot, webhookUrl),
    deliver: (envelopes, bot) => Promise.all(envelopes.map((envelope) => deliver(envelope, bot))),
  };
}
