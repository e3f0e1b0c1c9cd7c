import { expect } from 'chai';
import { createHttpClient } from '../../channels/lib/http.ts';
import { secretOf } from '../../channels/vk/callback.ts';
import { createVk } from '../../channels/vk/index.ts';
import type { VkPayload } from '../../channels/vk/render.ts';
import type { Channel, ChannelBot, Envelope, InboundRequest, Outcome } from '../../src/domain/channel.ts';
import type { Message } from '../../src/domain/message.ts';
import { type Answer, answerJson, type Asked } from '../support/script-server.ts';
import {
  apiRootFaults,
  breakOff,
  conformance,
  LINKS,
  NOW,
  playPlatform,
  readFixture,
  readMedia,
} from './conformance.ts';

const TOKEN = `vk1.a.${'Secret-token_'.repeat(10)}`;
const SECRET = 'webhook-secret_0123456789';
const bot: ChannelBot = {
  id: 1,
  publicId: 'bot00001',
  externalId: '123456',
  name: 'Shop',
  credentials: { token: TOKEN },
  // Nothing listens there: a person who is met in a test is asked about nowhere else.
  apiRoot: 'http://127.0.0.1:1',
  webhookSecret: SECRET,
};
const create = (allowPrivate = true): Channel =>
  createVk({
    http: createHttpClient({ allowPrivate: () => allowPrivate }),
    readMedia,
    now: () => NOW,
  });

const EVENT = {
  group_id: 123456,
  type: 'message_new',
  event_id: 'e0',
  v: '5.199',
  object: { message: { from_id: 1, peer_id: 1, text: 'hi' } },
};
const request = (body: unknown, query: Record<string, string> = {}): InboundRequest => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  query,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  url: 'https://herald.example/webhooks/key',
});
const secret = secretOf(bot);

const at = (origin: string): ChannelBot => ({ ...bot, apiRoot: origin });
const hello: Envelope = { payload: { message: 'Hello' }, address: '550358385', key: '1-0' };
const { server, deliverTo, refusals, networkFaults } = playPlatform({ create, at, hello });
const three = ['101', '102', '103'].map((address, index) => ({ ...hello, address, key: `${index}-0` }));
const deliverThree = (channel: Channel, answer: Answer): Promise<Outcome[]> => deliverTo(channel, answer, ...three);
const sent = (peer: number, id: number) => [{ peer_id: peer, message_id: id, conversation_message_id: id }];
const formOf = ({ body }: Asked): Record<string, string> => Object.fromEntries(new URLSearchParams(body));
/** The parameters of each message in a script. */
const callsOf = (code = ''): Record<string, unknown>[] =>
  JSON.parse(
    code
      .replace(/^return /, '')
      .replace(/;$/, '')
      .replaceAll('API.messages.send(', '')
      .replaceAll('"disable_mentions":1})', '"disable_mentions":1}'),
  ) as Record<string, unknown>[];

interface Keyboard {
  inline: boolean;
  buttons: { action: { type: string; label: string; link?: string; payload?: string }; color?: string }[][];
}
const keyboardOf = (payload: VkPayload): Keyboard['buttons'] =>
  payload.keyboard === undefined ? [] : (JSON.parse(payload.keyboard) as Keyboard).buttons;

const question = { type: 'confirmation', group_id: 123456, event_id: 'e1', v: '5.199' };

