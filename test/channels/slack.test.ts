import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { createHttpClient } from '../../channels/lib/http.ts';
import { createSlack } from '../../channels/slack/index.ts';
import type { SlackBlock, SlackPayload } from '../../channels/slack/render.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { Channel, ChannelBot, Envelope, InboundRequest, Outcome } from '../../src/domain/channel.ts';
import type { Message } from '../../src/domain/message.ts';
import { type Answer, answerJson, type Asked } from '../support/script-server.ts';
import { apiRootFaults, conformance, LINKS, NOW, playPlatform, readFixture } from './conformance.ts';

const TOKEN = 'xoxb-17653672481-19874698323-secretsecretsecret00';
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5'.replace(/[^0-9a-f]/g, '0');
const PERSON = 'U061F7AUR';
const bot: ChannelBot = {
  id: 1,
  publicId: 'bot00001',
  externalId: 'T0LAN6SHOP-U0LAN0Z89',
  name: 'Shop',
  credentials: { token: TOKEN, signingSecret: SECRET },
  // Nothing listens there: a person who is met in a test is asked about nowhere else.
  apiRoot: 'http://127.0.0.1:1',
  webhookSecret: 'webhook-secret_0123456789',
};

const create = (allowPrivate = true): Channel =>
  createSlack({
    http: createHttpClient({ allowPrivate: () => allowPrivate }),
    readMedia: async (id) => (id === 'abcd1234' ? PICTURE : null),
    now: () => NOW,
  });
const PICTURE = { name: 'mug.png', type: 'image/png', body: Buffer.from('not really a picture') };

const TIME = String(Math.floor(NOW / 1000));
const sign = (timestamp: string, body: string, secret = SECRET): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
const request = (
  body: string,
  signature: string | undefined,
  timestamp: string | undefined,
  type = 'application/json',
): InboundRequest => ({
  method: 'POST',
  headers: { 'content-type': type, 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp },
  query: {},
  body: Buffer.from(body),
  url: 'https://herald.example/webhooks/key',
});
const signed = (body: string, type?: string, ageSeconds = 0): InboundRequest => {
  const timestamp = String(Number(TIME) - ageSeconds);
  return request(body, sign(timestamp, body), timestamp, type);
};
const FORM = 'application/x-www-form-urlencoded';
const updates = readFixture<{ name: string; update: unknown; facts: unknown[] }[]>('slack', 'updates');
const named = (part: string): unknown => updates.find(({ name }) => name.includes(part))?.update;
const BODY = JSON.stringify(named('a first word'));
const PRESS = new URLSearchParams({ payload: JSON.stringify(named('button is pressed')) }).toString();

const hello: Envelope = {
  payload: {
    blocks: [
      { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'Hello' }] }] },
    ],
    text: 'Hello',
    unfurl_links: false,
    unfurl_media: false,
  },
  address: PERSON,
  key: '1-0',
};

const at = (origin: string): ChannelBot => ({ ...bot, apiRoot: origin });

/** What `chat.postMessage` checks before it accepts. */
const strictSlack: Answer = (asked, response) => {
  const error = faultOf(asked);
  answerJson(
    200,
    error === undefined ? { ok: true, channel: 'D024BE91L', ts: '1795399999.000200' } : { ok: false, error },
  )(asked, response);
};

function faultOf({ method, path, headers, body }: Asked): string | undefined {
  if (headers.authorization !== `Bearer ${TOKEN}`) return 'invalid_auth';
  if (method !== 'POST' || path !== '/chat.postMessage') return 'unknown_method';
  if (headers['content-type'] !== 'application/json; charset=utf-8') return 'invalid_post_type';
  const { channel, text, blocks } = JSON.parse(body) as SlackPayload & { channel: string };
  if (channel !== PERSON) return 'channel_not_found';
  if (text.length > 40_000) return 'msg_too_long';
  if (/[<>]|&(?!amp;|lt;|gt;)/.test(text)) return 'invalid_arguments';
  const ids = blocks.flatMap((block) => (block.type === 'actions' ? block.elements.map((one) => one.action_id) : []));
  const bad = blocks.length === 0 || blocks.length > 50 || new Set(ids).size !== ids.length || blocks.some(isBad);
  return bad ? 'invalid_blocks' : undefined;
}

/** By a public address, or as a file of the app's own. */
const isShown = (block: object): boolean =>
  ('image_url' in block && /^https:.{1,2990}$/.test(String(block.image_url))) ||
  ('slack_file' in block && JSON.stringify(block.slack_file) === '{"id":"F0123456789"}');

