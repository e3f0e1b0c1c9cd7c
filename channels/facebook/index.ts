// Messenger behind the channel contract. README.md here names the platform's limits and quirks.
import type { Channel, ReadMedia } from '../../src/domain/channel.ts';
import { createGraphClient } from '../lib/graph/client.ts';
import { createDeliver } from '../lib/graph/deliver.ts';
import { readEvents } from '../lib/graph/events.ts';
import { renderMessage, renderUtility, sketchMessages } from '../lib/graph/messages.ts';
import { listTemplates } from '../lib/graph/templates.ts';
import { answerChallenge, isSigned } from '../lib/graph/webhook.ts';
import type { HttpClient } from '../lib/http.ts';
import { badge } from './badge.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { accessOf, check, connect, disconnect, profile } from './connect.ts';
import { createPageUploads } from './uploads.ts';

export interface FacebookDeps {
  http: HttpClient;
  readMedia: ReadMedia;
  now: () => number;
}

const STYLE = { capabilities: CAPABILITIES, uploads: true };

export function createFacebook({ http, readMedia, now }: FacebookDeps): Channel {
  const graph = createGraphClient(http);
  return {
    name: 'facebook',
    capabilities: CAPABILITIES,
    badge,
    credentials: CREDENTIALS,
    handshake: (request, bot) => answerChallenge(request, bot.webhookSecret, bot.credentials.verify_token ?? ''),
    verify: (request, bot) => isSigned(request, accessOf(bot).appSecret),
    parse: (update, bot, at) => readEvents(update, bot, at, 'page'),
    profile: (address, bot) => profile(graph, bot, address),
    render: (message, links) => renderMessage(message, links, STYLE).map((payload) => ({ ...payload })),
    sketch: sketchMessages,
    renderTemplate: (template) => [{ ...renderUtility(template) }],
    templates: (bot) => listTemplates(graph, accessOf(bot), 'me', { addressEnds: false }),
    check: (bot) => check(graph, bot),
    connect: (bot, webhookUrl) => connect(graph, bot, webhookUrl),
    disconnect: (bot) => disconnect(graph, bot),
    deliver: createDeliver({ graph, now, accessOf, uploaded: createPageUploads({ graph, readMedia, now }) }),
  };
}
