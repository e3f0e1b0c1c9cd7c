import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { createHttpClient } from '../../channels/lib/http.ts';
import { createWebhook } from '../../channels/webhook/index.ts';
import type { WebhookPayload } from '../../channels/webhook/render.ts';
import type { Channel, ChannelBot, InboundRequest, Outcome } from '../../src/domain/channel.ts';
import { answerJson, type Asked, type ScriptServer } from '../support/script-server.ts';
import { conformance, LINKS, NOW, playPlatform, readFixture } from './conformance.ts';

const SECRET = `whsec_${Buffer.from('a secret of twenty-four+').toString('base64')}`;
const OLD_SECRET = `whsec_${Buffer.from('the secret of last year!').toString('base64')}`;
const bot: ChannelBot = {
  id: 1,
  publicId: 'bot00001',
  externalId: '',
  name: 'Shop',
  credentials: { url: 'https://shop.example/hooks/messages?key=hunter2', secret: SECRET },
  apiRoot: null,
  webhookSecret: 'not-used_0123456789',
};

const create = (allowPrivate = true): Channel =>
  createWebhook({ http: createHttpClient({ allowPrivate: () => allowPrivate }), now: () => NOW });

const at = (origin: string, secret = SECRET): ChannelBot => ({
  ...bot,
  credentials: { url: `${origin}/hooks/messages?key=hunter2`, secret },
});

const hello = { payload: { text: 'Hello', elements: [] }, address: 'customer-17', key: '7:0' };

const { server, deliverTo, networkFaults } = playPlatform({ create, at, hello });

/** Signed by the library that the authors of the scheme publish. */
function event(body: unknown, { id = 'evt_0001', time = NOW, secret = SECRET } = {}): InboundRequest {
  const text = JSON.stringify(body);
  return {
    method: 'POST',
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(time / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, new Date(time), text),
    },
    query: {},
    body: Buffer.from(text),
    url: 'https://herald.example/webhooks/key',
  };
}
const subscribed = { type: 'subscribed', timestamp: '2026-11-22T10:00:00Z', data: { person: { id: 'customer-17' } } };
const right = event(subscribed);
const withHeaders = (headers: Record<string, string | undefined>): InboundRequest => ({
  ...right,
  headers: { ...right.headers, ...headers },
});
const signature = right.headers['webhook-signature'] ?? '';

const answers = (status: number, headers: Record<string, string> = {}) => {
  return (channel: Channel): Promise<Outcome[]> =>
    deliverTo(channel, (_asked, response) => void response.writeHead(status, headers).end());
};

