// WhatsApp's Cloud API behind the channel contract. README.md here names the platform's limits and quirks.
import type { Channel, ReadMedia } from '../../src/domain/channel.ts';
import { createGraphClient } from '../lib/graph/client.ts';
import { listTemplates } from '../lib/graph/templates.ts';
import { answerChallenge, isSigned } from '../lib/graph/webhook.ts';
import type { HttpClient } from '../lib/http.ts';
import { addressOf } from './address.ts';
import { badge } from './badge.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { accessOf, accountOf, check, connect, disconnect } from './connect.ts';
import { createDeliver } from './deliver.ts';
import { parse } from './parse.ts';
import { render, renderTemplate } from './render.ts';

export interface WhatsAppDeps {
  http: HttpClient;
  readMedia: ReadMedia;
  now: () => number;
}

export function createWhatsApp({ http, readMedia, now }: WhatsAppDeps): Channel {
  const graph = createGraphClient(http);
  return {
    name: 'whatsapp',
    capabilities: CAPABILITIES,
    badge,
    credentials: CREDENTIALS,
    addressOf,
    handshake: (request, bot) => answerChallenge(request, bot.webhookSecret),
    verify: (request, bot) => isSigned(request, accessOf(bot).appSecret),
    parse,
    render: (message, links) => render(message, links).map((payload) => ({ ...payload })),
    renderTemplate: (template) => [{ ...renderTemplate(template) }],
    templates: (bot) => listTemplates(graph, accessOf(bot), accountOf(bot), { addressEnds: true }),
    check: (bot) => check(graph, bot),
    connect: (bot, webhookUrl) => connect(graph, bot, webhookUrl),
    disconnect: (bot) => disconnect(graph, bot),
    deliver: createDeliver({ graph, readMedia, now }),
  };
}
