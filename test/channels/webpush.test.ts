import { createECDH, createPublicKey, verify as verifySignature } from 'node:crypto';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { createHttpClient } from '../../channels/lib/http.ts';
import { createWebPush } from '../../channels/webpush/index.ts';
import type { PushPayload } from '../../channels/webpush/render.ts';
import { addressOf, type Subscription } from '../../channels/webpush/subscription.ts';
import { messageToken, pageToken, subscriptionToken } from '../../channels/webpush/tokens.ts';
import type { Channel, ChannelBot, Envelope, InboundRequest, Outcome } from '../../src/domain/channel.ts';
import { fit } from '../../src/domain/fit.ts';
import { translate } from '../../src/i18n.ts';
import { message as randomMessage } from '../support/messages.ts';
import { conformance, LINKS, NOW, playPlatform, readFixture } from './conformance.ts';

interface Report {
  type: string;
  subscription: Subscription;
}
const updates = readFixture<readonly { name: string; update: Report; facts: unknown[] }[]>('webpush', 'updates');

/** The browser of the fixtures. */
const browser = createECDH('prime256v1');
browser.setPrivateKey(Buffer.alloc(32, 7));
const AUTH = Buffer.alloc(16, 9).toString('base64url');
const [first, second] = updates.map(({ update }) => update.subscription) as [Subscription, Subscription];
const ADDRESS = addressOf(first);

const SECRET = 'webhook-secret_0123456789';
const PUBLIC = 'BFW61wuKBdvPHnRMcLmoNhYPiehWPLFmDttb_pXAFwyFjcV3QKFE-vqDTSoFfdE21txVtaD9OyegiXuxOXsvzf0';
const create = (allowPrivate = true): Channel =>
  createWebPush({ http: createHttpClient({ allowPrivate: () => allowPrivate }), translate, now: () => NOW });
const keys = create().prepare?.({ contact: 'shop@example.com' }) ?? {};
const bot: ChannelBot = {
  id: 1,
  publicId: 'bot00001',
  externalId: '',
  name: 'Kestrel <Coffee>',
  credentials: keys,
  apiRoot: null,
  webhookSecret: SECRET,
};

const at = (apiRoot: string): ChannelBot => ({ ...bot, apiRoot });
const hello: Envelope = { payload: { text: 'Hello' }, address: ADDRESS, key: '7-0' };
const { server: service, deliverTo, networkFaults } = playPlatform({ create, at, hello });

const answers = (status: number, headers: Record<string, string> = {}) => {
  return (channel: Channel): Promise<Outcome[]> =>
    deliverTo(channel, (_asked, response) => void response.writeHead(status, headers).end());
};

const ORIGIN = 'https://herald.example';
function post(body: object, headers: Record<string, string | undefined> = { origin: ORIGIN }): InboundRequest {
  const url = `${ORIGIN}/webhooks/key`;
  return { method: 'POST', headers, query: {}, body: Buffer.from(JSON.stringify(body)), url };
}
const page = (now = NOW): string => pageToken(SECRET, now);
const subscribe = { type: 'subscribe', id: 'act-00000001', token: page(), subscription: first, ref: 'spring' };
const leave = {
  type: 'unsubscribe',
  id: 'act-00000002',
  token: subscriptionToken(SECRET, ADDRESS),
  subscription: first,
};
const change = { ...leave, type: 'changed', id: 'act-00000003', subscription: second, formerly: first };
const received = {
  type: 'received',
  message: '7-0',
  token: messageToken(SECRET, '7-0', ADDRESS),
  subscription: first,
};