conformance('webhook', create, {
  bot,
  secrets: ['hunter2', SECRET, SECRET.slice('whsec_'.length)],
  inspect(payload) {
    const { elements } = payload as unknown as WebhookPayload;
    const rows = elements.flatMap((element) => (element.kind === 'buttons' ? element.rows : []));
    return {
      text: elements.flatMap((element) => (element.kind === 'text' ? [element.text] : [])).join(''),
      caption: '',
      rows: rows.map((row) => row.map(({ label }) => label)),
      targets: rows.flat().map((button) => (button.kind === 'message' ? button.token : button.url)),
    };
  },
  requests: {
    right: [
      right,
      event({ type: 'replied', data: { person: { id: 'customer-18' }, text: 'Hi' } }, { id: 'evt_0009' }),
      withHeaders({ 'webhook-signature': `v1a,AAAA v1,AAAA ${signature}` }),
      event(subscribed, { id: 'evt_0010', time: NOW - 299_000 }),
    ],
    wrong: [
      { title: 'the signature of another secret', request: event(subscribed, { secret: OLD_SECRET }) },
      { title: 'the signature of another id', request: withHeaders({ 'webhook-id': 'evt_0002' }) },
      { title: 'no id', request: withHeaders({ 'webhook-id': undefined }) },
      { title: 'an id that reaches into the time', request: withHeaders({ 'webhook-id': 'evt_0001.1' }) },
      {
        title: 'the signature of another second',
        request: withHeaders({ 'webhook-timestamp': String(NOW / 1000 - 1) }),
      },
      { title: 'a time that is no number', request: withHeaders({ 'webhook-timestamp': 'now' }) },
      { title: 'no signature', request: withHeaders({ 'webhook-signature': undefined }) },
      { title: 'an empty signature', request: withHeaders({ 'webhook-signature': 'v1,' }) },
      { title: 'half a signature', request: withHeaders({ 'webhook-signature': signature.slice(0, -8) }) },
      { title: 'a signature without its version', request: withHeaders({ 'webhook-signature': signature.slice(3) }) },
      {
        title: 'the signature of another version',
        request: withHeaders({ 'webhook-signature': signature.replace('v1,', 'v1a,') }),
      },
    ],
    stale: [event(subscribed, { time: NOW - 301_000 }), event(subscribed, { time: NOW + 302_000 })],
  },
  updates: readFixture('webhook', 'updates'),
  outcomes: [
    {
      title: 'a message that was taken',
      expected: { status: 'accepted', messageId: 'herald_bot00001_7-0' },
      deliver: answers(204),
    },
    {
      title: 'a customer who is gone',
      expected: { status: 'refused', reason: 'unreachable', connection: 'unreachable' },
      deliver: answers(410),
    },
    { title: 'a message it does not want', expected: { status: 'refused' }, deliver: answers(422) },
    { title: 'a secret it does not know', expected: { status: 'bot_refused' }, deliver: answers(401) },
    {
      title: 'a pause by seconds',
      expected: { status: 'throttled', scope: 'bot', retryAt: NOW + 30_000 },
      deliver: answers(429, { 'retry-after': '30' }),
    },
    {
      title: 'a pause by date',
      expected: { status: 'throttled', scope: 'bot', retryAt: NOW + 60_000 },
      deliver: answers(503, { 'retry-after': new Date(NOW + 60_000).toUTCString() }),
    },
    { title: 'a pause without an end', expected: { status: 'throttled', retryAt: NOW + 5000 }, deliver: answers(429) },
    { title: 'a system that is down', expected: { status: 'failed' }, deliver: answers(503) },
    { title: 'a redirect', expected: { status: 'failed' }, deliver: answers(302, { location: 'http://169.254.0.1/' }) },
    { title: 'an address that is not there', expected: { status: 'failed' }, deliver: answers(404) },
    { title: 'an error of the system', expected: { status: 'unknown' }, deliver: answers(500) },
    { title: 'a gateway that gave up waiting', expected: { status: 'unknown' }, deliver: answers(504) },
    ...networkFaults('system'),
  ],
  faults: [
    {
      title: 'no endpoint',
      bot: { ...bot, credentials: { secret: SECRET } },
      path: 'credentials.url',
      code: 'credential_missing',
    },
    {
      title: 'an endpoint that is no address',
      bot: { ...bot, credentials: { url: 'shop.example', secret: SECRET } },
      path: 'credentials.url',
      code: 'credential_wrong',
    },
    {
      title: 'a secret that is too short',
      bot: { ...bot, credentials: { ...bot.credentials, secret: 'whsec_aGVsbG8=' } },
      path: 'credentials.secret',
      code: 'credential_wrong',
    },
    {
      title: 'an endpoint where nobody listens',
      bot: at('http://127.0.0.1:1'),
      path: 'credentials.url',
      code: 'api_root_unreachable',
    },
    {
      title: 'a forwarder that is no address',
      bot: { ...bot, apiRoot: 'proxy.example' },
      path: 'apiRoot',
      code: 'url_invalid',
    },
  ],
});

