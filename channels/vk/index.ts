// VK's community messages behind the channel contract. README.md here names the platform's limits and quirks.
import type { Channel, ReadMedia } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { badge } from './badge.ts';
import { handshake, RECEIVED, verify } from './callback.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { createVkClient } from './client.ts';
import { check, connect, disconnect } from './connect.ts';
import { createDeliver } from './deliver.ts';
import { parse } from './parse.ts';
import { createReadProfile } from './profile.ts';
import { render } from './render.ts';

export interface VkDeps {
  http: HttpClient;
  readMedia: ReadMedia;
  now: () => number;
}

export function createVk({ http, readMedia, now }: VkDeps): Channel {
  const client = createVkClient(http);
  return {
    name: 'vk',
    capabilities: CAPABILITIES,
    badge,
    credentials: CREDENTIALS,
    handshake,
    verify,
    parse: (update, _bot, at) => parse(update, at),
    profile: createReadProfile(client),
    answer: () => RECEIVED,
    render,
    check: (bot) => check(client, bot),
    connect: (bot, webhookUrl) => connect(client, bot, webhookUrl),
    disconnect: (bot) => disconnect(client, bot),
    deliver: createDeliver({ client, readMedia, now }),
  };
}
