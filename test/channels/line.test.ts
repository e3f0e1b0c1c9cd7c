import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { createHttpClient } from '../../channels/lib/http.ts';
import { retryKeyOf } from '../../channels/line/deliver.ts';
import { createLine } from '../../channels/line/index.ts';
import type { FlexButton, LineMessage, LinePayload } from '../../channels/line/render.ts';
import type { Channel, ChannelBot, Envelope, InboundRequest } from '../../src/domain/channel.ts';
import type { Message } from '../../src/domain/message.ts';
import { type Answer, answerJson, type Asked } from '../support/script-server.ts';
import { apiRootFaults, breakOff, conformance, LINKS, NOW, playPlatform, readFixture } from './conformance.ts';

const TOKEN = `${'AbC0+/'.repeat(28)}secret=`;
const SECRET = '0123456789abcdef0123456789abcdef';
const bot: ChannelBot = {
  id: 1,
  publicId: 'bot00001',
  externalId: 'U0123456789abcdef0123456789abcdef',
  name: 'Shop',
  credentials: { token: TOKEN, secret: SECRET },
  // Nothing listens there: a person who is met in a test is asked about nowhere else.
  apiRoot: 'http://127.0.0.1:1',
  webhookSecret: 'webhook-secret_0123456789',
};
const user = (number: number): string => `U${number.toString(16).padStart(32, '0')}`;

const create = (allowPrivate = true): Channel =>
  createLine({ http: createHttpClient({ allowPrivate: () => allowPrivate }), now: () => NOW });

const sign = (body: string, secret = SECRET): string => createHmac('sha256', secret).update(body).digest('base64');
const request = (body: string, headers: Record<string, string | undefined>): InboundRequest => ({
  method: 'POST',
  headers,
  query: {},
  body: Buffer.from(body),
  url: 'https://herald.example/webhooks/key',
});
const BODY = '{"destination":"U0","events":[]}';
const FOLLOW = JSON.stringify(readFixture<{ update: unknown }[]>('line', 'updates')[0]?.update);
const HEADER = 'x-line-signature';

const hello: Envelope = {
  payload: { messages: [{ type: 'text', text: 'Hello' }] },
  address: user(1),
  key: '1-0',
};

const at = (origin: string): ChannelBot => ({ ...bot, apiRoot: origin });
const { server, deliverTo, refusals, networkFaults } = playPlatform({ create, at, hello });

interface Taken {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** What the sending endpoints check before they accept, and their memory of retry keys. */
function strictLine(): { take(asked: Asked): Taken; answer: Answer; accepted: string[][] } {
  const keys = new Map<string, string>();
  const accepted: string[][] = [];
  const refuse = (status: number, message: string): Taken => ({ status, body: { message } });
  const take = ({ method, path, headers, body }: Asked): Taken => {
    if (headers.authorization !== `Bearer ${TOKEN}`) return refuse(401, 'Authentication failed.');
    if (method !== 'POST' || headers['content-type'] !== 'application/json') return refuse(400, 'Bad request');
    const sent = JSON.parse(body) as { to: string | string[]; messages: LineMessage[] };
    const many = path === '/v2/bot/message/multicast';
    if (!many && path !== '/v2/bot/message/push') return refuse(404, 'Not found');
    const to = Array.isArray(sent.to) ? sent.to : [sent.to];
    const known = to.length <= 500 && new Set(to).size === to.length && to.every((one) => /^U[0-9a-f]{32}$/.test(one));
    if (Array.isArray(sent.to) !== many || !known)
      return refuse(400, "The property, 'to', in the request body is invalid");
    const { messages } = sent;
    const fault = messages.length < 1 || messages.length > 5 ? 'messages' : messages.map(faultOf).find(Boolean);
    if (fault) return refuse(400, `The request body has 1 error(s): ${fault}`);
    const key = String(headers['x-line-retry-key']);
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key)) return refuse(400, 'Invalid retry key');
    const before = keys.get(key);
    if (before !== undefined)
      return {
        status: 409,
        body: { message: 'The retry key is already accepted' },
        headers: { 'x-line-accepted-request-id': before },
      };
    keys.set(key, `request-${keys.size + 1}`);
    accepted.push(to);
    return {
      status: 200,
      body: many ? {} : { sentMessages: [{ id: '461230966842064897', quoteToken: 'IStG5h1Tz7b' }] },
    };
  };
  const answer: Answer = (asked, response) => {
    const { status, body, headers } = take(asked);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
  return { take, answer, accepted };
}