describe('webhook connect', () => {
  const fieldsAt = async (channel: Channel, answer: ScriptServer['answer']): Promise<unknown> => {
    server.answer = answer;
    return channel.connect(at(server.origin), 'https://herald.example/webhooks/key').then(
      () => null,
      ({ fields }: { fields: unknown }) => fields,
    );
  };

  it('tries the endpoint with a signed event, then tells it where its own events go', async () => {
    server.answer = answerJson(200, {});
    const channel = create();
    const account = await channel.check(at(server.origin));
    const profile = await channel.connect(at(server.origin), 'https://herald.example/webhooks/key');
    expect(profile).to.deep.equal({ ...account, webhook: 'manual' });
    expect(account.externalId).to.match(/^[0-9a-f]{32}$/);
    expect(server.asked.map(({ body }) => JSON.parse(body) as object)).to.deep.equal([
      { type: 'herald.ping', timestamp: new Date(NOW).toISOString(), data: {} },
      {
        type: 'herald.connected',
        timestamp: new Date(NOW).toISOString(),
        data: { events_url: 'https://herald.example/webhooks/key' },
      },
    ]);
  });

  it('stays the same account when its endpoint moves', async () => {
    server.answer = answerJson(200, {});
    const { externalId } = await create().check({ ...at(server.origin), externalId: 'as-before' });
    expect(externalId).to.equal('as-before');
  });

  it('names what is wrong: the answer, the secret, a private network', async () => {
    const address = server.origin;
    expect(await fieldsAt(create(), answerJson(404, {}))).to.deep.equal([
      { path: 'credentials.url', code: 'endpoint_refused', params: { address, status: 404 } },
    ]);
    expect(await fieldsAt(create(), answerJson(401, {}))).to.deep.equal([
      { path: 'credentials.secret', code: 'endpoint_unsigned', params: { address, status: 401 } },
    ]);
    expect(await fieldsAt(create(false), answerJson(200, {}))).to.deep.equal([
      { path: 'credentials.url', code: 'api_root_private', params: { address } },
    ]);
  });
});

describe('webhook deliver', () => {
  const sent = (): Asked => server.asked.at(-1)!;
  /** The library looks at the machine's clock, so it is shown a message of this moment. */
  const live = (): Channel =>
    createWebhook({ http: createHttpClient({ allowPrivate: () => true }), now: () => Date.now() });

  it('sends what the library of the scheme verifies, under an id that a retry keeps', async () => {
    server.answer = answerJson(200, {});
    const ids: unknown[] = [];
    for (const secret of [SECRET, `${SECRET} ${OLD_SECRET}`]) {
      await live().deliver([hello], at(server.origin, secret));
      const headers = sent().headers as Record<string, string>;
      ids.push(headers['webhook-id']);
      expect(sent().path).to.equal('/hooks/messages?key=hunter2');
      for (const known of secret.split(' ')) {
        expect(new Webhook(known).verify(sent().body, headers)).to.deep.include({
          type: 'message',
          data: { to: 'customer-17', text: 'Hello', elements: [] },
        });
      }
    }
    expect(ids).to.deep.equal(['herald_bot00001_7-0', 'herald_bot00001_7-0']);
  });

  it('takes events of the old secret while the new one is on its way', async () => {
    const both = at('https://shop.example', `${SECRET} ${OLD_SECRET}`);
    for (const secret of [SECRET, OLD_SECRET]) {
      expect(await create().verify(event(subscribed, { secret }), both)).to.equal(true);
    }
  });

  it('goes through a forwarder where one is set', async () => {
    server.answer = answerJson(200, {});
    await create().deliver([hello], { ...bot, apiRoot: `${server.origin}/forward/` });
    expect(sent().path).to.equal('/forward/hooks/messages?key=hunter2');
  });
});

describe('webhook render', () => {
  it('gives the words alone and the elements with tracked addresses', () => {
    const [payload] = create().render(
      {
        elements: [
          { kind: 'image', source: 'https://shop.example/p.jpg', alt: 'A mug' },
          { kind: 'text', text: [{ text: 'Look ' }, { text: 'here', bold: true, link: 'https://shop.example/' }] },
          { kind: 'buttons', rows: [[{ kind: 'message', id: 'yes', label: 'Yes', tag: 'interested' }]] },
        ],
      },
      LINKS,
      [],
    );
    expect(payload).to.deep.equal({
      text: 'Look here',
      elements: [
        { kind: 'image', url: 'https://shop.example/p.jpg', alt: 'A mug' },
        {
          kind: 'text',
          text: 'Look here',
          runs: [{ text: 'Look ' }, { text: 'here', bold: true, link: LINKS.inline('https://shop.example/') }],
        },
        { kind: 'buttons', rows: [[{ kind: 'message', id: 'yes', label: 'Yes', token: 'token-yes' }]] },
      ],
    });
  });
});
