// Discord behind the channel contract. README.md here names the platform's limits, quirks and rules.
import type { Channel, ReadMedia } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { badge } from './badge.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { check, connect, disconnect } from './connect.ts';
import { createDeliver } from './deliver.ts';
import { answer, parse } from './parse.ts';
import { render } from './render.ts';
import { verify } from './verify.ts';

export interface DiscordDeps {
  http: HttpClient;
  readMedia: ReadMedia;
  now: () => number;
}

export function createDiscord(deps: DiscordDeps): Channel {
  return {
    name: 'discord',
    capabilities: CAPABILITIES,
    badge,
    credentials: CREDENTIALS,
    verify: (request, bot) => verify(request, bot, deps.now()),
    parse: (update, _bot, at) => parse(update, at),
    answer,
    render: (message, links) => render(message, links).map((payload) => ({ ...payload })),
    check: (bot) => check(deps, bot),
    connect: (bot, webhookUrl) => connect(deps, bot, webhookUrl),
    disconnect: (bot) => disconnect(deps, bot),
    deliver: createDeliver(deps),
  };
}