conformance('vk', create, {
  bot,
  secrets: ['hunter2', TOKEN, SECRET, secret],
  inspect(payload) {
    const { message, photo } = payload as VkPayload;
    const rows = keyboardOf(payload as VkPayload);
    return {
      text: photo ? '' : message,
      caption: photo ? message : '',
      rows: rows.map((row) => row.map(({ action }) => action.label)),
      targets: rows
        .flat()
        .map(({ action }) => action.link ?? (JSON.parse(action.payload ?? '{}') as { t?: string }).t ?? ''),
    };
  },
  requests: {
    right: [request({ ...EVENT, secret })],
    wrong: [
      { title: 'another secret', request: request({ ...EVENT, secret: `${secret.slice(0, -1)}x` }) },
      { title: 'the beginning of the secret', request: request({ ...EVENT, secret: secret.slice(0, -1) }) },
      { title: 'an empty secret', request: request({ ...EVENT, secret: '' }) },
      { title: 'no secret', request: request(EVENT) },
      { title: 'a secret that is no text', request: request({ ...EVENT, secret: [secret] }) },
      { title: 'the secret of another community', request: request({ ...EVENT, group_id: 654321, secret }) },
      { title: 'the secret in the query', request: request(EVENT, { secret }) },
      { title: 'a body that is no JSON', request: request('{') },
    ],
    bare: true,
  },
  handshakes: [
    {
      title: 'the question for the confirmation code',
      request: request(question, { code: '1a2b3c4d' }),
      answer: { status: 200, type: 'text/plain', body: '1a2b3c4d' },
    },
    {
      title: 'the question with the secret',
      request: request({ ...question, secret }, { code: '1a2b3c4d' }),
      answer: { status: 200, type: 'text/plain', body: '1a2b3c4d' },
    },
    {
      title: 'with a wrong secret',
      request: request({ ...question, secret: 'x' }, { code: '1a2b3c4d' }),
      answer: null,
    },
    {
      title: 'of another community',
      request: request({ ...question, group_id: 654321 }, { code: '1a2b3c4d' }),
      answer: null,
    },
    { title: 'without a code', request: request(question), answer: null },
    { title: 'with a code that is none', request: request(question, { code: '<script>' }), answer: null },
  ],
  updates: readFixture('vk', 'updates'),
  outcomes: [
    {
      title: 'a message that went out',
      expected: { status: 'accepted', messageId: '42' },
      deliver: (channel) => deliverTo(channel, answerJson(200, { response: sent(550358385, 42) })),
    },
    ...refusals(readFixture('vk', 'refusals')),
    {
      title: "a proxy's page in place of an answer",
      expected: { status: 'unknown' },
      deliver: (channel) => deliverTo(channel, answerJson(502, '<html>Bad Gateway</html>')),
    },
    {
      title: "a proxy's refusal",
      expected: { status: 'failed' },
      deliver: (channel) => deliverTo(channel, answerJson(407, '<html>Proxy Authentication Required</html>')),
    },
    ...networkFaults(),
    {
      title: 'a picture that was deleted',
      expected: { status: 'refused', reason: 'content_refused' },
      deliver: (channel) =>
        channel.deliver([{ ...hello, payload: { message: '', photo: { media: 'gone0000' } } }], at(server.origin)),
    },
  ],
  batches: [
    {
      title: 'some refused by an error of their own, some by a call that failed',
      expected: [
        { status: 'refused', reason: 'blocked', connection: 'blocked' },
        { status: 'accepted', messageId: '7' },
        { status: 'refused', reason: 'content_refused' },
      ],
      deliver: (channel) =>
        deliverThree(
          channel,
          answerJson(200, {
            response: [
              [{ peer_id: 101, message_id: 0, error: { code: 901, description: "Can't send messages" } }],
              sent(102, 7),
              false,
            ],
            execute_errors: [{ method: 'messages.send', error_code: 914, error_msg: 'Message is too long' }],
          }),
        ),
    },
    {
      title: 'an answer that leaves one out',
      expected: [{ status: 'accepted', messageId: '1' }, { status: 'accepted', messageId: '2' }, { status: 'unknown' }],
      deliver: (channel) => deliverThree(channel, answerJson(200, { response: [sent(101, 1), sent(102, 2)] })),
    },
    {
      title: 'too fast',
      expected: three.map(() => ({ status: 'throttled', scope: 'bot', retryAt: NOW + 1000 })),
      deliver: (channel) =>
        deliverThree(channel, answerJson(200, { error: { error_code: 6, error_msg: 'Too many requests per second' } })),
    },
    {
      title: "one receiver's fault told of all",
      expected: three.map(() => ({ status: 'failed' })),
      deliver: (channel) =>
        deliverThree(channel, answerJson(200, { error: { error_code: 901, error_msg: "Can't send messages" } })),
    },
    {
      title: 'a script that was not understood',
      expected: three.map(() => ({ status: 'failed' })),
      deliver: (channel) =>
        deliverThree(channel, answerJson(200, { error: { error_code: 12, error_msg: 'Unable to compile code' } })),
    },
    {
      title: 'a revoked token',
      expected: three.map(() => ({ status: 'bot_refused' })),
      deliver: (channel) =>
        deliverThree(channel, answerJson(200, { error: { error_code: 5, error_msg: 'User authorization failed' } })),
    },
    {
      title: 'never answered',
      expected: three.map(() => ({ status: 'unknown' })),
      deliver: (channel) => deliverThree(channel, breakOff),
    },
  ],
  faults: [
    ...apiRootFaults(at),
    { title: 'no token', bot: { ...bot, credentials: {} }, path: 'credentials.token', code: 'token_missing' },
    {
      title: 'a token of a wrong shape',
      bot: { ...bot, credentials: { token: 'hello' } },
      path: 'credentials.token',
      code: 'token_shape',
    },
  ],
});