function isBad(block: SlackBlock): boolean {
  switch (block.type) {
    case 'rich_text':
      return block.elements[0].elements.some(
        (element) => element.text === '' || (element.type === 'link' && element.url === ''),
      );
    case 'image':
      return !isShown(block) || block.alt_text === '' || block.alt_text.length > 2000;
    case 'actions':
      return (
        block.elements.length < 1 ||
        block.elements.length > 25 ||
        block.elements.some(
          (button) =>
            button.text.text.length > 75 ||
            button.action_id.length > 255 ||
            ('url' in button ? button.url.length > 3000 : button.value.length > 2000),
        )
      );
    default:
      return block satisfies never;
  }
}

const { server, deliverTo, refusals, networkFaults } = playPlatform({ create, at, hello });

conformance('slack', create, {
  bot,
  secrets: ['hunter2', TOKEN, SECRET],
  inspect(payload) {
    const { blocks } = payload as unknown as SlackPayload;
    const rows = blocks.flatMap((block) => (block.type === 'actions' ? [block.elements] : []));
    const texts = blocks.flatMap((block) => (block.type === 'rich_text' ? block.elements[0].elements : []));
    return {
      text: texts.map(({ text }) => text).join(''),
      caption: '',
      rows: rows.map((row) => row.map(({ text }) => text.text)),
      targets: rows.flat().map((button) => ('url' in button ? button.url : button.value)),
    };
  },
  requests: {
    right: [
      signed(BODY),
      signed(PRESS, FORM),
      signed(JSON.stringify(named('tries the address'))),
      signed(BODY, 'application/json', 299),
    ],
    wrong: [
      { title: 'a signature by another secret', request: request(BODY, sign(TIME, BODY, `${SECRET}0`), TIME) },
      { title: 'the signature of another body', request: request(`${BODY} `, sign(TIME, BODY), TIME) },
      { title: 'the signature of another time', request: request(BODY, sign(TIME, BODY), String(Number(TIME) - 1)) },
      { title: 'no time', request: request(BODY, sign('', BODY), undefined) },
      { title: 'no signature', request: request(BODY, undefined, TIME) },
      { title: 'an empty signature', request: request(BODY, '', TIME) },
      { title: 'a signature without its version', request: request(BODY, sign(TIME, BODY).slice(3), TIME) },
      { title: 'half of the signature', request: request(BODY, sign(TIME, BODY).slice(0, 35), TIME) },
    ],
    stale: [signed(BODY, 'application/json', 301), signed(PRESS, FORM, 86_400), signed(BODY, 'application/json', -301)],
  },
  updates,
  outcomes: [
    {
      title: 'a message that went out',
      expected: { status: 'accepted', messageId: '1795399999.000200' },
      deliver: (channel) => deliverTo(channel, strictSlack),
    },
    ...refusals(readFixture('slack', 'refusals')),
    {
      title: 'too many messages',
      expected: { status: 'throttled', scope: 'bot', retryAt: NOW + 13_000 },
      deliver: (channel) =>
        deliverTo(channel, (_asked, response) => {
          response
            .writeHead(429, { 'content-type': 'application/json', 'retry-after': '13' })
            .end('{"ok":false,"error":"ratelimited"}');
        }),
    },
    ...networkFaults(),
    {
      title: 'the address of a channel',
      expected: { status: 'refused', reason: 'unreachable' },
      deliver: (channel) => deliverTo(channel, strictSlack, { ...hello, address: 'C024BE91L' }),
    },
    {
      title: 'a picture of somebody else without an https address',
      expected: { status: 'refused', reason: 'content_refused' },
      deliver: (channel) => {
        const source = 'http://shop.example/p.jpg';
        const [payload = {}] = channel.render({ elements: [{ kind: 'image', source }] }, LINKS, []);
        return deliverTo(channel, strictSlack, { ...hello, payload });
      },
    },
  ],
  faults: [
    ...apiRootFaults(at),
    {
      title: 'no token',
      bot: { ...bot, credentials: { signingSecret: SECRET } },
      path: 'credentials.token',
      code: 'credential_missing',
    },
    {
      title: "a person's token in place of the bot's",
      bot: { ...bot, credentials: { token: TOKEN.replace('xoxb', 'xoxp'), signingSecret: SECRET } },
      path: 'credentials.token',
      code: 'credential_wrong',
    },
    {
      title: 'a signing secret of a wrong shape',
      bot: { ...bot, credentials: { token: TOKEN, signingSecret: 'hunter2' } },
      path: 'credentials.signingSecret',
      code: 'credential_wrong',
    },
  ],
});

