import { generateKeyPairSync, sign as signWith } from 'node:crypto';
import { expect } from 'chai';
import { createDiscord } from '../../channels/discord/index.ts';
import { nonceOf } from '../../channels/discord/deliver.ts';
import type { DiscordPayload } from '../../channels/discord/render.ts';
import { createHttpClient } from '../../channels/lib/http.ts';
import type { Channel, ChannelBot, Envelope, InboundRequest } from '../../src/domain/channel.ts';
import type { Message } from '../../src/domain/message.ts';
import { type Answer, answerJson, type Asked } from '../support/script-server.ts';
import { strictDiscord } from '../support/strict-discord.ts';
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

const keys = generateKeyPairSync('ed25519');
const PUBLIC_KEY = Buffer.from(keys.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
const TOKEN = 'MTIzNDU2MDEyMzQ1MzIzMTU1NQ.GsEcRe.tOkEnToKeNtOkEnToKeNtOkEnToKeNtOkEnToKe';
const APPLICATION = '1234560123453231555';
const PERSON = '80351110224678912';
const bot: ChannelBot = {
  id: 1,
  publicId: 'bot00001',
  externalId: APPLICATION,
  name: 'Shop',
  credentials: { token: TOKEN, publicKey: PUBLIC_KEY },
  apiRoot: null,
  webhookSecret: 'webhook-secret_0123456789',
};

const create = (allowPrivate = true): Channel =>
  createDiscord({
    http: createHttpClient({ allowPrivate: () => allowPrivate }),
    readMedia,
    now: () => NOW,
  });

const sign = (timestamp: string, body: string): string =>
  signWith(null, Buffer.from(timestamp + body), keys.privateKey).toString('hex');
const request = (body: string, signature: string | undefined, timestamp: string | undefined): InboundRequest => ({
  method: 'POST',
  headers: { 'x-signature-ed25519': signature, 'x-signature-timestamp': timestamp },
  query: {},
  body: Buffer.from(body),
  url: 'https://herald.example/webhooks/key',
});
const signed = (body: string, ageSeconds = 0): InboundRequest => {
  const timestamp = String(Math.floor(NOW / 1000) - ageSeconds);
  return request(body, sign(timestamp, body), timestamp);
};
const TIME = String(Math.floor(NOW / 1000));
const BODY = JSON.stringify(readFixture<{ update: unknown }[]>('discord', 'updates')[3]?.update);

const hello: Envelope = {
  payload: { body: { content: 'Hello', allowed_mentions: { parse: [] } } },
  address: PERSON,
  key: '1-0',
};

const at = (origin: string): ChannelBot => ({ ...bot, apiRoot: origin });

/** Answers so to whatever sends; conversations open. */
const sending =
  (answer: Answer): Answer =>
  (asked, response) =>
    (asked.path === '/users/@me/channels' ? answerJson(200, { id: '1290000000000000001', type: 1 }) : answer)(
      asked,
      response,
    );

const { server, deliverTo, refusals, networkFaults } = playPlatform({ create, at, hello, sending });

/** The words of a markdown text, without marks, escapes and addresses. */
function wordsOf(markdown: string): string {
  let words = '';
  for (let at = 0; at < markdown.length; at += 1) {
    const character = markdown[at] ?? '';
    if (character === '\\') words += markdown[(at += 1)] ?? '';
    else if (markdown.startsWith(': <https://go.example/', at)) at = markdown.indexOf('>', at);
    else if (character === '`') {
      const end = markdown.indexOf('`', at + 1);
      words += markdown.slice(at + 1, end);
      at = end;
    } else if (markdown.startsWith('](<', at)) at = markdown.indexOf('>)', at) + 1;
    else if (!'*_~[\u200b'.includes(character)) words += character;
  }
  return words;
}

conformance('discord', create, {
  bot,
  secrets: ['hunter2', TOKEN, TOKEN.split('.')[2] ?? ''],
  inspect(payload) {
    const { body, upload } = payload as unknown as DiscordPayload;
    const rows = (body.components ?? []).map((row) => row.components);
    const words = wordsOf(body.content ?? '');
    const picture = upload !== undefined || body.embeds !== undefined;
    return {
      text: picture ? '' : words,
      caption: picture ? words : '',
      rows: rows.map((row) => row.map(({ label }) => label)),
      targets: rows.flat().map((button) => (button.style === 5 ? button.url : button.custom_id)),
    };
  },
  requests: {
    right: [signed(BODY), signed(BODY, 600), signed('{"version":1,"application_id":"1","type":0}')],
    wrong: [
      { title: 'the signature of another body', request: request(`${BODY} `, sign(TIME, BODY), TIME) },
      { title: 'the signature of another time', request: request(BODY, sign(TIME, BODY), String(Number(TIME) - 1)) },
      { title: 'no time', request: request(BODY, sign('', BODY), undefined) },
      { title: 'no signature', request: request(BODY, undefined, TIME) },
      { title: 'an empty signature', request: request(BODY, '', TIME) },
      { title: 'half of the signature', request: request(BODY, sign(TIME, BODY).slice(0, 64), TIME) },
      { title: 'zeros for a signature', request: request(BODY, '0'.repeat(128), TIME) },
      {
        title: "another application's signature",
        request: request(
          BODY,
          signWith(null, Buffer.from(TIME + BODY), generateKeyPairSync('ed25519').privateKey).toString('hex'),
          TIME,
        ),
      },
    ],
    stale: [signed(BODY, 661), signed(BODY, 86_400), signed(BODY, -661)],
  },
  updates: readFixture('discord', 'updates'),
  outcomes: [
    {
      title: 'a message that went out',
      expected: { status: 'accepted', messageId: '990000000000000000' },
      deliver: (channel) => deliverTo(channel, strictDiscord(TOKEN).answer),
    },
    ...refusals(readFixture('discord', 'refusals')),
    {
      title: 'conversations that are opened too fast',
      expected: { status: 'throttled', scope: 'bot', retryAt: NOW + 600_000 },
      deliver: (channel) =>
        deliverTo(
          channel,
          answerJson(429, {
            message: 'You are opening direct messages too fast.',
            retry_after: 600,
            global: false,
            code: 40003,
          }),
        ),
    },
    {
      title: 'the same told as a refusal, without a time',
      expected: { status: 'throttled', scope: 'bot', retryAt: NOW + 60_000 },
      deliver: (channel) =>
        deliverTo(channel, answerJson(403, { message: 'You are opening direct messages too fast.', code: 40003 })),
    },
    {
      title: 'a person whom the platform does not know',
      expected: { status: 'refused', reason: 'unreachable', connection: 'unreachable' },
      deliver: (channel) => deliverTo(channel, answerJson(404, { message: 'Unknown User', code: 10013 })),
    },
    {
      title: 'a connection that broke while the conversation was opened',
      expected: { status: 'failed' },
      deliver: (channel) => deliverTo(channel, breakOff),
    },
    ...networkFaults(),
    {
      title: 'an address that is no user id',
      expected: { status: 'refused', reason: 'unreachable' },
      deliver: (channel) => deliverTo(channel, strictDiscord(TOKEN).answer, { ...hello, address: '@me' }),
    },
    {
      title: 'a picture that was deleted',
      expected: { status: 'refused', reason: 'content_refused' },
      deliver: (channel) =>
        deliverTo(channel, strictDiscord(TOKEN).answer, {
          ...hello,
          payload: { body: { allowed_mentions: { parse: [] } }, upload: { media: 'gone0000', description: '' } },
        }),
    },
  ],
  faults: [
    ...apiRootFaults(at),
    {
      title: 'no token',
      bot: { ...bot, credentials: { publicKey: PUBLIC_KEY } },
      path: 'credentials.token',
      code: 'credential_missing',
    },
    {
      title: 'a public key of a wrong shape',
      bot: { ...bot, credentials: { token: TOKEN, publicKey: 'hunter2' } },
      path: 'credentials.publicKey',
      code: 'credential_wrong',
    },
  ],
});

describe('discord deliver', () => {
  it('opens a conversation once and writes into it ever after', async () => {
    const discord = strictDiscord(TOKEN);
    const channel = create();
    for (const key of ['1-0', '2-0']) await deliverTo(channel, discord.answer, { ...hello, key });
    expect(server.asked.map(({ path }) => path)).to.deep.equal([
      '/users/@me/channels',
      `/channels/${PERSON}00/messages`,
      `/channels/${PERSON}00/messages`,
    ]);
    expect(discord.messages.map(({ to }) => to)).to.deep.equal([PERSON, PERSON]);
  });

  it('opens it anew when the platform no longer knows it', async () => {
    const channel = create();
    await deliverTo(channel, sending(answerJson(404, { message: 'Unknown Channel', code: 10003 })));
    expect((await deliverTo(channel, strictDiscord(TOKEN).answer))[0]?.status).to.equal('accepted');
  });

  it('is sent once, however often it is tried, even by a process that knows nothing of the first try', async () => {
    const discord = strictDiscord(TOKEN);
    const lost = await deliverTo(create(), (asked, response) => {
      const { status, body } = discord.take(asked);
      if (asked.path.endsWith('/messages')) response.destroy();
      else answerJson(status, body)(asked, response);
    });
    expect(lost[0]?.status).to.equal('unknown');
    const again = await deliverTo(create(), discord.answer);
    expect(again).to.deep.equal([{ status: 'accepted', messageId: '990000000000000000' }]);
    expect(discord.messages).to.have.length(1);
  });

  it('makes a nonce of 25 characters that is another one for each part, person and bot', () => {
    const nonces = [
      nonceOf(bot, '1-0', PERSON),
      nonceOf(bot, '1-1', PERSON),
      nonceOf(bot, '1-0', '80351110224678913'),
      nonceOf({ ...bot, publicId: 'bot00002' }, '1-0', PERSON),
    ];
    expect(new Set(nonces).size).to.equal(nonces.length);
    for (const nonce of nonces) expect(nonce).to.have.length(25);
  });

  it('uploads a picture that has no public address, with its words and buttons', async () => {
    const discord = strictDiscord(TOKEN);
    const message: Message = {
      elements: [
        { kind: 'image', source: 'media:abcd1234', alt: 'A mug' },
        { kind: 'text', text: [{ text: 'New!' }] },
        { kind: 'buttons', rows: [[{ kind: 'message', id: 'yes', label: 'Yes', tag: 'yes' }]] },
      ],
    };
    const [payload = {}] = create().render(message, LINKS, []);
    expect((await deliverTo(create(), discord.answer, { ...hello, payload }))[0]?.status).to.equal('accepted');
    expect(discord.messages[0]?.body).to.deep.include({
      content: 'New!',
      attachments: [{ id: 0, filename: 'abcd1234.png', description: 'A mug' }],
    });
  });
});

describe('discord render', () => {
  const markdownOf = (message: Message): string[] =>
    create()
      .render(message, LINKS, [])
      .map((payload) => (payload as unknown as DiscordPayload).body.content ?? '');
  const textOf = (text: (Message['elements'][number] & { kind: 'text' })['text']): string[] =>
    markdownOf({ elements: [{ kind: 'text', text }] });

  for (const [title, text, markdown] of [
    ['styles nest', [{ text: 'now', bold: true, italic: true, underline: true, strike: true }], '~~__***now***__~~'],
    ['white space stays outside of marks', [{ text: ' now ', bold: true }, { text: 'or never' }], ' **now** or never'],
    [
      'neighbours of one style are one',
      [
        { text: 'a', bold: true },
        { text: 'b', bold: true },
      ],
      '**ab**',
    ],
    [
      'neighbours of other styles are kept apart',
      [
        { text: 'a', bold: true },
        { text: 'b', italic: true },
      ],
      '**a**\u200b*b*',
    ],
    ['what a person wrote marks nothing', [{ text: '*a* _b_ <@1> # c' }], '\\*a\\* \\_b\\_ \\<\\@1\\> \\# c'],
    ['an address in the text stays whole', [{ text: 'https://a.example/x_y_z' }], 'https://a.example/x_y_z'],
    ['code escapes nothing', [{ text: 'a_b', code: true }], '`a_b`'],
    ['code with a backtick stays plain', [{ text: 'a`b', code: true }], 'a\\`b'],
    [
      'words of a link are not escaped, since the backslash would be seen',
      [{ text: 'Save 50% (today) - C++ #1', link: 'https://a.example/' }],
      '[Save 50% (today) - C++ #1](<https://go.example/r/inline?https%3A%2F%2Fa.example%2F>)',
    ],
    [
      'words that would need it stand beside their address',
      [{ text: 'a_b', bold: true, link: 'https://a.example/' }, { text: '.' }],
      '**a\\_b**: <https://go.example/r/inline?https%3A%2F%2Fa.example%2F>.',
    ],
    [
      'behind an address no other address hides: the tracked one is shown',
      [{ text: 'See ' }, { text: 'https://a.example/', link: 'https://a.example/' }],
      'See <https://go.example/r/inline?https%3A%2F%2Fa.example%2F>',
    ],
    [
      'a link hides its address',
      [{ text: 'here', link: 'https://a.example/' }],
      '[here](<https://go.example/r/inline?https%3A%2F%2Fa.example%2F>)',
    ],
  ] as const) {
    it(title, () => expect(textOf(text.map((run) => ({ ...run })))).to.deep.equal([markdown]));
  }

  it('cuts a text whose marks and escapes make it too long, and loses nothing of it', () => {
    const text = '*'.repeat(1900);
    const parts = textOf([{ text }]);
    expect(parts.length).to.be.at.least(2);
    for (const part of parts) expect(part.length).to.be.at.most(2000);
    expect(parts.map(wordsOf).join('')).to.equal(text);
  });

  it('fills rows up where there are more than five', () => {
    const rows = Array.from({ length: 8 }, (_, index) => [
      { kind: 'message' as const, id: `b${index}`, label: `B${index}`, tag: 'x' },
    ]);
    const [payload] = create().render(
      {
        elements: [
          { kind: 'text', text: [{ text: 'Pick' }] },
          { kind: 'buttons', rows },
        ],
      },
      LINKS,
      [],
    );
    const { components = [] } = (payload as unknown as DiscordPayload).body;
    expect(components.map((row) => row.components.length)).to.deep.equal([5, 3]);
  });
});

describe('discord answer', () => {
  const answerTo = (update: unknown): unknown => create().answer?.(update, bot);
  const json = (body: unknown): unknown => ({ status: 200, type: 'application/json', body: JSON.stringify(body) });
  const updates = readFixture<{ name: string; update: unknown }[]>('discord', 'updates');
  const named = (part: string): unknown => updates.find(({ name }) => name.includes(part))?.update;

  it('answers the pings of both kinds as each wants it', () => {
    expect(answerTo(named('address for interactions'))).to.deep.equal(json({ type: 1 }));
    expect(answerTo(named('address for events'))).to.deep.equal({ status: 204, type: 'application/json', body: '' });
    expect(answerTo(named('removes the app'))).to.have.property('status', 204);
  });

  it('answers a press so that nothing changes, and a command in the language of the person', () => {
    expect(answerTo(named('button is pressed'))).to.deep.equal(json({ type: 6 }));
    expect(answerTo(named('/stop'))).to.deep.equal(
      json({ type: 4, data: { content: 'Bạn sẽ không nhận tin nữa. Gửi /start để nhận lại.', flags: 64 } }),
    );
    expect(answerTo(named("another program's"))).to.equal(null);
  });
});

describe('discord connect', () => {
  const HOOK = 'https://herald.example/webhooks/key';
  const application = {
    id: APPLICATION,
    name: 'Shop',
    icon: '8342729096ea3675442027381ff50dfe',
    verify_key: PUBLIC_KEY,
    bot: { id: APPLICATION, username: 'shop' },
  };
  const fieldsOf = (asked: Promise<unknown>): Promise<unknown> =>
    asked.then(
      () => null,
      ({ fields }: { fields: unknown }) => fields,
    );

  it('has interactions and events sent to us, and makes the commands without touching others', async () => {
    server.answer = ({ method }, response) =>
      answerJson(method === 'POST' ? 201 : 200, application)({} as Asked, response);
    expect(await create().connect(at(server.origin), HOOK)).to.deep.equal({
      externalId: APPLICATION,
      name: 'Shop',
      username: 'shop',
      picture: `https://cdn.discordapp.com/app-icons/${APPLICATION}/8342729096ea3675442027381ff50dfe.png?size=128`,
      link: `https://discord.com/oauth2/authorize?client_id=${APPLICATION}&integration_type=1&scope=applications.commands`,
      webhook: 'set',
    });
    expect(server.asked.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
      'GET /applications/@me',
      'PATCH /applications/@me',
      `POST /applications/${APPLICATION}/commands`,
      `POST /applications/${APPLICATION}/commands`,
    ]);
    expect(JSON.parse(server.asked[1]?.body ?? '')).to.include({
      interactions_endpoint_url: HOOK,
      event_webhooks_url: HOOK,
      event_webhooks_status: 2,
    });
    expect(server.asked.slice(2).map(({ body }) => (JSON.parse(body) as { name: string }).name)).to.deep.equal([
      'start',
      'stop',
    ]);
  });

  it('only looks while it checks, and where there is no public address; lets go of what it set', async () => {
    server.answer = answerJson(200, application);
    await create().check(at(server.origin));
    expect(await create().connect(at(server.origin), null)).to.have.property('webhook', 'none');
    expect(server.asked.map(({ method }) => method)).to.deep.equal(['GET', 'GET']);
    await create().disconnect?.(at(server.origin));
    expect(JSON.parse(server.asked[2]?.body ?? '')).to.deep.equal({
      interactions_endpoint_url: null,
      event_webhooks_status: 1,
    });
  });

  it("does not take another application's public key", async () => {
    server.answer = answerJson(200, { ...application, verify_key: '0'.repeat(64) });
    expect(await fieldsOf(create().check(at(server.origin)))).to.deep.equal([
      { path: 'credentials.publicKey', code: 'credential_wrong', params: { field: 'publicKey' } },
    ]);
  });

  it('says what the platform found wrong with the address', async () => {
    server.answer = ({ method }, response) =>
      (method === 'GET'
        ? answerJson(200, application)
        : answerJson(400, {
            message: 'Invalid Form Body',
            code: 50035,
            errors: {
              interactions_endpoint_url: {
                _errors: [{ message: 'The specified interactions endpoint URL could not be verified.' }],
              },
            },
          }))({} as Asked, response);
    const fields = await fieldsOf(create().connect(at(server.origin), HOOK));
    expect(fields).to.have.nested.property('[0].code', 'webhook_refused');
    expect(fields).to.have.nested.property('[0].params.reason').that.includes('could not be verified');
  });

  for (const [status, body, path, code] of [
    [401, { message: '401: Unauthorized', code: 0 }, 'credentials.token', 'token_refused'],
    [200, '<html>hello</html>', 'apiRoot', 'api_root_wrong'],
    [403, { message: 'Missing Access', code: 50001 }, 'apiRoot', 'platform_refused'],
  ] as const) {
    it(`names ${path} when the platform answers ${status}: ${code}`, async () => {
      server.answer = answerJson(status, body);
      const fields = await fieldsOf(create().check(at(server.origin)));
      expect(fields).to.have.nested.property('[0].path', path);
      expect(fields).to.have.nested.property('[0].code', code);
    });
  }
});
