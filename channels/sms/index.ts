// SMS over a Twilio-style HTTP API behind the channel contract. README.md here names the platform's limits and quirks.
import type { Channel } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { writtenPhone } from '../lib/phones.ts';
import { partsOf } from '../lib/segments.ts';
import { badge } from './badge.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { createSmsClient } from './client.ts';
import { check, connect, disconnect } from './connect.ts';
import { createDeliver } from './deliver.ts';
import { answer, parse, read } from './parse.ts';
import { render } from './render.ts';
import { verify } from './signature.ts';

export interface SmsDeps {
  http: HttpClient;
  now: () => number;
}

export function createSms({ http, now }: SmsDeps): Channel {
  const client = createSmsClient(http);
  return {
    name: 'sms',
    capabilities: CAPABILITIES,
    badge,
    credentials: CREDENTIALS,
    addressOf: writtenPhone,
    verify,
    read,
    parse: (update, _bot, at) => parse(update, at),
    answer,
    render: (message, links) => render(message, links).map((payload) => ({ ...payload })),
    sketch: (payloads) => ({ parts: partsOf(payloads.map((payload) => String(payload.body))) }),
    check: (bot) => check(client, bot),
    connect: (bot, webhookUrl) => connect(client, bot, webhookUrl),
    disconnect: (bot) => disconnect(client, bot),
    deliver: createDeliver({ client, now }),
  };
}