describe('slack read', () => {
  it('reads a press out of its form, and nothing out of another form', () => {
    const channel = create();
    const facts = channel.parse(channel.read?.(signed(PRESS, FORM)), bot, NOW);
    expect(facts).to.deep.equal(updates.find(({ name }) => name.includes('button is pressed'))?.facts);
    expect(channel.read?.(signed('command=%2Fweather&user_id=U1', FORM))).to.equal(undefined);
  });

  it('reads nothing of another workspace in which the same app is installed', () => {
    const other = { ...bot, externalId: 'T0OTHER123-U0OTHER123' };
    expect(create().parse(named('a first word'), other, NOW)).to.deep.equal([]);
    expect(create().parse(named('button is pressed'), other, NOW)).to.deep.equal([]);
    expect(create().parse(named('a first word'), bot, NOW)).to.have.length(1);
  });

  it('gives the challenge back while the address is set up, and answers nothing else', () => {
    expect(create().answer?.(named('tries the address'), bot)).to.deep.equal({
      status: 200,
      type: 'text/plain',
      body: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P',
    });
    expect(create().answer?.(named('a first word'), bot)).to.equal(null);
  });
});

describe('slack tokens that rotate', () => {
  const rotating = (change: Record<string, string> = {}): ChannelBot => ({
    ...at(server.origin),
    credentials: {
      token: 'xoxe.xoxb-1-secretsecret',
      signingSecret: SECRET,
      refreshToken: 'xoxe-1-refreshsecret',
      clientId: '2141029472.691202649728',
      clientSecret: 'e1b9e11dfcd19c1982d5de12921e17e8',
      ...change,
    },
  });
  const pair = {
    ok: true,
    access_token: 'xoxe.xoxb-1-nextsecret',
    refresh_token: 'xoxe-1-nextrefresh',
    expires_in: 43_200,
    token_type: 'bot',
  };

  it('are exchanged for the next pair, with the app’s secret in a header', async () => {
    server.answer = answerJson(200, pair);
    expect(await create().renewal?.renew(rotating())).to.deep.equal({
      credentials: { token: 'xoxe.xoxb-1-nextsecret', refreshToken: 'xoxe-1-nextrefresh' },
      endsAt: NOW + 43_200_000,
    });
    const [asked] = server.asked;
    expect(asked?.path).to.equal('/oauth.v2.access');
    expect(asked?.body).to.equal('grant_type=refresh_token&refresh_token=xoxe-1-refreshsecret');
    const basic = Buffer.from('2141029472.691202649728:e1b9e11dfcd19c1982d5de12921e17e8').toString('base64');
    expect(asked?.headers.authorization).to.equal(`Basic ${basic}`);
  });

  it('want what they are renewed with when the app is connected, and say which part is wrong', async () => {
    const fault = async (work: Promise<unknown> | undefined): Promise<string> => {
      const error: unknown = await work?.then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof Problem)) throw new Error('no problem');
      return error.fields.map(({ path, code }) => `${path} ${code}`).join();
    };
    expect(await fault(create().check(rotating({ clientSecret: '' })))).to.equal(
      'credentials.clientSecret credential_missing',
    );
    expect(server.asked).to.deep.equal([]);
    server.answer = answerJson(200, { ok: false, error: 'invalid_refresh_token' });
    expect(await fault(create().renewal?.renew(rotating()))).to.equal('credentials.refreshToken credential_wrong');
    server.answer = answerJson(200, { ok: false, error: 'bad_client_secret' });
    expect(await fault(create().renewal?.renew(rotating()))).to.equal('credentials.clientSecret credential_wrong');
  });

  it('leave tokens alone that do not end', async () => {
    expect(await create().renewal?.renew(at(server.origin))).to.equal(null);
    expect(server.asked).to.deep.equal([]);
  });
});