function faultOf(message: LineMessage): string | undefined {
  switch (message.type) {
    case 'text':
      return message.text === '' || message.text.length > 5000 ? 'text' : undefined;
    case 'image':
      return [message.originalContentUrl, message.previewImageUrl].every((url) => url.startsWith('https://'))
        ? undefined
        : 'originalContentUrl';
    case 'flex': {
      if (message.altText === '' || message.altText.length > 400) return 'altText';
      if (Buffer.byteLength(JSON.stringify(message.contents)) > 30 * 1024) return 'contents';
      return buttonsIn(message).some(
        ({ action }) =>
          [...action.label].length > 20 ||
          (action.type === 'uri' ? action.uri : action.data).length > (action.type === 'uri' ? 1000 : 300),
      )
        ? 'action'
        : undefined;
    }
    default:
      return message satisfies never;
  }
}

const rowsIn = (message: LineMessage): FlexButton[][] =>
  message.type !== 'flex'
    ? []
    : message.contents.body.contents.flatMap((part) =>
        part.type === 'button'
          ? [[part]]
          : part.type === 'box'
            ? [part.contents.flatMap((one) => (one.type === 'button' ? [one] : []))]
            : [],
      );
const buttonsIn = (message: LineMessage): FlexButton[] => rowsIn(message).flat();
const textIn = (message: LineMessage): string => {
  const first = message.type === 'flex' ? message.contents.body.contents[0] : undefined;
  return message.type === 'text' ? message.text : first?.type === 'text' ? first.text : '';
};

/** A call of so many, as it goes out first. */
const several = (count: number): Envelope[] =>
  Array.from({ length: count }, (_, index) => ({
    ...hello,
    address: user(index + 1),
    key: `${index + 1}-0`,
    call: { key: `call-of-${count}`, size: count },
  }));

conformance('line', create, {
  bot,
  secrets: ['hunter2', TOKEN, SECRET],
  inspect(payload) {
    const { messages } = payload as unknown as LinePayload;
    const rows = messages.flatMap(rowsIn);
    return {
      text: messages.map(textIn).join(''),
      caption: '',
      rows: rows.map((row) => row.map(({ action }) => action.label)),
      targets: rows.flat().map(({ action }) => (action.type === 'uri' ? action.uri : action.data)),
    };
  },
  requests: {
    right: [BODY, FOLLOW].map((body) => request(body, { [HEADER]: sign(body) })),
    wrong: [
      { title: 'a signature by another secret', request: request(BODY, { [HEADER]: sign(BODY, `${SECRET}0`) }) },
      { title: 'the signature of another body', request: request(`${BODY} `, { [HEADER]: sign(BODY) }) },
      { title: 'the beginning of the signature', request: request(BODY, { [HEADER]: sign(BODY).slice(0, -1) }) },
      {
        title: 'the signature in hex',
        request: request(BODY, { [HEADER]: createHmac('sha256', SECRET).update(BODY).digest('hex') }),
      },
      { title: 'an empty signature', request: request(BODY, { [HEADER]: '' }) },
      { title: 'the signature in another header', request: request(BODY, { 'x-signature': sign(BODY) }) },
    ],
  },
  updates: readFixture('line', 'updates'),
  outcomes: [
    {
      title: 'a message that went out',
      expected: { status: 'accepted', messageId: '461230966842064897' },
      deliver: (channel) => deliverTo(channel, strictLine().answer),
    },
    ...refusals(readFixture('line', 'refusals')),
    ...networkFaults(),
    {
      title: 'an address that is no user id',
      expected: { status: 'refused', reason: 'unreachable', connection: 'unreachable' },
      deliver: (channel) => deliverTo(channel, strictLine().answer, { ...hello, address: 'nobody' }),
    },
    {
      title: 'a picture without an https address',
      expected: { status: 'refused', reason: 'content_refused' },
      deliver: (channel) => {
        const [payload = {}] = channel.render({ elements: [{ kind: 'image', source: 'media:abcd1234' }] }, LINKS, []);
        return deliverTo(channel, strictLine().answer, { ...hello, payload });
      },
    },
  ],
  batches: [
    {
      title: 'three who get the same',
      expected: several(3).map(() => ({ status: 'accepted', messageId: null })),
      deliver: (channel) => deliverTo(channel, strictLine().answer, ...several(3)),
    },
    {
      title: 'a malformed address among them, which costs nobody else the message',
      expected: [{ status: 'accepted' }, { status: 'refused', reason: 'unreachable' }, { status: 'accepted' }],
      deliver: (channel) =>
        deliverTo(
          channel,
          strictLine().answer,
          ...several(3).map((one, index) => (index === 1 ? { ...one, address: 'nobody' } : one)),
        ),
    },
    {
      title: 'receivers that the platform cannot read: nobody knows which',
      expected: [{ status: 'failed' }, { status: 'failed' }],
      deliver: (channel) =>
        deliverTo(
          channel,
          answerJson(400, { message: "The property, 'to', in the request body is invalid" }),
          ...several(2),
        ),
    },
    {
      title: 'a request that was never answered',
      expected: [{ status: 'unknown' }, { status: 'unknown' }],
      deliver: (channel) => deliverTo(channel, breakOff, ...several(2)),
    },
  ],
  faults: [
    ...apiRootFaults(at),
    {
      title: 'no token',
      bot: { ...bot, credentials: { secret: SECRET } },
      path: 'credentials.token',
      code: 'credential_missing',
    },
    {
      title: 'a channel secret of a wrong shape',
      bot: { ...bot, credentials: { token: TOKEN, secret: 'hunter2' } },
      path: 'credentials.secret',
      code: 'credential_wrong',
    },
  ],
});