describe('vk deliver', () => {
  it('gives every message the same number again, whatever its company, and each its own', async () => {
    server.answer = answerJson(200, { response: three.map((_, index) => sent(101 + index, index + 1)) });
    const channel = create();
    await channel.deliver(three, at(server.origin));
    await channel.deliver(three.toReversed(), at(server.origin));
    await channel.deliver([three[1]!], at(server.origin));
    const [first, second, third] = server.asked.map(formOf);
    const numbers = (code?: string) => new Map(callsOf(code).map((call) => [call.peer_ids, call.random_id]));
    expect(numbers(second?.code)).to.deep.equal(numbers(first?.code));
    expect(third).to.include({ peer_ids: '102', random_id: String(numbers(first?.code).get('102')) });
    const all = [...numbers(first?.code).values()].map(Number);
    expect(new Set(all).size).to.equal(3);
    expect(all.every((number) => Number.isSafeInteger(number) && number > 0)).to.equal(true);
  });

  it('sends a hundred in four scripts of 25, and fewer where the texts are long', async () => {
    const outcomeOf: Answer = (asked, response) => {
      const calls = callsOf(formOf(asked).code);
      answerJson(200, { response: calls.map(({ peer_ids: peer }) => sent(Number(peer), Number(peer))) })(
        asked,
        response,
      );
    };
    server.answer = outcomeOf;
    const hundred = Array.from({ length: 100 }, (_, index) => ({
      ...hello,
      address: String(1000 + index),
      key: `${index}-0`,
    }));
    const outcomes = await create().deliver(hundred, at(server.origin));
    expect(outcomes).to.deep.equal(hundred.map(({ address }) => ({ status: 'accepted', messageId: address })));
    expect(server.asked.map(({ path }) => path)).to.deep.equal(Array.from({ length: 4 }, () => '/method/execute'));
    server.asked.length = 0;
    await create().deliver(
      hundred.map((envelope) => ({ ...envelope, payload: { message: 'я'.repeat(4096) } })),
      at(server.origin),
    );
    expect(server.asked.length).to.be.above(4);
    expect(server.asked.every((asked) => (formOf(asked).code ?? '').length <= 60_000)).to.equal(true);
  });

  it('keeps the token out of addresses and headers', async () => {
    server.answer = answerJson(200, { response: sent(550358385, 1) });
    await create().deliver([hello], at(server.origin));
    const [asked] = server.asked;
    expect(formOf(asked!)).to.include({ access_token: TOKEN, v: '5.199', message: 'Hello', dont_parse_links: '1' });
    expect(asked?.path).to.equal('/method/messages.send');
    expect(JSON.stringify(asked?.headers)).to.not.include(TOKEN);
  });

  describe('with a photo', () => {
    const withPhoto: Envelope = { ...hello, payload: { message: 'Look', photo: { media: 'abcd1234' } } };
    let photos = '[{"photo":"x"}]';
    const platform: Answer = (asked, response) => {
      const answers: Record<string, unknown> = {
        '/method/photos.getMessagesUploadServer': { response: { upload_url: `${server.origin}/upload` } },
        '/upload': { server: 626627, photo: photos, hash: 'h4sh' },
        '/method/photos.saveMessagesPhoto': { response: [{ id: 9, owner_id: -123456, access_key: 'k3y' }] },
        '/method/messages.send': { response: sent(550358385, 5) },
        '/picture.png': 'bytes',
      };
      answerJson(200, answers[asked.path] ?? { error: { error_code: 3, error_msg: 'Unknown method' } })(
        asked,
        response,
      );
    };
    beforeEach(() => {
      server.answer = platform;
      photos = '[{"photo":"x"}]';
    });

    it('uploads it once, however many go out together, and attaches it by its id', async () => {
      const channel = create();
      await Promise.all([1, 2, 3].map(() => channel.deliver([withPhoto], at(server.origin))));
      await channel.deliver([withPhoto], at(server.origin));
      const paths = server.asked.map(({ path }) => path);
      expect(paths.filter((path) => path === '/upload')).to.have.length(1);
      const upload = server.asked.find(({ path }) => path === '/upload');
      expect(upload?.body).to.include('name="photo"; filename="abcd1234.png"').and.to.include('not really a picture');
      const save = server.asked.find(({ path }) => path.endsWith('saveMessagesPhoto'));
      expect(formOf(save!)).to.include({ server: '626627', photo: '[{"photo":"x"}]', hash: 'h4sh' });
      const sends = server.asked.filter(({ path }) => path.endsWith('messages.send')).map(formOf);
      expect(sends.map(({ attachment }) => attachment)).to.deep.equal(
        Array.from({ length: 4 }, () => 'photo-123456_9_k3y'),
      );
    });

    it('fetches one with an address itself, since the platform does not', async () => {
      const payload = { message: '', photo: { url: `${server.origin}/picture.png` } };
      const [outcome] = await create().deliver([{ ...hello, payload }], at(server.origin));
      expect(outcome).to.deep.equal({ status: 'accepted', messageId: '5' });
      expect(server.asked.find(({ path }) => path === '/upload')?.body).to.include('bytes');
    });

    it('refuses what the platform does not take as a picture, and uploads again the next time', async () => {
      photos = '[]';
      const channel = create();
      expect((await channel.deliver([withPhoto], at(server.origin)))[0]).to.include({ reason: 'content_refused' });
      photos = '[{"photo":"x"}]';
      expect((await channel.deliver([withPhoto], at(server.origin)))[0]).to.include({ status: 'accepted' });
    });

    it('sends nothing to a private address for the sake of a picture', async () => {
      const payload = { message: '', photo: { url: 'http://127.0.0.1:1/p.png' } };
      const [outcome] = await create(false).deliver([{ ...hello, payload }], bot);
      expect(outcome).to.deep.equal({ status: 'failed', detail: 'no picture (PRIVATE_ADDRESS)' });
    });
  });
});