describe('slack pictures without a public address', () => {
  const [payload = {}] = create().render(
    {
      elements: [
        { kind: 'image', source: 'media:abcd1234', alt: 'Mug' },
        { kind: 'text', text: [{ text: 'Hi' }] },
      ],
    },
    { ...LINKS, image: () => ({ url: 'http://localhost:3000/media/abcd1234', media: 'abcd1234' }) },
    [],
  );
  const envelope = { ...hello, payload };
  /** A workspace that looks new files over for a while. */
  const withFiles = (change: Record<string, Answer> = {}): Answer => {
    let looks = 0;
    return (asked, response) => {
      const path = asked.path.split('?')[0] ?? '';
      const answers: Record<string, Answer> = {
        '/files.getUploadURLExternal': answerJson(200, {
          ok: true,
          upload_url: `${server.origin}/upload/v1/abc`,
          file_id: 'F0123456789',
        }),
        '/upload/v1/abc': answerJson(200, 'OK - 20'),
        '/files.completeUploadExternal': answerJson(200, { ok: true, files: [{ id: 'F0123456789' }] }),
        '/files.info': (...call) => {
          looks += 1;
          answerJson(200, { ok: true, file: looks < 2 ? {} : { mimetype: 'image/png' } })(...call);
        },
        ...change,
      };
      (answers[path] ?? strictSlack)(asked, response);
    };
  };
  const asked = (): string[] => server.asked.map(({ path }) => path.split('?')[0] ?? '');

  it('are uploaded once, private to the app, and shown by their file', async () => {
    const channel = create();
    expect((await deliverTo(channel, withFiles(), envelope))[0]).to.include({ status: 'accepted' });
    expect((await deliverTo(channel, withFiles(), { ...envelope, key: '2-0' }))[0]).to.include({ status: 'accepted' });
    expect(asked()).to.deep.equal([
      '/files.getUploadURLExternal',
      '/upload/v1/abc',
      '/files.completeUploadExternal',
      '/files.info',
      '/files.info',
      '/chat.postMessage',
      '/chat.postMessage',
    ]);
    expect(server.asked[0]?.path).to.include('filename=mug.png').and.include('length=20');
    expect(server.asked[1]?.bytes).to.deep.equal(PICTURE.body);
    expect(server.asked[1]?.headers, 'the token goes to the API alone').to.not.have.property('authorization');
    expect(JSON.parse(server.asked[2]?.body ?? '')).to.deep.equal({ files: [{ id: 'F0123456789', title: 'mug.png' }] });
  });

  it('send nothing when the upload fails, and try again with the next message', async () => {
    const channel = create();
    const cases: [string, Record<string, Answer>, Partial<Outcome>][] = [
      ['a broken upload', { '/upload/v1/abc': answerJson(500, 'oh') }, { status: 'failed' }],
      [
        'a missing scope',
        {
          '/files.getUploadURLExternal': answerJson(200, { ok: false, error: 'missing_scope', needed: 'files:write' }),
        },
        { status: 'bot_refused' },
      ],
      [
        'a type the workspace does not allow',
        { '/files.completeUploadExternal': answerJson(200, { ok: false, error: 'file_type_not_allowed' }) },
        { status: 'refused', reason: 'content_refused' },
      ],
      [
        'an address that is not the platform’s',
        {
          '/files.getUploadURLExternal': answerJson(200, {
            ok: true,
            upload_url: 'https://evil.example/u',
            file_id: 'F0123456789',
          }),
        },
        { status: 'refused', reason: 'content_refused' },
      ],
    ];
    for (const [title, change, expected] of cases) {
      server.asked.length = 0;
      expect((await deliverTo(channel, withFiles(change), envelope))[0], title).to.include(expected);
      expect(asked(), title).to.not.include('/chat.postMessage');
    }
    expect((await deliverTo(channel, withFiles(), envelope))[0]).to.include({ status: 'accepted' });
  });

  it('are uploaded anew when the platform no longer takes their file', async () => {
    const channel = create();
    await deliverTo(channel, withFiles(), envelope);
    const gone = answerJson(200, {
      ok: false,
      error: 'invalid_blocks',
      response_metadata: { messages: ['[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]'] },
    });
    const [outcome] = await deliverTo(channel, withFiles({ '/chat.postMessage': gone }), envelope);
    expect(outcome).to.include({ status: 'failed' });
    server.asked.length = 0;
    await deliverTo(channel, withFiles(), envelope);
    expect(asked()).to.include('/files.completeUploadExternal');
  });
});

describe('slack render', () => {
  const shop: Message = {
    elements: [
      { kind: 'image', source: 'https://shop.example/p.jpg', alt: 'Mugs' },
      {
        kind: 'text',
        text: [
          { text: '<!channel> & ' },
          { text: 'new', bold: true, strike: true },
          { text: 'here', link: 'https://shop.example/' },
        ],
      },
      {
        kind: 'buttons',
        rows: [
          [
            { kind: 'link', id: 'see', label: 'See', url: 'https://shop.example/' },
            { kind: 'message', id: 'yes', label: 'Yes', tag: 'yes' },
          ],
        ],
      },
      { kind: 'text', text: [{ text: 'Bye' }] },
    ],
  };

  it('puts a whole message into one that the platform takes', async () => {
    const [payload = {}, ...more] = create().render(shop, LINKS, []);
    expect(more).to.deep.equal([]);
    expect((await deliverTo(create(), strictSlack, { ...hello, payload }))[0]).to.include({ status: 'accepted' });
    const sent = payload as unknown as SlackPayload;
    expect(sent.blocks.map(({ type }) => type)).to.deep.equal(['image', 'rich_text', 'actions', 'rich_text']);
    expect(sent.text).to.equal('&lt;!channel&gt; &amp; newhere\nBye');
    expect(sent.blocks[1]).to.deep.equal({
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            { type: 'text', text: '<!channel> & ' },
            { type: 'text', text: 'new', style: { bold: true, strike: true } },
            { type: 'link', url: LINKS.inline('https://shop.example/'), text: 'here' },
          ],
        },
      ],
    });
  });

  it('asks the platform to fetch no link', () => {
    for (const payload of create().render(shop, LINKS, [])) {
      expect(payload).to.include({ unfurl_links: false, unfurl_media: false });
    }
  });
});

