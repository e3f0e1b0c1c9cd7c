// Instagram behind the channel contract. README.md here names the platform's limits and quirks.
import type { Channel } from '../../src/domain/channel.ts';
import { createGraphClient } from '../lib/graph/client.ts';
import { createDeliver } from '../lib/graph/deliver.ts';
import { readEvents } from '../lib/graph/events.ts';
import { renderMessage, sketchMessages } from '../lib/graph/messages.ts';
import { answerChallenge, isSigned } from '../lib/graph/webhook.ts';
import type { HttpClient } from '../lib/http.ts';
import { badge } from './badge.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { accessOf, appSecretOf, check, connect, disconnect, profile } from './connect.ts';
import { LIFE_MS, MIN_AGE_MS, renew } from './renew.ts';

export interface InstagramDeps {
  http: HttpClient;
  now: () => number;
}

const STYLE = { capabilities: CAPABILITIES, uploads: false };

export function createInstagram({ http, now }: InstagramDeps): Channel {
  const graph = createGraphClient(http);
  return {
    name: 'instagram',
    capabilities: CAPABILITIES,
    badge,
    credentials: CREDENTIALS,
    handshake: (request, bot) => answerChallenge(request, bot.webhookSecret, bot.credentials.verify_token ?? ''),
    verify: (request, bot) => isSigned(request, appSecretOf(bot)),
    parse: (update, bot, at) => readEvents(update, bot, at, 'instagram'),
    profile: (address, bot) => profile(graph, bot, address),
    render: (message, links) => renderMessage(message, links, STYLE).map((payload) => ({ ...payload })),
    sketch: sketchMessages,
    check: (bot) => check(graph, bot),
    connect: (bot, webhookUrl) => connect(graph, bot, webhookUrl),
    disconnect: (bot) => disconnect(graph, bot),
    renewal: { minAgeMs: MIN_AGE_MS, lifeMs: LIFE_MS, renew: (bot) => renew(graph, bot, now()) },
    deliver: createDeliver({ graph, now, accessOf }),
  };
}