describe('vk connect', () => {
  const group = { id: 123456, name: 'Mugs', screen_name: 'mugs', photo_200: 'https://vk.example/p.jpg' };
  let servers: { id: number; secret_key: string; url: string; status: string }[] = [];
  let status = 'ok';
  const platform: Answer = (asked, response) => {
    const form = formOf(asked);
    const answers: Record<string, () => unknown> = {
      'groups.getById': () => ({ groups: [group], profiles: [] }),
      'groups.getCallbackConfirmationCode': () => ({ code: '1a2b3c4d' }),
      'groups.getCallbackServers': () => ({ count: servers.length, items: servers }),
      'groups.addCallbackServer': () => {
        servers.push({ id: 3, secret_key: form.secret_key ?? '', url: form.url ?? '', status });
        return { server_id: 3 };
      },
    };
    answerJson(200, { response: answers[asked.path.slice('/method/'.length)]?.() ?? 1 })(asked, response);
  };
  const methods = (): string[] => server.asked.map(({ path }) => path.slice('/method/'.length));
  const asked = (method: string): Record<string, string> =>
    formOf(server.asked.find(({ path }) => path.endsWith(method))!);
  const WEBHOOK = 'https://herald.example/webhooks/key';
  beforeEach(() => {
    server.answer = platform;
    servers = [{ id: 1, secret_key: 'of another', url: 'https://other.example', status: 'ok' }];
    status = 'ok';
  });

  it('adds a server with secret and code, and subscribes it to the events it reads', async () => {
    expect(await create().connect(at(server.origin), WEBHOOK)).to.deep.equal({
      externalId: '123456',
      name: 'Mugs',
      username: 'mugs',
      picture: 'https://vk.example/p.jpg',
      link: 'https://vk.me/mugs?ref={ref}',
      webhook: 'set',
    });
    expect(asked('addCallbackServer')).to.include({
      group_id: '123456',
      url: `${WEBHOOK}?code=1a2b3c4d`,
      secret_key: secret,
    });
    expect(asked('addCallbackServer').secret_key?.length).to.be.at.most(50);
    expect(asked('setCallbackSettings')).to.include({
      server_id: '3',
      message_new: '1',
      message_read: '1',
      message_deny: '1',
    });
  });

  it('changes its own server when it comes again, and no other', async () => {
    servers.push({ id: 8, secret_key: secret, url: 'https://old.example', status: 'ok' });
    await create().connect(at(server.origin), WEBHOOK);
    expect(methods()).to.include('groups.editCallbackServer').and.not.include('groups.addCallbackServer');
    expect(asked('editCallbackServer')).to.include({ server_id: '8', url: `${WEBHOOK}?code=1a2b3c4d` });
    server.asked.length = 0;
    await create().disconnect?.(at(server.origin));
    expect(asked('deleteCallbackServer')).to.include({ server_id: '8' });
  });

  it('names the public address that was not confirmed', async () => {
    status = 'failed';
    const error: unknown = await create()
      .connect(at(server.origin), WEBHOOK)
      .catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'webhook_refused' });
  });

  it('only looks when it checks', async () => {
    await create().check(at(server.origin));
    expect(methods()).to.deep.equal(['groups.getById']);
  });

  const refusals: [title: string, answer: unknown, code: string][] = [
    ['a revoked token', { error: { error_code: 27, error_msg: 'Group authorization failed' } }, 'token_refused'],
    ["a person's token", { response: { groups: [], profiles: [] } }, 'token_refused'],
    ['missing rights', { error: { error_code: 15, error_msg: 'Access denied' } }, 'platform_refused'],
    ['too many requests', { error: { error_code: 6, error_msg: 'Too many requests per second' } }, 'platform_busy'],
    ['something else that answers', 'hello', 'api_root_wrong'],
  ];
  for (const [title, answer, code] of refusals) {
    it(`names ${title}`, async () => {
      server.answer = answerJson(200, answer);
      const error: unknown = await create()
        .check(at(server.origin))
        .catch((reason: unknown) => reason);
      expect(error).to.include({ code });
    });
  }
});

