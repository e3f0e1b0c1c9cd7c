// The example's promises: what every channel hands to the conformance kit.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHttpClient } from '../../channels/lib/http.ts';
import type { Channel, ChannelBot, InboundRequest, Outcome } from '../../src/domain/channel.ts';
import { conformance, NOW, playPlatform } from '../channels/conformance.ts';
import { answerJson } from '../support/script-server.ts';
import { createExample } from './index.ts';
import type { ExamplePayload } from './render.ts';

const TOKEN = 'ex_0123456789abcdefSECRET';
const SECRET = 'webhook-secret-0123456789';
const bot: ChannelBot = {
  id: 1,
  publicId: 'bot00001',
  externalId: 'shop',
  name: 'Shop',
  credentials: { token: TOKEN },
  apiRoot: null,
  webhookSecret: SECRET,
};

const create = (allowPrivate = true): Channel =>
  createExample({ http: createHttpClient({ allowPrivate: () => allowPrivate }), now: () => NOW });

const updates = JSON.parse(readFileSync(new URL('fixtures/updates.json', import.meta.url), 'utf8')) as {
  name: string;
  update: unknown;
  facts: unknown[];
}[];

const signed = (body: string, seconds = NOW / 1000, secret = SECRET): InboundRequest => ({
  method: 'POST',
  headers: {
    'x-example-time': String(seconds),
    'x-example-signature': createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex'),
  },
  query: {},
  body: Buffer.from(body),
  url: 'https://herald.example/webhooks/key',
});
const right = signed(JSON.stringify(updates[0]?.update));

const at = (apiRoot: string): ChannelBot => ({ ...bot, apiRoot });
const hello = { payload: { text: 'Hello' }, address: 'anna', key: '1-0' };
const { deliverTo, networkFaults } = playPlatform({ create, at, hello });
const answered = (status: number, body: unknown = {}) => {
  return (channel: Channel): Promise<Outcome[]> => deliverTo(channel, answerJson(status, body));
};

conformance('example', create, {
  home: dirname(fileURLToPath(import.meta.url)),
  bot,
  secrets: [TOKEN, SECRET],
  inspect(payload) {
    const { text, image, buttons = [] } = payload as unknown as ExamplePayload;
    return {
      text: image === undefined ? text : '',
      caption: image === undefined ? '' : text,
      rows: buttons.map((row) => row.map(({ label }) => label)),
      targets: buttons.flat().map((button) => ('url' in button ? button.url : button.token)),
    };
  },
  requests: {
    right: [right],
    wrong: [
      { title: 'another secret', request: signed('{}', NOW / 1000, 'another') },
      { title: 'no signature', request: { ...right, headers: { 'x-example-time': String(NOW / 1000) } } },
      { title: 'another time', request: { ...right, headers: { ...right.headers, 'x-example-time': '1' } } },
    ],
    stale: [signed('{}', NOW / 1000 - 301), signed('{}', NOW / 1000 + 301)],
  },
  updates,
  outcomes: [
    {
      title: 'a message that went out',
      expected: { status: 'accepted', messageId: 'm1' },
      deliver: answered(200, { id: 'm1' }),
    },
    {
      title: 'a text it does not take',
      expected: { status: 'refused', reason: 'content_refused' },
      deliver: answered(400),
    },
    { title: 'a revoked token', expected: { status: 'bot_refused' }, deliver: answered(401) },
    {
      title: 'a block',
      expected: { status: 'refused', reason: 'blocked', connection: 'blocked' },
      deliver: answered(403),
    },
    { title: 'a deleted account', expected: { status: 'refused', reason: 'unreachable' }, deliver: answered(404) },
    { title: 'too many messages', expected: { status: 'throttled', retryAt: NOW + 5000 }, deliver: answered(429) },
    { title: 'a platform that restarts', expected: { status: 'failed' }, deliver: answered(503) },
    { title: "a gateway's error", expected: { status: 'unknown' }, deliver: answered(502) },
    ...networkFaults(),
  ],
  faults: [
    {
      title: 'an API root where nobody listens',
      bot: at('http://127.0.0.1:1'),
      path: 'apiRoot',
      code: 'api_root_unreachable',
    },
  ],
});
