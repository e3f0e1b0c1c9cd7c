import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { createHttpClient } from '../../channels/lib/http.ts';
import { createViber } from '../../channels/viber/index.ts';
import { readJson } from '../../channels/viber/json.ts';
import { signatureOf } from '../../channels/viber/signature.ts';
import type { Channel, ChannelBot, InboundRequest, Outcome, Payload } from '../../src/domain/channel.ts';
import type { Message } from '../../src/domain/message.ts';
import { translate } from '../../src/i18n.ts';
import { type Answer, answerJson } from '../support/script-server.ts';
import { apiRootFaults, breakOff, conformance, LINKS, NOW, playPlatform, readFixture } from './conformance.ts';

const TOKEN = '4453b6ac12345678-da1cc1b2542ab51a-e0ac5fbe17480a09';
const bot: ChannelBot = {
  id: 1,
  publicId: 'bot00001',
  externalId: 'pa:75346594275468546724',
  name: 'Shop',
  credentials: { token: TOKEN },
  apiRoot: null,
  webhookSecret: 'webhook-secret_0123456789',
};
const create = (allowPrivate = true): Channel =>
  createViber({ http: createHttpClient({ allowPrivate: () => allowPrivate }), translate, now: () => NOW });

/** As the platform writes it: the token is a number that JavaScript cannot hold. */
const BODY =
  '{"event":"message","timestamp":1457764197627,"message_token":4912661846655238145,"sender":{"id":"01234567890A=","name":"John McClane"},"message":{"type":"text","text":"a message to the service 4912661846655238145"}}';
const request = (headers: Record<string, string | undefined>, body = BODY): InboundRequest => ({
  method: 'POST',
  headers,
  query: {},
  body: Buffer.from(body),
  url: 'https://herald.example/webhooks/key',
});
const HEADER = 'x-viber-content-signature';

interface Keyboard {
  Buttons: { ActionType: string; ActionBody: string; Text: string; Columns: number }[];
}

const unescape = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&amp;', '&');

/** Rows as the app makes them: six columns, then the next row. */
function rowsOf({ Buttons }: Keyboard): string[][] {
  const rows: string[][] = [];
  let columns = 0;
  for (const { Columns, Text } of Buttons) {
    if (columns % 6 === 0) rows.push([]);
    columns += Columns;
    rows.at(-1)?.push(unescape(Text));
  }
  return rows;
}

const at = (origin: string): ChannelBot => ({ ...bot, apiRoot: origin });
const hello = { payload: { type: 'text', text: 'Hello', min_api_version: 1 }, address: '01234567890A=', key: '1-0' };
const { server, deliverTo, refusals, networkFaults } = playPlatform({ create, at, hello });
const RECEIVERS = ['AAAA1111==', 'BBBB2222==', 'CCCC3333=='];
const envelopes = RECEIVERS.map((address, index) => ({ ...hello, address, key: `${index}-0` }));
const broadcastTo = (channel: Channel, answer: Answer): Promise<Outcome[]> => deliverTo(channel, answer, ...envelopes);