conformance('webpush', create, {
  bot,
  secrets: [SECRET, keys.privateKey ?? 'none'],
  inspect(payload) {
    const { text, buttons = [] } = payload as unknown as PushPayload;
    return {
      text,
      caption: '',
      rows: buttons.length > 0 ? [buttons.map(({ label }) => label)] : [],
      targets: buttons.map((button) => ('url' in button ? button.url : button.token)),
    };
  },
  requests: {
    right: [post(subscribe), post(received), post({ ...received, type: 'clicked', button: 'q83v' }), post(change)],
    wrong: [
      { title: 'no origin', request: post(subscribe, {}) },
      { title: 'the origin of another site', request: post(subscribe, { origin: 'https://evil.example' }) },
      { title: 'an opaque origin', request: post(subscribe, { origin: 'null' }) },
      { title: 'a token of no page', request: post({ ...subscribe, token: `${page()}x` }) },
      {
        title: 'a page’s token that lasts longer than it was given',
        request: post({ ...subscribe, token: page().replace(/^\d/, '9') }),
      },
      { title: 'a page’s token for leaving', request: post({ ...leave, token: page() }) },
      {
        title: 'the token of another subscription',
        request: post({ ...leave, token: subscriptionToken(SECRET, addressOf(second)) }),
      },
      { title: 'a subscription’s token for a message', request: post({ ...received, token: leave.token }) },
      { title: 'the token of another message', request: post({ ...received, message: '8-0' }) },
      { title: 'the token of another receiver', request: post({ ...received, subscription: second }) },
      {
        title: 'the new subscription’s token for a move',
        request: post({ ...change, token: subscriptionToken(SECRET, addressOf(second)) }),
      },
      {
        title: 'a message’s token of another bot',
        request: post({ ...received, token: messageToken('x', '7-0', ADDRESS) }),
      },
    ],
    stale: [post({ ...subscribe, token: page(NOW - 24 * 3600 * 1000) })],
    // The token covers what is reported, not how it is written.
    bare: true,
  },
  updates,
  outcomes: [
    {
      title: 'a notification that was taken',
      expected: { status: 'accepted', messageId: '7-0' },
      deliver: answers(201),
    },
    {
      title: 'a subscription that is gone',
      expected: { status: 'refused', reason: 'unreachable', connection: 'unreachable' },
      deliver: answers(410),
    },
    {
      title: 'a subscription nobody knows',
      expected: { status: 'refused', reason: 'unreachable', connection: 'unreachable' },
      deliver: answers(404),
    },
    {
      title: 'a subscription of other keys',
      expected: { status: 'refused', reason: 'platform_error' },
      deliver: answers(403),
    },
    {
      title: 'a signature that is not taken',
      expected: { status: 'refused', reason: 'platform_error' },
      deliver: answers(401),
    },
    {
      title: 'a record that is too large',
      expected: { status: 'refused', reason: 'content_refused' },
      deliver: answers(413),
    },
    {
      title: 'a service that slows down',
      expected: { status: 'throttled', scope: 'chat', retryAt: NOW + 120_000 },
      deliver: answers(429, { 'retry-after': '120' }),
    },
    {
      title: 'a service that slows down in its own way',
      expected: { status: 'throttled', scope: 'chat', retryAt: NOW + 60_000 },
      deliver: answers(406),
    },
    { title: 'a service that is down', expected: { status: 'failed' }, deliver: answers(503) },
    { title: 'an error of the service', expected: { status: 'unknown' }, deliver: answers(500) },
    { title: 'a redirect', expected: { status: 'refused' }, deliver: answers(302, { location: 'http://127.0.0.1/' }) },
    ...networkFaults('service'),
    {
      title: 'an address that is no subscription',
      expected: { status: 'refused', reason: 'unreachable' },
      deliver: (channel) => channel.deliver([{ ...hello, address: 'https://127.0.0.1/x a b' }], at(service.origin)),
    },
    {
      title: 'a key that is no point of the curve',
      expected: { status: 'refused', reason: 'unreachable' },
      deliver: (channel) => {
        const p256dh = Buffer.alloc(65, 4).toString('base64url');
        const address = addressOf({ ...first, keys: { ...first.keys, p256dh } });
        return channel.deliver([{ ...hello, address }], at(service.origin));
      },
    },
    {
      title: 'a message that fits into no record',
      expected: { status: 'refused', reason: 'content_refused' },
      deliver: (channel) => channel.deliver([{ ...hello, payload: { text: 'x'.repeat(4000) } }], at(service.origin)),
    },
  ],
  faults: [
    { title: 'no contact', bot: { ...bot, credentials: {} }, path: 'credentials.contact', code: 'credential_missing' },
    {
      title: 'a contact that is none',
      bot: { ...bot, credentials: { ...keys, contact: 'nobody' } },
      path: 'credentials.contact',
      code: 'credential_wrong',
    },
    {
      title: 'keys that are no pair',
      bot: { ...bot, credentials: { ...keys, publicKey: PUBLIC } },
      path: 'credentials.privateKey',
      code: 'keys_no_pair',
    },
    {
      title: 'half a pair',
      bot: { ...bot, credentials: { contact: 'shop@example.com', publicKey: PUBLIC } },
      path: 'credentials.privateKey',
      code: 'keys_no_pair',
    },
    { title: 'a forwarder that is no address', bot: at('push.example'), path: 'apiRoot', code: 'url_invalid' },
  ],
});

