import { expect } from 'chai';
import { createInstagram } from '../../channels/instagram/index.ts';
import { proofOf } from '../../channels/lib/graph/client.ts';
import type { SendPayload } from '../../channels/lib/graph/messages.ts';
import { createHttpClient } from '../../channels/lib/http.ts';
import type { Channel, ChannelBot } from '../../src/domain/channel.ts';
import type { Element } from '../../src/domain/message.ts';
import { measure } from '../../src/domain/split.ts';
import { graphHandshakes, graphRequests, inspectSend } from '../support/graph.ts';
import { answerJson } from '../support/script-server.ts';
import { apiRootFaults, conformance, LINKS, NOW, playPlatform, readFixture } from './conformance.ts';

const TOKEN = 'IGAAJsecret0123456789abcdef';
const PAGE_TOKEN = 'EAAGm0PX4ZCpsBAKZCsecret0123456789';
const APP_SECRET = 'fedcba9876543210fedcba9876543210';
const SECRET = 'webhook-secret_0123';
const ACCOUNT = '17841400008460056';

const bot: ChannelBot = {
  id: 6,
  publicId: 'bot00006',
  externalId: ACCOUNT,
  name: 'Shop',
  credentials: { token: TOKEN, app_secret: APP_SECRET, verify_token: 'typed-by-hand' },
  // Nobody listens there.
  apiRoot: 'http://127.0.0.1:1',
  webhookSecret: SECRET,
};
const create = (allowPrivate = true): Channel =>
  createInstagram({ http: createHttpClient({ allowPrivate: () => allowPrivate }), now: () => NOW });

const at = (origin: string, credentials: Record<string, string> = {}): ChannelBot => ({
  ...bot,
  credentials: { ...bot.credentials, ...credentials },
  apiRoot: origin,
});
const hello = {
  payload: { messaging_type: 'UPDATE', message: { text: 'Hello' } },
  address: '1234567890123456',
  key: '1:0',
};
const { server, deliverTo, refusals, networkFaults } = playPlatform({ create, at, hello });

const updates = readFixture<{ name: string; update: unknown; facts: readonly unknown[] }[]>('instagram', 'updates');

conformance('instagram', create, {
  bot,
  secrets: [TOKEN, APP_SECRET, SECRET, 'hunter2'],
  inspect: (payload) => inspectSend(payload as unknown as SendPayload),
  requests: graphRequests(updates[0]?.update, APP_SECRET),
  handshakes: [...graphHandshakes(SECRET), ...graphHandshakes('typed-by-hand').slice(0, 1)],
  updates,
  outcomes: [
    {
      title: 'a message that went out',
      expected: { status: 'accepted', messageId: 'aWdfZAG1sent' },
      deliver: (channel) => deliverTo(channel, answerJson(200, { recipient_id: '1', message_id: 'aWdfZAG1sent' })),
    },
    ...refusals(readFixture('instagram', 'refusals')),
    ...networkFaults(),
  ],
  faults: [
    {
      title: 'a token of a wrong shape',
      bot: { ...bot, credentials: { ...bot.credentials, token: 'hello' } },
      path: 'credentials.token',
      code: 'credential_wrong',
    },
    {
      title: "the account's own token and nothing to verify the webhook with",
      bot: { ...bot, credentials: { token: TOKEN, app_secret: APP_SECRET } },
      path: 'credentials.verify_token',
      code: 'credential_missing',
    },
    ...apiRootFaults(at),
  ],
});

describe('instagram connect', () => {
  const account = { id: '9', user_id: ACCOUNT, username: 'shop.example', name: 'Shop' };
  const pathOf = (path: string): string => new URL(path, 'http://x').pathname.slice(1);
  const calls = (): string[] => server.asked.map(({ method, path }) => `${method} ${pathOf(path)}`);

  it("subscribes the account itself by its own token, and asks for a hand with the app's webhook", async () => {
    server.answer = (asked, response) =>
      answerJson(200, asked.method === 'GET' ? account : { success: true })(asked, response);
    const profile = await create().connect(at(server.origin), 'https://herald.example/webhooks/key');
    expect(profile).to.deep.equal({
      externalId: ACCOUNT,
      name: 'Shop',
      username: 'shop.example',
      picture: null,
      link: 'https://ig.me/m/shop.example?ref={ref}',
      webhook: 'manual',
    });
    expect(calls()).to.deep.equal(['GET me', 'POST me/subscribed_apps']);
    expect(server.asked[1]?.path).to.contain('messaging_seen').and.not.contain('appsecret_proof');
    expect(server.asked.map(({ path }) => path).join()).to.not.contain(TOKEN);
  });

  it("finds the account that is linked to a page by the page's token, and sets the webhook", async () => {
    server.answer = (asked, response) => {
      const answers: Record<string, unknown> = {
        'GET me': { id: '1', instagram_business_account: { id: ACCOUNT, username: 'shop.example' } },
        'GET app': { id: '15177' },
        'GET 15177/subscriptions': { data: [{ object: 'page', callback_url: 'https://crm.example/' }] },
      };
      answerJson(200, answers[`${asked.method} ${pathOf(asked.path)}`] ?? { success: true })(asked, response);
    };
    const profile = await create().connect(
      at(server.origin, { token: PAGE_TOKEN }),
      'https://herald.example/webhooks/key',
    );
    expect(profile).to.include({ externalId: ACCOUNT, name: 'shop.example', webhook: 'set' });
    const set = server.asked.find(({ method, path }) => method === 'POST' && path === '/15177/subscriptions');
    expect(JSON.parse(set?.body ?? '')).to.include({ object: 'instagram', verify_token: SECRET });
    expect(server.asked[0]?.path).to.contain(proofOf(PAGE_TOKEN, APP_SECRET));
  });

  it('asks what people are called', async () => {
    server.answer = answerJson(200, { id: '1234567890123456', name: 'Peter Chang', username: 'peter.chang' });
    expect(await create().profile?.('1234567890123456', at(server.origin))).to.deep.equal({
      firstName: 'Peter',
      lastName: 'Chang',
      username: 'peter.chang',
    });
    expect(calls()).to.deep.equal(['GET 1234567890123456']);
    server.answer = answerJson(200, { id: '1234567890123456' });
    expect(await create().profile?.('1234567890123456', at(server.origin))).to.equal(null);
  });

  it('names a page that has no account', async () => {
    server.answer = answerJson(200, { id: '1' });
    const error: unknown = await create()
      .check(at(server.origin, { token: PAGE_TOKEN }))
      .catch((reason: unknown) => reason);
    expect(error).to.have.nested.property('fields[0].code', 'account_not_linked');
  });
});

describe('instagram render', () => {
  const render = (...elements: Element[]) =>
    create()
      .render({ elements }, LINKS, [])
      .map(({ message }) => message);

  it('counts bytes, and lets the platform fetch pictures', () => {
    const words = 'Привіт усім. '.repeat(60);
    const parts = render({ kind: 'text', text: [{ text: words }] }) as { text: string }[];
    expect(parts.length).to.be.at.least(2);
    for (const { text } of parts) expect(measure(text, 'bytes')).to.be.at.most(1000);
    expect(render({ kind: 'image', source: 'https://shop.example/p.jpg', alt: '' })).to.deep.equal([
      { attachment: { type: 'image', payload: { url: 'https://shop.example/p.jpg' } } },
    ]);
  });
});