conformance('viber', create, {
  bot,
  secrets: ['hunter2', TOKEN, ...TOKEN.split('-')],
  inspect(payload) {
    const { type, text, keyboard = { Buttons: [] } } = payload as { type: string; text: string; keyboard?: Keyboard };
    return {
      text: type === 'text' ? text : '',
      caption: type === 'picture' ? text : '',
      rows: rowsOf(keyboard),
      targets: keyboard.Buttons.map(({ ActionBody, ActionType }) =>
        ActionType === 'share-phone' ? '' : ActionBody.replace(/^press:/, ''),
      ),
    };
  },
  requests: {
    // The vector is made here by hand, with nothing of the channel's.
    right: [
      request({ [HEADER]: createHmac('sha256', TOKEN).update(BODY).digest('hex') }),
      request({ [HEADER]: createHmac('sha256', TOKEN).update(BODY).digest('hex').toUpperCase() }),
    ],
    wrong: [
      { title: 'a signature by another token', request: request({ [HEADER]: signatureOf(BODY, `${TOKEN}0`) }) },
      {
        title: 'the beginning of the signature',
        request: request({ [HEADER]: signatureOf(BODY, TOKEN).slice(0, 32) }),
      },
      {
        title: 'a signature in base64',
        request: request({ [HEADER]: createHmac('sha256', TOKEN).update(BODY).digest('base64') }),
      },
      { title: 'an empty signature', request: request({ [HEADER]: '' }) },
      {
        title: 'the signature in the query alone',
        request: { ...request({}), query: { sig: signatureOf(BODY, TOKEN) } },
      },
      { title: 'the token in place of a signature', request: request({ [HEADER]: TOKEN }) },
    ],
  },
  updates: readFixture('viber', 'updates'),
  outcomes: [
    {
      title: 'a message that went out',
      expected: { status: 'accepted', messageId: '5741311803571721087' },
      deliver: (channel) =>
        deliverTo(
          channel,
          answerRaw('{"status":0,"status_message":"ok","message_token":5741311803571721087,"billing_status":1}'),
        ),
    },
    ...refusals(readFixture('viber', 'refusals')),
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
  ],
  batches: [
    {
      title: 'some of them refused',
      expected: [
        { status: 'accepted', messageId: '40808912438712' },
        { status: 'refused', reason: 'blocked', connection: 'blocked' },
        { status: 'throttled', scope: 'chat', retryAt: NOW + 900_000 },
      ],
      deliver: (channel) =>
        broadcastTo(
          channel,
          answerJson(200, {
            message_token: 40808912438712,
            status: 0,
            status_message: 'ok',
            failed_list: [
              { receiver: RECEIVERS[1], status: 6, status_message: 'Not subscribed' },
              { receiver: RECEIVERS[2], status: 12, status_message: 'Too many requests' },
            ],
          }),
        ),
    },
    {
      title: 'too many requests',
      expected: RECEIVERS.map(() => ({ status: 'throttled', scope: 'bot', retryAt: NOW + 10_000 })),
      deliver: (channel) => broadcastTo(channel, answerJson(200, { status: 12, status_message: 'tooManyRequests' })),
    },
    {
      title: "one receiver's fault told of all",
      expected: RECEIVERS.map(() => ({ status: 'failed' })),
      deliver: (channel) => broadcastTo(channel, answerJson(200, { status: 6, status_message: 'notSubscribed' })),
    },
    {
      title: 'bad data',
      expected: RECEIVERS.map(() => ({ status: 'refused', reason: 'content_refused' })),
      deliver: (channel) => broadcastTo(channel, answerJson(200, { status: 3, status_message: 'badData' })),
    },
    {
      title: 'a revoked token',
      expected: RECEIVERS.map(() => ({ status: 'bot_refused' })),
      deliver: (channel) => broadcastTo(channel, answerJson(200, { status: 2, status_message: 'invalidAuthToken' })),
    },
    {
      title: 'never answered',
      expected: RECEIVERS.map(() => ({ status: 'unknown' })),
      deliver: (channel) => broadcastTo(channel, breakOff),
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

/** As it stands on the wire: numbers too long for JavaScript included. */
function answerRaw(text: string): Answer {
  return (_asked, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(text);
}

const bodies = (): Record<string, unknown>[] =>
  server.asked.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

describe('viber connect', () => {
  const account = {
    status: 0,
    status_message: 'ok',
    id: 'pa:75346594275468546724',
    name: 'Shop of mugs',
    uri: 'mugs',
    icon: 'https://media.example/icon.jpg',
    subscribers_count: 35,
  };

  it('reads the account and sets the webhook, with the token in one header', async () => {
    server.answer = ({ path }, response) =>
      answerJson(200, path.endsWith('set_webhook') ? { status: 0, status_message: 'ok' } : account)(
        server.asked[0]!,
        response,
      );
    const profile = await create().connect(at(server.origin), 'https://herald.example/webhooks/key');
    expect(profile).to.deep.equal({
      externalId: 'pa:75346594275468546724',
      name: 'Shop of mugs',
      username: 'mugs',
      picture: 'https://media.example/icon.jpg',
      link: 'viber://pa?chatURI=mugs&context={ref}',
      webhook: 'set',
    });
    expect(server.asked.map(({ path }) => path)).to.deep.equal(['/pa/get_account_info', '/pa/set_webhook']);
    expect(server.asked.every(({ headers }) => headers['x-viber-auth-token'] === TOKEN)).to.equal(true);
    expect(server.asked.some(({ body, path }) => body.includes(TOKEN) || path.includes(TOKEN))).to.equal(false);
    expect(bodies()[1]).to.deep.include({ url: 'https://herald.example/webhooks/key', send_name: true });
    expect(bodies()[1]?.event_types).to.include.members(['delivered', 'seen', 'failed', 'conversation_started']);
  });

  it('only looks when it checks, and lets go with an empty address', async () => {
    server.answer = answerJson(200, account);
    await create().check(at(server.origin));
    expect(server.asked.map(({ path }) => path)).to.deep.equal(['/pa/get_account_info']);
    await create().disconnect?.(at(server.origin));
    expect(bodies()[1]).to.include({ url: '' });
  });

  const refusals: [title: string, answer: unknown, expected: object][] = [
    ['a revoked token', { status: 2, status_message: 'invalidAuthToken' }, { code: 'token_refused' }],
    ['too many requests', { status: 12, status_message: 'tooManyRequests' }, { code: 'platform_busy' }],
    ['a suspended account', { status: 9, status_message: 'publicAccountSuspended' }, { code: 'platform_refused' }],
    ['something else that answers', 'hello', { code: 'api_root_wrong' }],
  ];
  for (const [title, answer, expected] of refusals) {
    it(`names ${title}`, async () => {
      server.answer = answerJson(200, answer);
      const error: unknown = await create()
        .check(at(server.origin))
        .catch((reason: unknown) => reason);
      expect(error).to.include(expected);
    });
  }

  it('names the public address that the platform could not call', async () => {
    server.answer = ({ path }, response) =>
      answerJson(200, path.endsWith('set_webhook') ? { status: 1, status_message: 'invalidUrl' } : account)(
        server.asked[0]!,
        response,
      );
    const error: unknown = await create()
      .connect(at(server.origin), 'https://herald.example/webhooks/key')
      .catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'webhook_refused' });
  });
});

describe('viber deliver', () => {
  it('broadcasts one payload with its place-holders, and fills them in itself for one receiver', async () => {
    const url = 'https://go.example/r/t?u=replace_me_with_url_encoded_receiver_id';
    const payload: Payload = { type: 'text', text: url, min_api_version: 1 };
    server.answer = answerJson(200, { status: 0, status_message: 'ok', message_token: 1, failed_list: [] });
    const channel = create();
    await channel.deliver(
      envelopes.map((envelope) => ({ ...envelope, payload })),
      at(server.origin),
    );
    await channel.deliver([{ payload, address: 'AA+/11==', key: '1-0' }], at(server.origin));
    expect(bodies()[0]).to.deep.equal({ sender: { name: 'Shop' }, ...payload, broadcast_list: RECEIVERS });
    expect(bodies()[1]).to.deep.equal({
      sender: { name: 'Shop' },
      ...payload,
      text: 'https://go.example/r/t?u=AA%2B%2F11%3D%3D',
      receiver: 'AA+/11==',
    });
  });

  it('writes to each alone where the account may not broadcast, and remembers that', async () => {
    server.answer = ({ path }, response) =>
      answerJson(
        200,
        path.endsWith('broadcast_message')
          ? { status: 20, status_message: 'broadcastNotAllowed' }
          : { status: 0, status_message: 'ok', message_token: 7 },
      )(server.asked[0]!, response);
    const channel = create();
    for (let again = 0; again < 2; again += 1) {
      const outcomes = await channel.deliver(envelopes, at(server.origin));
      expect(outcomes).to.deep.equal(RECEIVERS.map(() => ({ status: 'accepted', messageId: '7' })));
    }
    const paths = server.asked.map(({ path }) => path.slice('/pa/'.length));
    expect(paths.filter((path) => path === 'broadcast_message')).to.have.length(1);
    expect(paths.filter((path) => path === 'send_message')).to.have.length(6);
  });

  it('keeps every request within 30 kB, however long the text and the list', async () => {
    server.answer = answerJson(200, { status: 0, status_message: 'ok', message_token: 1 });
    const many = Array.from({ length: 300 }, (_, index) => ({
      payload: { type: 'text', text: '字'.repeat(7000), min_api_version: 1 },
      address: `${String(index).padStart(38, 'x')}==`,
      key: `${index}-0`,
    }));
    const outcomes = await create().deliver(many, at(server.origin));
    expect(outcomes.every(({ status }) => status === 'accepted')).to.equal(true);
    expect(server.asked.length).to.be.above(1);
    expect(server.asked.every(({ body }) => Buffer.byteLength(body) <= 30_000)).to.equal(true);
    expect(bodies().flatMap(({ broadcast_list: list }) => list)).to.have.members(many.map(({ address }) => address));
  });
});

describe('viber render', () => {
  const message: Message = {
    elements: [
      { kind: 'image', source: 'https://e.example/p.png' },
      { kind: 'text', text: [{ text: 'Hello' }] },
      {
        kind: 'buttons',
        rows: [
          [
            { kind: 'message', id: 'yes', label: 'Tea & <b>coffee</b> &amp; more', tag: 'yes' },
            { kind: 'link', id: 'go', label: 'Go', url: 'https://e.example' },
          ],
          [{ kind: 'contact', id: 'tel', label: 'My phone' }],
        ],
      },
      { kind: 'text', text: [{ text: 'Bye' }] },
    ],
  };

  it('puts all buttons into one keyboard under the last part, and asks newer apps for the phone', () => {
    const [picture, text] = create().render(message, LINKS, []);
    expect(picture).to.deep.equal({
      type: 'picture',
      text: 'Hello',
      media: 'https://e.example/p.png',
      min_api_version: 1,
    });
    expect(text).to.deep.include({ type: 'text', text: 'Bye', min_api_version: 3, tracking_data: 'contact' });
    expect(text)
      .to.have.nested.property('keyboard.Buttons')
      .that.deep.equals([
        {
          Columns: 3,
          Rows: 1,
          TextSize: 'regular',
          ActionType: 'reply',
          ActionBody: 'press:token-yes',
          Text: 'Tea & &lt;b>coffee&lt;/b> &amp;amp; more',
        },
        {
          Columns: 3,
          Rows: 1,
          TextSize: 'regular',
          ActionType: 'open-url',
          ActionBody: 'https://go.example/r/go',
          Text: 'Go',
          Silent: true,
        },
        {
          Columns: 6,
          Rows: 1,
          TextSize: 'regular',
          ActionType: 'share-phone',
          ActionBody: 'contact',
          Text: 'My phone',
        },
      ]);
  });

  it('gives our own pictures an ending, and leaves out one that cannot be fetched', () => {
    const uploaded: Message = { elements: [{ kind: 'image', source: 'media:abcd1234', alt: 'A mug' }] };
    const image = () => ({ url: 'https://herald.example/media/abcd1234', media: 'abcd1234' });
    expect(create().render(uploaded, { ...LINKS, image }, [])[0]).to.include({
      media: 'https://herald.example/media/abcd1234.jpg',
    });
    expect(create().render(uploaded, LINKS, [])).to.deep.equal([]);
  });
});

describe('viber welcome', () => {
  const opened = {
    event: 'conversation_started',
    context: 'spring',
    subscribed: false,
    user: { id: 'A=', language: 'uk' },
  };

  it('greets whoever opens the chat in their language, with a button that carries the tag', () => {
    const answer = create().answer?.(opened, bot);
    const message = JSON.parse(answer?.body ?? '') as Record<string, unknown> & { keyboard: Keyboard };
    expect(answer).to.include({ status: 200, type: 'application/json' });
    expect(message.text).to.equal('Вітаємо в Shop! Натисніть «Почати», щоб отримувати тут наші повідомлення.');
    expect(message.keyboard.Buttons[0]).to.include({ ActionBody: 'start:spring', Text: 'Почати' });
  });

  it('greets nobody who has subscribed, and answers nothing else', () => {
    expect(create().answer?.({ ...opened, subscribed: true }, bot)).to.equal(null);
    expect(create().answer?.({ event: 'message' }, bot)).to.equal(null);
  });
});

describe('viber JSON', () => {
  it('keeps every digit of a long number, and leaves texts alone', () => {
    expect(readJson(BODY)).to.deep.include({ message_token: '4912661846655238145', timestamp: 1457764197627 });
    expect(readJson(BODY)).to.have.nested.property('message.text', 'a message to the service 4912661846655238145');
    expect(readJson('{"a":"\\"12345678901234567890","b":-9007199254740993}')).to.deep.equal({
      a: '"12345678901234567890',
      b: '-9007199254740993',
    });
    expect(readJson('{')).to.equal(undefined);
  });
});