describe('webpush deliver', () => {
  /** As the browser does it, by the library that implements RFC 8291's other end. */
  const { decrypt } = createRequire(createRequire(import.meta.url).resolve('web-push'))('http_ece') as {
    decrypt(body: Buffer, options: object): Buffer;
  };
  const read = (body: Buffer): unknown =>
    JSON.parse(decrypt(body, { version: 'aes128gcm', privateKey: browser, authSecret: AUTH }).toString('utf8'));

  const sending = async (envelope: Envelope, by = bot): Promise<Buffer> => {
    service.answer = (_asked, response) => void response.writeHead(201).end();
    const [outcome] = await create().deliver([envelope], { ...by, apiRoot: service.origin });
    expect(outcome).to.include({ status: 'accepted' });
    return service.asked.at(-1)!.bytes;
  };

  it('encrypts what only the browser can read', async () => {
    const body = await sending({ ...hello, payload: { text: 'Hello\u0000', urgent: true } });
    expect(body.includes('Hello')).to.equal(false);
    expect(read(body)).to.deep.equal({
      title: 'Kestrel <Coffee>',
      id: '7-0',
      token: messageToken(SECRET, '7-0', ADDRESS),
      text: 'Hello ',
    });
  });

  it('signs for the push service alone, with time to live, urgency and topic', async () => {
    await answers(201)(create());
    const { headers, path } = service.asked.at(-1)!;
    expect(path).to.equal(new URL(first.endpoint).pathname);
    expect(headers).to.include({ ttl: '259200', urgency: 'normal', 'content-encoding': 'aes128gcm' });
    expect(headers.topic).to.match(/^[\w-]{32}$/);
    const { jwt = '', key = '' } =
      /^vapid t=(?<jwt>[^,]+), k=(?<key>.+)$/.exec(headers.authorization ?? '')?.groups ?? {};
    expect(key).to.equal(keys.publicKey);
    const [head = '', claims = '', signature = ''] = jwt.split('.');
    const point = Buffer.from(key, 'base64url');
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    };
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
    const signed = Buffer.from(`${head}.${claims}`);
    expect(
      verifySignature(
        'sha256',
        signed,
        { key: publicKey, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      ),
    ).to.equal(true);
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).to.include({
      aud: 'https://fcm.googleapis.com',
      sub: 'mailto:shop@example.com',
    });
  });

  it('keeps the topic of a message over its retries, and hurries where the mailing chose so', async () => {
    const topics: unknown[] = [];
    for (const envelope of [hello, hello, { ...hello, key: '8-0', payload: { text: 'Now', urgent: true } }]) {
      await sending(envelope);
      topics.push(service.asked.at(-1)?.headers.topic);
    }
    expect(topics[1]).to.equal(topics[0]).and.not.equal(topics[2]);
    expect(service.asked.at(-1)?.headers.urgency).to.equal('high');
  });

  it('fits every message that fits the channel into one record', async () => {
    const { capabilities } = create();
    await fc.assert(
      fc.asyncProperty(randomMessage, async (message) => {
        for (const payload of create().render(fit(message, capabilities).message, LINKS, ['urgent'])) {
          const body = await sending({ ...hello, payload }, { ...bot, name: 'Ж'.repeat(200) });
          expect(body.length).to.be.at.most(4096);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('webpush connect', () => {
  it('makes a pair of keys once, and keeps a pair that is brought along', () => {
    expect(keys.publicKey).to.match(/^B[\w-]{86}$/);
    expect(create().prepare?.(keys)).to.deep.equal(keys);
    expect(create().prepare?.({ contact: 'shop@example.com' })?.publicKey).to.not.equal(keys.publicKey);
  });

  it('is known by its public key, and has a page beside its webhook', async () => {
    expect(await create().connect(bot, 'https://herald.example/webhooks/k3y')).to.deep.equal({
      externalId: keys.publicKey,
      name: 'Kestrel <Coffee>',
      username: null,
      picture: null,
      link: 'https://herald.example/channels/k3y/subscribe?ref={ref}',
      webhook: 'set',
    });
    expect((await create().connect(bot, null)).link).to.equal(null);
  });
});

describe('webpush serve', () => {
  it('serves a page that no name can break out of', () => {
    const file = (path: string) => create().serve?.(path, { ...bot, name: '</script><b>"' }, ORIGIN);
    expect(file('subscribe')?.body).to.include('<h1>&lt;/script&gt;&lt;b&gt;&quot;</h1>');
    expect(file('page.js')?.body).to.include(keys.publicKey).and.not.include('</script');
    expect(JSON.parse(file('manifest.json')?.body ?? '')).to.include({ name: '</script><b>"', start_url: 'subscribe' });
    expect(file('sw.js')?.type).to.equal('text/javascript');
    expect(file('other.js')).to.equal(null);
  });
});

describe('webpush answer', () => {
  it('gives a browser that subscribed or moved the token to leave by, and nothing to others', () => {
    const answer = (update: object): unknown => create().answer?.(update, bot)?.body;
    expect(answer(subscribe)).to.equal(JSON.stringify({ token: leave.token }));
    expect(answer(change)).to.equal(JSON.stringify({ token: subscriptionToken(SECRET, addressOf(second)) }));
    expect([answer(leave), answer(received)]).to.deep.equal([undefined, undefined]);
  });
});