describe('vk profile', () => {
  it('asks about all who come together in one request, and knows no name of a page that is gone', async () => {
    server.answer = answerJson(200, {
      response: [
        { id: 101, first_name: 'Олена', last_name: 'Коваль' },
        { id: 102, first_name: 'DELETED', last_name: '', deactivated: 'deleted' },
      ],
    });
    const channel = create();
    const profiles = await Promise.all(['101', '102', '103'].map((id) => channel.profile?.(id, at(server.origin))));
    expect(profiles).to.deep.equal([{ firstName: 'Олена', lastName: 'Коваль' }, null, null]);
    expect(server.asked.map((asked) => [asked.path, formOf(asked).user_ids])).to.deep.equal([
      ['/method/users.get', '101,102,103'],
    ]);
    server.answer = answerJson(200, { error: { error_code: 6, error_msg: 'Too many requests per second' } });
    expect(await channel.profile?.('104', at(server.origin))).to.equal(null);
  });
});

describe('vk render', () => {
  it('puts text, photo and keyboard into one message, within six rows', () => {
    const message: Message = {
      elements: [
        { kind: 'image', source: 'media:abcd1234' },
        { kind: 'text', text: [{ text: 'Hello' }] },
        {
          kind: 'buttons',
          rows: Array.from({ length: 7 }, (_, index) => [
            { kind: 'message' as const, id: `b${index}`, label: `B${index}`, tag: 'x' },
          ]),
        },
      ],
    };
    const [payload, ...others] = create().render(message, LINKS, []) as VkPayload[];
    expect(others).to.deep.equal([]);
    expect(payload).to.deep.include({ message: 'Hello', photo: { media: 'abcd1234' } });
    expect(keyboardOf(payload!).map((row) => row.length)).to.deep.equal([2, 2, 2, 1]);
    expect(keyboardOf(payload!)[0]?.[0]).to.deep.equal({
      action: { type: 'text', label: 'B0', payload: '{"t":"token-b0"}' },
      color: 'secondary',
    });
  });
});