describe('line deliver', () => {
  it('sends one request for five hundred people', async () => {
    const line = strictLine();
    expect(
      (await deliverTo(create(), line.answer, ...several(500))).every(({ status }) => status === 'accepted'),
    ).to.equal(true);
    expect(line.accepted.map((to) => to.length)).to.deep.equal([500]);
  });

  it('has a call repeated to whoever is left of it, by the same way, and the platform drops it', async () => {
    const line = strictLine();
    await deliverTo(create(), line.answer, ...several(3));
    for (const left of [several(3), several(3).slice(1), several(3).slice(2)])
      expect((await deliverTo(create(), line.answer, ...left)).map(({ status }) => status)).to.deep.equal(
        left.map(() => 'accepted'),
      );
    expect(line.accepted).to.deep.equal([[user(1), user(2), user(3)]]);
    expect(new Set(server.asked.map(({ path }) => path))).to.deep.equal(new Set(['/v2/bot/message/multicast']));
  });

  for (const count of [1, 3]) {
    it(`asks once more under the same key when the answer is lost, and nobody of ${count} gets it twice`, async () => {
      const line = strictLine();
      let calls = 0;
      const outcomes = await deliverTo(
        create(),
        (asked, response) => {
          calls += 1;
          // The platform takes the first request, and its answer never arrives.
          if (calls > 1) return line.answer(asked, response);
          line.take(asked);
          response.destroy();
        },
        ...several(count),
      );
      expect(outcomes.map(({ status }) => status)).to.deep.equal(several(count).map(() => 'accepted'));
      expect(calls).to.equal(2);
      expect(line.accepted).to.deep.equal([several(count).map(({ address }) => address)]);
      const [one, other] = server.asked.map(({ headers, body }) => ({ key: headers['x-line-retry-key'], body }));
      expect(other).to.deep.equal(one);
    });
  }

  for (const [title, status, message] of [
    ['a limit', 429, 'The API rate limit has been exceeded. Try again later.'],
    ['the end of the month’s messages', 429, 'You have reached your monthly limit.'],
    ['a token that is refused by now', 401, 'Authentication failed.'],
  ] as const) {
    it(`goes on asking no third time, and does not take ${title} for an answer to the first request`, async () => {
      let calls = 0;
      const outcomes = await deliverTo(create(), (asked, response) => {
        calls += 1;
        if (calls === 1) return void response.destroy();
        answerJson(status, { message })(asked, response);
      });
      expect([outcomes[0]?.status, calls]).to.deep.equal(['unknown', 2]);
    });
  }

  it('derives the key from the bot and the call, whoever is in it', () => {
    const keys = [several(2), several(3), several(1), [hello], [{ ...hello, key: '1-1' }]].map(([first = hello]) =>
      retryKeyOf(bot, first),
    );
    expect(new Set(keys).size).to.equal(keys.length);
    for (const envelope of several(2)) expect(retryKeyOf(bot, envelope)).to.equal(keys[0]);
    expect(retryKeyOf({ ...bot, publicId: 'bot00002' }, hello)).not.to.equal(retryKeyOf(bot, hello));
    expect(keys[0]).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('line render', () => {
  const shop: Message = {
    elements: [
      { kind: 'image', source: 'https://shop.example/p.jpg', alt: 'Mugs' },
      { kind: 'text', text: [{ text: 'New mugs are here.' }] },
      {
        kind: 'buttons',
        rows: [
          [
            { kind: 'link', id: 'see', label: 'See them', url: 'https://shop.example/' },
            { kind: 'message', id: 'later', label: 'Later', tag: 'later' },
          ],
          [{ kind: 'buy', id: 'buy', label: 'Buy', product: { name: 'Mug', amount: 1250, currency: 'EUR' } }],
        ],
      },
    ],
  };

  it('puts picture, words and buttons into one request that the platform takes', async () => {
    const [payload, ...more] = create().render(shop, LINKS, []);
    expect(more).to.deep.equal([]);
    expect((payload as unknown as LinePayload).messages.map(({ type }) => type)).to.deep.equal(['image', 'flex']);
    const outcomes = await deliverTo(create(), strictLine().answer, { ...hello, payload: payload ?? {} });
    expect(outcomes[0]?.status).to.equal('accepted');
  });

  it('keeps a text with an address out of the card, where nobody could tap it', () => {
    const url = 'https://shop.example/';
    const [payload] = create().render(
      {
        elements: [
          { kind: 'text', text: [{ text: 'Look: ' }, { text: url, link: url }] },
          { kind: 'buttons', rows: [[{ kind: 'message', id: 'yes', label: 'Yes', tag: 'yes' }]] },
        ],
      },
      { ...LINKS, inline: () => 'https://go.example/r/1' },
      [],
    );
    const { messages } = payload as unknown as LinePayload;
    expect(messages.map(textIn)).to.deep.equal(['Look: https://go.example/r/1', '']);
    expect(messages.flatMap(buttonsIn).map(({ action }) => action.label)).to.deep.equal(['Yes']);
  });

  it('makes quick replies of message buttons where that was chosen, under the last message only', () => {
    const [payload] = create().render(shop, LINKS, ['quick_replies']);
    const { messages } = payload as unknown as LinePayload;
    expect(messages.flatMap(buttonsIn).map(({ action }) => action.label)).to.deep.equal(['See them', 'Buy']);
    expect(messages.map(({ quickReply }) => quickReply?.items.map(({ action }) => action.label))).to.deep.equal([
      undefined,
      ['Later'],
    ]);
  });
});

describe('line connect', () => {
  const info = {
    userId: bot.externalId,
    basicId: '@216ru123',
    displayName: 'Shop',
    pictureUrl: 'https://obs.line-apps.com/p',
    chatMode: 'bot',
    markAsReadMode: 'auto',
  };
  /** A platform with an account; `endpoint` answers for the set-up of the webhook. */
  const account =
    (endpoint: { put?: Answer; test?: unknown; active?: boolean }): Answer =>
    (asked, response) => {
      const { method, path } = asked;
      if (path === '/v2/bot/info') return answerJson(200, info)(asked, response);
      if (method === 'PUT') return (endpoint.put ?? answerJson(200, {}))(asked, response);
      if (path.endsWith('/test'))
        return answerJson(200, endpoint.test ?? { success: true, reason: 'OK' })(asked, response);
      answerJson(200, { endpoint: 'https://herald.example/webhooks/key', active: endpoint.active ?? true })(
        asked,
        response,
      );
    };
  const HOOK = 'https://herald.example/webhooks/key';
  const fieldsOf = (asked: Promise<unknown>): Promise<unknown> =>
    asked.then(
      () => null,
      ({ fields }: { fields: unknown }) => fields,
    );

  it('sets the webhook, has it tried, and makes a link that carries a tag', async () => {
    server.answer = account({});
    expect(await create().connect(at(server.origin), HOOK)).to.deep.equal({
      externalId: bot.externalId,
      name: 'Shop',
      username: '@216ru123',
      picture: 'https://obs.line-apps.com/p',
      link: 'https://line.me/R/oaMessage/%40216ru123/?START%20{ref}',
      webhook: 'set',
    });
    expect(server.asked.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
      'GET /v2/bot/info',
      'PUT /v2/bot/channel/webhook/endpoint',
      'POST /v2/bot/channel/webhook/test',
      'GET /v2/bot/channel/webhook/endpoint',
    ]);
    expect(server.asked[1]?.body).to.equal(JSON.stringify({ endpoint: HOOK }));
  });

  it('asks a person to switch the webhook on where it is switched off', async () => {
    server.answer = account({ active: false });
    expect(await create().connect(at(server.origin), HOOK)).to.have.property('webhook', 'manual');
  });

  it('only looks while it checks, and where there is no public address', async () => {
    server.answer = account({});
    await create().check(at(server.origin));
    expect(await create().connect(at(server.origin), null)).to.have.property('webhook', 'none');
    expect(server.asked.map(({ method }) => method)).to.deep.equal(['GET', 'GET']);
  });

  it('says what the platform saw when it tried the address', async () => {
    server.answer = account({ test: { success: false, reason: 'COULD_NOT_CONNECT', detail: 'Timeout' } });
    expect(await fieldsOf(create().connect(at(server.origin), HOOK))).to.deep.equal([
      {
        path: 'publicUrl',
        code: 'webhook_refused',
        params: { address: 'https://herald.example', reason: 'COULD_NOT_CONNECT Timeout' },
      },
    ]);
    server.answer = account({ put: answerJson(400, { message: 'Invalid webhook endpoint URL' }) });
    expect(await fieldsOf(create().connect(at(server.origin), HOOK))).to.have.nested.property(
      '[0].code',
      'webhook_refused',
    );
  });

  for (const [status, body, path, code] of [
    [401, { message: 'Authentication failed.' }, 'credentials.token', 'token_refused'],
    [200, '<html>hello</html>', 'apiRoot', 'api_root_wrong'],
    [500, { message: 'Internal error' }, 'apiRoot', 'platform_refused'],
  ] as const) {
    it(`names ${path} when the platform answers ${status}: ${code}`, async () => {
      server.answer = answerJson(status, body);
      expect(await fieldsOf(create().check(at(server.origin)))).to.have.nested.property('[0].path', path);
      expect(await fieldsOf(create().check(at(server.origin)))).to.have.nested.property('[0].code', code);
    });
  }

  it('asks to wait when the platform is busy, and names an API root on a private network', async () => {
    server.answer = answerJson(429, { message: 'The API rate limit has been exceeded. Try again later.' });
    const error: unknown = await create()
      .check(at(server.origin))
      .catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'platform_busy' });
    expect(await fieldsOf(create(false).check(at(server.origin)))).to.have.nested.property(
      '[0].code',
      'api_root_private',
    );
  });
});

describe('line profile', () => {
  it('reads name and language of a friend, and nothing of a stranger', async () => {
    server.answer = answerJson(200, {
      userId: user(1),
      displayName: 'ポンタ',
      language: 'ja',
      pictureUrl: 'https://x',
    });
    expect(await create().profile?.(user(1), at(server.origin))).to.deep.equal({ firstName: 'ポンタ', locale: 'ja' });
    expect(server.asked[0]?.path).to.equal(`/v2/bot/profile/${user(1)}`);
    server.answer = answerJson(404, { message: 'Not found' });
    expect(await create().profile?.(user(2), at(server.origin))).to.equal(null);
  });
});
