// Viber's bot API behind the channel contract. README.md here names the platform's limits and quirks.
import type { Channel } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { badge } from './badge.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { createViberClient } from './client.ts';
import { check, connect, disconnect } from './connect.ts';
import { createDeliver } from './deliver.ts';
import { parse, read } from './parse.ts';
import { render } from './render.ts';
import { verify } from './signature.ts';
import { type Translate, welcome } from './welcome.ts';

export interface ViberDeps {
  http: HttpClient;
  translate: Translate;
  now: () => number;
}

export function createViber({ http, translate, now }: ViberDeps): Channel {
  const client = createViberClient(http);
  return {
    name: 'viber',
    capabilities: CAPABILITIES,
    badge,
    credentials: CREDENTIALS,
    verify,
    read,
    parse: (update, _bot, at) => parse(update, at),
    answer: (update, bot) => welcome(update, bot, translate),
    render,
    check: (bot) => check(client, bot),
    connect: (bot, webhookUrl) => connect(client, bot, webhookUrl),
    disconnect: (bot) => disconnect(client, bot),
    deliver: createDeliver({ client, now }),
  };
}