describe('slack connect', () => {
  const account = {
    ok: true,
    url: 'https://shop.slack.com/',
    team: 'Shop',
    user: 'shopbot',
    team_id: 'T0LAN6SHOP',
    user_id: 'U0LAN0Z89',
    bot_id: 'B0LAN0Z89',
  };
  const info = {
    ok: true,
    bot: {
      id: 'B0LAN0Z89',
      app_id: 'A0FFV41KK',
      name: 'Shop News',
      icons: { image_72: 'https://a.slack-edge.com/72.png' },
    },
  };
  const fieldsOf = (asked: Promise<unknown>): Promise<unknown> =>
    asked.then(
      () => null,
      ({ fields }: { fields: unknown }) => fields,
    );

  it('reads the app, and leaves the address to a person', async () => {
    server.answer = (asked, response) => answerJson(200, asked.path === '/auth.test' ? account : info)(asked, response);
    expect(await create().connect(at(server.origin), 'https://herald.example/webhooks/key')).to.deep.equal({
      externalId: 'T0LAN6SHOP-U0LAN0Z89',
      name: 'Shop News',
      username: 'shopbot',
      picture: 'https://a.slack-edge.com/72.png',
      link: 'https://slack.com/app_redirect?app=A0FFV41KK&team=T0LAN6SHOP',
      webhook: 'manual',
    });
    expect(server.asked.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
      'POST /auth.test',
      'GET /bots.info?bot=B0LAN0Z89',
    ]);
  });

  it('connects without the scope for name and picture', async () => {
    server.answer = (asked, response) =>
      answerJson(
        200,
        asked.path === '/auth.test' ? account : { ok: false, error: 'missing_scope', needed: 'users:read' },
      )(asked, response);
    expect(await create().connect(at(server.origin), null)).to.include({
      name: 'shopbot',
      link: null,
      webhook: 'none',
    });
  });

  for (const [status, body, path, code] of [
    [200, { ok: false, error: 'invalid_auth' }, 'credentials.token', 'token_refused'],
    [200, { ok: false, error: 'account_inactive' }, 'credentials.token', 'token_refused'],
    [200, { ok: false, error: 'internal_error' }, 'apiRoot', 'platform_refused'],
    [200, '<html>hello</html>', 'apiRoot', 'api_root_wrong'],
  ] as const) {
    it(`names ${path} when the platform answers ${JSON.stringify(body)}: ${code}`, async () => {
      server.answer = answerJson(status, body);
      const fields = await fieldsOf(create().check(at(server.origin)));
      expect(fields).to.have.nested.property('[0].path', path);
      expect(fields).to.have.nested.property('[0].code', code);
    });
  }
});

describe('slack profile', () => {
  it('reads what the workspace knows of a member, and nothing without the scope', async () => {
    const user = {
      id: PERSON,
      name: 'noah',
      tz: 'America/Los_Angeles',
      locale: 'en-US',
      profile: {
        real_name: 'Noah Smith',
        first_name: 'Noah',
        last_name: 'Smith',
        phone: '',
        email: 'noah@example.com',
      },
    };
    server.answer = answerJson(200, { ok: true, user });
    expect(await create().profile?.(PERSON, at(server.origin))).to.deep.equal({
      firstName: 'Noah',
      lastName: 'Smith',
      locale: 'en-US',
      timeZone: 'America/Los_Angeles',
      email: 'noah@example.com',
      username: 'noah',
    });
    expect(server.asked[0]?.path).to.equal(`/users.info?user=${PERSON}&include_locale=true`);
    server.answer = answerJson(200, { ok: false, error: 'missing_scope' });
    expect(await create().profile?.(PERSON, at(server.origin))).to.equal(null);
  });
});
