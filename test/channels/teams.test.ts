import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { SignJWT } from 'jose';
import { createHttpClient } from '../../channels/lib/http.ts';
import { isAllowedService } from '../../channels/teams/address.ts';
import { createTeams } from '../../channels/teams/index.ts';
import type { Activity, CardElement, TeamsPayload } from '../../channels/teams/render.ts';
import type { Channel, ChannelBot, Envelope, InboundRequest } from '../../src/domain/channel.ts';
import type { Message } from '../../src/domain/message.ts';
import { type Answer, answerJson, type Asked, startScriptServer } from '../support/script-server.ts';
import { apiRootFaults, breakOff, conformance, LINKS, NOW, playPlatform, readFixture } from './conformance.ts';

const APP = '5d3b1f2a-2222-4222-8222-0123456789ab';
const SECRET = 'q~Secret8QsecretsecretsecretsecretsecretS';
const TENANT = '1a2b3c4d-0000-4000-8000-1234567890ab';
const PERSON = `${TENANT}/9f8e7d6c-1111-4111-8111-abcdefabcdef`;
const CONVERSATION = 'a:17I0kl9EkpE1O9PH5TWrzrLNwnWWcfrU7QZjKR0WSf/x';

// The keys must be there before the requests are made, and the requests before the tests are declared.
const identity = await startScriptServer();
after(() => identity.close());
beforeEach(() => {
  identity.asked.length = 0;
});

const bot: ChannelBot = {
  id: 1,
  publicId: 'bot00001',
  externalId: APP,
  name: 'Shop',
  credentials: { appId: APP, secret: SECRET, tenant: TENANT },
  apiRoot: identity.origin,
  webhookSecret: 'webhook-secret_0123456789',
};
const at = (origin: string): ChannelBot => ({ ...bot, apiRoot: origin });

let clock = NOW;
afterEach(() => {
  clock = NOW;
});
const create = (allowPrivate = true): Channel =>
  createTeams({
    http: createHttpClient({ allowPrivate: () => allowPrivate }),
    readMedia: async (id) => pictures[id] ?? null,
    now: () => clock,
  });
const PICTURE = { name: 'mug.png', type: 'image/png', body: Buffer.from('not really a picture') };
const pictures: Record<string, typeof PICTURE> = {
  abcd1234: PICTURE,
  toolarge: { ...PICTURE, body: Buffer.alloc(1024 * 1024 + 1) },
};

// --- Who signs ------------------------------------------------------------------------------

const signer = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwkOf = (pair: typeof signer, kid: string, endorsements: string[]): object => ({
  ...pair.publicKey.export({ format: 'jwk' }),
  use: 'sig',
  kid,
  x5t: kid,
  endorsements,
});
let published = [jwkOf(signer, 'key-1', ['msteams', 'webchat'])];
const openId: Answer = (asked, response) => {
  const keys = `${identity.origin}/v1/.well-known/keys`;
  if (asked.path === '/v1/.well-known/openidconfiguration')
    return answerJson(200, { issuer: 'https://api.botframework.com', jwks_uri: keys })(asked, response);
  if (asked.path === '/v1/.well-known/keys') return answerJson(200, { keys: published })(asked, response);
  answerJson(404, {})(asked, response);
};
identity.answer = openId;

const seconds = Math.floor(NOW / 1000);
const SERVICE = `https://smba.trafficmanager.net/emea/${TENANT}/`;
const updates = readFixture<{ name: string; update: Record<string, unknown>; facts: unknown[] }[]>('teams', 'updates');
const named = (part: string): Record<string, unknown> => updates.find(({ name }) => name.includes(part))?.update ?? {};
const BODY = JSON.stringify(named('a first word'));

interface Claims {
  kid?: string;
  by?: typeof signer;
  issuer?: string;
  audience?: string;
  service?: string | null;
  from?: number;
  until?: number | null;
}

const tokenWith = ({
  kid = 'key-1',
  by = signer,
  issuer,
  audience,
  service,
  from,
  until,
}: Claims = {}): Promise<string> => {
  const jwt = new SignJWT(service === null ? {} : { serviceurl: service ?? SERVICE })
    .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
    .setIssuer(issuer ?? 'https://api.botframework.com')
    .setAudience(audience ?? APP)
    .setNotBefore(from ?? seconds - 10);
  if (until !== null) jwt.setExpirationTime(until ?? seconds + 3600);
  return jwt.sign(by.privateKey);
};
const request = (token: string | undefined, body = BODY): InboundRequest => ({
  method: 'POST',
  headers: { 'content-type': 'application/json; charset=utf-8', authorization: token && `Bearer ${token}` },
  query: {},
  body: Buffer.from(body),
  url: 'https://herald.example/webhooks/key',
});
const requestWith = async (claims: Claims, body?: string): Promise<InboundRequest> =>
  request(await tokenWith(claims), body);
const good = await tokenWith();
const part = (index: number): string => good.split('.')[index] ?? '';
const unsignedToken = `${Buffer.from('{"alg":"none","kid":"key-1"}').toString('base64url')}.${part(1)}.x`;
const wrong = await Promise.all(
  (
    [
      ['a key of somebody else under the same name', { by: stranger }],
      ['a key nobody published', { kid: 'key-9' }],
      ['another issuer', { issuer: 'https://sts.windows.net/x/' }],
      ['a token for another bot', { audience: '00000000-2222-4222-8222-0123456789ab' }],
      ['a token of another service', { service: 'https://smba.trafficmanager.net/amer/' }],
      ['a token that names no service', { service: null }],
      ['a token that never ends', { until: null }],
    ] as [string, Claims][]
  ).map(async ([title, claims]) => ({ title, request: await requestWith(claims) })),
);

// --- The connector --------------------------------------------------------------------------

const hello: Envelope = {
  payload: { activity: { type: 'message', textFormat: 'plain', text: 'Hello' } },
  address: PERSON,
  key: '1-0',
};
const TOKEN_PATH = `/${TENANT}/oauth2/v2.0/token`;
const ACCESS = 'eyJ0.accesstokensecret.x';
const issued = { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: ACCESS };

/** Gives tokens and opens conversations; what sends is answered as said. */
const sending =
  (answer: Answer): Answer =>
  (asked, response) => {
    if (asked.path === TOKEN_PATH) return answerJson(200, issued)(asked, response);
    if (asked.path === '/teams/v3/conversations')
      return answerJson(201, { id: CONVERSATION, serviceUrl: `${server.origin}/emea/` })(asked, response);
    answer(asked, response);
  };

const faultOf = ({ method, path, headers, body }: Asked): string | undefined => {
  if (headers.authorization !== `Bearer ${ACCESS}`) return 'Unauthorized';
  if (method !== 'POST' || headers['content-type'] !== 'application/json') return 'BadSyntax';
  if (path !== `/emea/v3/conversations/${encodeURIComponent(CONVERSATION)}/activities`) return 'ConversationNotFound';
  if (body.length * 2 > 40 * 1024) return 'MessageSizeTooBig';
  const activity = JSON.parse(body) as Activity;
  if (activity.type !== 'message') return 'BadSyntax';
  if ('text' in activity) return activity.text === '' ? 'BadSyntax' : undefined;
  return 'attachments' in activity ? cardFault(activity) : 'BadSyntax';
};
function cardFault({ attachments }: Extract<Activity, { attachments: unknown }>): string | undefined {
  const [{ contentType, content }] = attachments;
  if (contentType !== 'application/vnd.microsoft.card.adaptive' || content.type !== 'AdaptiveCard') return 'BadSyntax';
  const bad = (element: CardElement): boolean =>
    element.type === 'Image'
      ? !element.url.startsWith('https://')
      : element.type === 'RichTextBlock'
        ? element.inlines.length === 0 || element.inlines.some(({ text }) => text === '' || /[\r\n]/.test(text))
        : element.actions.length < 1 || element.actions.length > 6;
  return content.body.length === 0 || content.body.some(bad) ? 'BadSyntax' : undefined;
}
const STATUS: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  ConversationNotFound: 404,
  MessageSizeTooBig: 413,
};
const strictConnector = sending((asked, response) => {
  const code = faultOf(asked);
  (code === undefined
    ? answerJson(201, { id: '1485983408511' })
    : answerJson(STATUS[code] ?? 400, { error: { code, message: code } }))(asked, response);
});

const { server, deliverTo, refusals, networkFaults } = playPlatform({ create, at, hello, sending });
const pathsAsked = (): string[] => server.asked.map(({ path }) => path);

const bodyOf = ({ activity }: TeamsPayload): CardElement[] =>
  'attachments' in activity ? activity.attachments[0].content.body : [];

/** Our pictures have no public address. */
const AT_HOME = {
  ...LINKS,
  image: (source: string) => ({ url: `http://localhost:3000/${source}`, media: source.slice('media:'.length) }),
};

conformance('teams', create, {
  bot,
  secrets: ['hunter2', SECRET, ACCESS, good],
  inspect(given) {
    const payload = given as unknown as TeamsPayload;
    const body = bodyOf(payload);
    const lines = body.flatMap((one) =>
      one.type === 'RichTextBlock' ? [one.inlines.map(({ text }) => text).join('')] : [],
    );
    const rows = body.flatMap((one) => (one.type === 'ActionSet' ? [one.actions] : []));
    return {
      text: 'text' in payload.activity ? payload.activity.text : lines.join('\n'),
      caption: '',
      rows: rows.map((row) => row.map(({ title }) => title)),
      targets: rows.flat().map((action) => (action.type === 'Action.OpenUrl' ? action.url : action.data.token)),
    };
  },
  requests: {
    right: [request(good), await requestWith({ until: seconds - 299 }), await requestWith({ from: seconds + 299 })],
    wrong: [
      ...wrong,
      { title: 'no token', request: request(undefined) },
      { title: 'an unsigned token', request: request(unsignedToken) },
      { title: 'a token whose signature is cut', request: request(good.slice(0, -2)) },
      {
        title: "another token's signature",
        request: request(`${part(0)}.${part(1)}.${(await tokenWith({ from: 1 })).split('.')[2]}`),
      },
      {
        title: 'a service that is not the platform’s, whatever the token says',
        request: await requestWith(
          { service: 'https://evil.example/' },
          JSON.stringify({ ...named('a first word'), serviceUrl: 'https://evil.example/' }),
        ),
      },
      {
        title: 'a channel its key may not speak for',
        request: request(good, JSON.stringify({ ...named('a first word'), channelId: 'directline' })),
      },
    ],
    stale: [await requestWith({ until: seconds - 301 }), await requestWith({ from: seconds + 301 })],
    bare: true,
  },
  updates,
  outcomes: [
    {
      title: 'a message that went out',
      expected: { status: 'accepted', messageId: '1485983408511' },
      deliver: (channel) => deliverTo(channel, strictConnector),
    },
    ...refusals(readFixture('teams', 'refusals')),
    {
      title: 'too fast, with a time to wait',
      expected: { status: 'throttled', scope: 'bot', retryAt: NOW + 13_000 },
      deliver: (channel) =>
        deliverTo(
          channel,
          sending((_asked, response) => void response.writeHead(429, { 'retry-after': '13' }).end('{}')),
        ),
    },
    {
      title: 'a person who has not installed the app, found when the conversation is opened',
      expected: { status: 'refused', reason: 'unreachable', connection: 'unreachable' },
      deliver: (channel) =>
        deliverTo(channel, (asked, response) =>
          (asked.path === TOKEN_PATH
            ? answerJson(200, issued)
            : answerJson(403, { error: { code: 'ForbiddenOperationException', message: 'Bot is not installed' } }))(
            asked,
            response,
          ),
        ),
    },
    {
      title: 'a secret that ran out',
      expected: { status: 'bot_refused', detail: '401 no token invalid_client' },
      deliver: (channel) =>
        deliverTo(
          channel,
          answerJson(401, {
            error: 'invalid_client',
            error_description: 'AADSTS7000222: expired',
            error_codes: [7000222],
          }),
        ),
    },
    {
      title: 'an identity platform that is away',
      expected: { status: 'failed' },
      deliver: (channel) => deliverTo(channel, answerJson(503, '<html>away</html>')),
    },
    {
      title: 'a connection that broke while the token was asked for',
      expected: { status: 'failed' },
      deliver: (channel) => deliverTo(channel, breakOff),
    },
    ...networkFaults(),
    {
      title: 'an address that leads to a stranger',
      expected: { status: 'refused', reason: 'unreachable' },
      deliver: (channel) => deliverTo(channel, strictConnector, { ...hello, address: 'https://evil.example|a:1' }),
    },
    {
      title: 'a picture of somebody else without an https address',
      expected: { status: 'refused', reason: 'content_refused' },
      deliver: (channel) => {
        const source = 'http://shop.example/p.jpg';
        const [payload = {}] = channel.render({ elements: [{ kind: 'image', source }] }, LINKS, []);
        return deliverTo(channel, strictConnector, { ...hello, payload });
      },
    },
  ],
  faults: [
    ...apiRootFaults(at),
    {
      title: 'no app id',
      bot: { ...bot, credentials: { secret: SECRET } },
      path: 'credentials.appId',
      code: 'credential_missing',
    },
    {
      title: 'a tenant of a wrong shape',
      bot: { ...bot, credentials: { appId: APP, secret: SECRET, tenant: 'a/../b' } },
      path: 'credentials.tenant',
      code: 'credential_wrong',
    },
  ],
});

describe('teams verify', () => {
  it('reads the keys once for many requests, and again for a key it does not know, once a minute at most', async () => {
    const channel = create();
    for (let count = 0; count < 3; count += 1) expect(await channel.verify(request(good), bot)).to.equal(true);
    expect(identity.asked).to.have.length(2);
    const next = generateKeyPairSync('rsa', { modulusLength: 2048 });
    published = [jwkOf(next, 'key-2', ['msteams'])];
    const rolled = await requestWith({ kid: 'key-2', by: next });
    expect(await channel.verify(rolled, bot)).to.equal(false);
    clock += 60_001;
    expect(await channel.verify(rolled, bot)).to.equal(true);
    expect(identity.asked).to.have.length(4);
    // What is no longer published is no longer believed.
    expect(await channel.verify(request(good), bot)).to.equal(false);
    published = [jwkOf(signer, 'key-1', ['msteams', 'webchat'])];
  });

  it('goes on with the keys it has while none can be read', async () => {
    const channel = create();
    expect(await channel.verify(request(good), bot)).to.equal(true);
    identity.answer = answerJson(503, {});
    clock += 25 * 3_600_000;
    const later = Math.floor(clock / 1000);
    expect(await channel.verify(await requestWith({ from: later, until: later + 60 }), bot)).to.equal(true);
    identity.answer = openId;
  });

  it('takes no keys from another place than the metadata’s', async () => {
    identity.answer = (asked, response) =>
      answerJson(200, { issuer: 'https://api.botframework.com', jwks_uri: `${server.origin}/keys`, keys: published })(
        asked,
        response,
      );
    expect(await create().verify(request(good), bot)).to.equal(false);
    expect(server.asked).to.deep.equal([]);
    identity.answer = openId;
  });
});

describe('teams addresses', () => {
  const global = { ...bot, apiRoot: null };
  for (const [service, allowed] of [
    ['https://smba.trafficmanager.net/emea/', true],
    ['https://smba.infra.gcc.teams.microsoft.com/teams', true],
    ['https://webchat.botframework.com/', true],
    ['http://smba.trafficmanager.net/emea/', false],
    ['https://smba.trafficmanager.net:8443/emea/', false],
    ['https://user:pass@smba.trafficmanager.net/emea/', false],
    ['https://smba.trafficmanager.net.evil.example/', false],
    ['https://evil.example/?smba.trafficmanager.net', false],
    ['https://169.254.169.254/', false],
    ['http://localhost:8090/teams', false],
    ['nonsense', false],
  ] as const) {
    it(`${service} ${allowed ? 'is' : 'is not'} the platform's`, () =>
      expect(isAllowedService(service, global)).to.equal(allowed));
  }

  it('takes the place the bot was told of, and no other port of it', () => {
    const local = { ...bot, apiRoot: 'http://localhost:8090/x' };
    expect(isAllowedService('http://localhost:8090/teams', local)).to.equal(true);
    expect(isAllowedService('http://localhost:8091/teams', local)).to.equal(false);
  });
});

describe('teams pictures without a public address', () => {
  const message = (id: string): Message => ({
    elements: [
      { kind: 'image', source: `media:${id}`, alt: 'Mug' },
      { kind: 'text', text: [{ text: 'Our mugs', bold: true }] },
    ],
  });

  it('go inside of a message of their own, before the words', async () => {
    const channel = create();
    const payloads = channel.render(message('abcd1234'), AT_HOME, []);
    expect(payloads).to.have.length(2);
    const picture = sending((asked, response) => {
      const { attachments } = JSON.parse(asked.body) as { attachments: object[] };
      expect(attachments).to.deep.equal([
        {
          contentType: 'image/png',
          contentUrl: `data:image/png;base64,${PICTURE.body.toString('base64')}`,
          name: 'mug.png',
        },
      ]);
      answerJson(201, { id: '1' })(asked, response);
    });
    expect((await deliverTo(channel, picture, { ...hello, payload: payloads[0] ?? {} }))[0]?.status).to.equal(
      'accepted',
    );
    const words = await deliverTo(channel, strictConnector, { ...hello, payload: payloads[1] ?? {} });
    expect(words[0]?.status).to.equal('accepted');
  });

  it('are refused before anything is sent where they are too large, or gone', async () => {
    for (const [id, detail] of [
      ['toolarge', /1 MB/],
      ['vanished', /no longer there/],
    ] as const) {
      const [payload = {}] = create().render(message(id), AT_HOME, []);
      const [outcome] = await deliverTo(create(), strictConnector, { ...hello, payload });
      expect(outcome).to.include({ status: 'refused', reason: 'content_refused' });
      expect(outcome).to.have.property('detail').that.matches(detail);
      expect(server.asked).to.deep.equal([]);
    }
  });
});

describe('teams deliver', () => {
  it('asks for one token and one conversation for many messages to a person', async () => {
    const channel = create();
    server.answer = strictConnector;
    const outcomes = await channel.deliver(
      [1, 2].map((key) => ({ ...hello, key: `${key}-0`, address: `${TENANT}/user-${key}` })),
      at(server.origin),
    );
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['accepted', 'accepted']);
    await deliverTo(channel, strictConnector, { ...hello, address: `${TENANT}/user-1`, key: '3-0' });
    const sent = `/emea/v3/conversations/${encodeURIComponent(CONVERSATION)}/activities`;
    const opened = '/teams/v3/conversations';
    expect(pathsAsked().toSorted()).to.deep.equal([TOKEN_PATH, opened, opened, sent, sent, sent].toSorted());
    const asked = server.asked.find(({ path }) => path === TOKEN_PATH);
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).to.deep.equal({
      grant_type: 'client_credentials',
      client_id: APP,
      client_secret: SECRET,
      scope: 'https://api.botframework.com/.default',
    });
    expect(JSON.parse(server.asked.find(({ path }) => path === opened)?.body ?? '')).to.deep.equal({
      bot: { id: `28:${APP}` },
      members: [{ id: 'user-1' }],
      tenantId: TENANT,
      channelData: { tenant: { id: TENANT } },
      isGroup: false,
    });
  });

  it('asks for another token shortly before one ends', async () => {
    const channel = create();
    for (const passed of [0, 3_000_000, 3_400_000]) {
      clock = NOW + passed;
      await deliverTo(channel, strictConnector);
    }
    expect(pathsAsked().filter((path) => path === TOKEN_PATH)).to.have.length(2);
  });

  it('tries again with another token when one that was good is refused', async () => {
    const channel = create();
    await deliverTo(channel, strictConnector);
    clock += 120_000;
    expect((await deliverTo(channel, sending(answerJson(401, {}))))[0]?.status).to.equal('failed');
    expect((await deliverTo(channel, strictConnector))[0]?.status).to.equal('accepted');
    expect(pathsAsked().filter((path) => path === TOKEN_PATH)).to.have.length(2);
  });

  it('writes into a conversation by its own address where there is one, and opens nothing', async () => {
    const outcomes = await deliverTo(create(), strictConnector, {
      ...hello,
      address: `${server.origin}/emea|${CONVERSATION}`,
    });
    expect(outcomes[0]?.status).to.equal('accepted');
    expect(pathsAsked()).to.not.include('/teams/v3/conversations');
  });

  it('follows no service that is not the platform’s, and stays where it asked', async () => {
    const stranger = await startScriptServer();
    await deliverTo(create(), (asked, response) => {
      if (asked.path !== '/teams/v3/conversations') return sending(answerJson(201, { id: '1' }))(asked, response);
      answerJson(201, { id: CONVERSATION, serviceUrl: stranger.origin })(asked, response);
    });
    expect(stranger.asked).to.deep.equal([]);
    expect(pathsAsked().at(-1)).to.equal(`/teams/v3/conversations/${encodeURIComponent(CONVERSATION)}/activities`);
    await stranger.close();
  });
});

describe('teams render', () => {
  const rendered = (message: Message): TeamsPayload[] =>
    create().render(message, LINKS, []) as unknown as TeamsPayload[];

  it('sends a bare line as a plain text, and several on a card', () => {
    const text = '**not** bold <b>nor</b> this';
    expect(rendered({ elements: [{ kind: 'text', text: [{ text }] }] })).to.deep.equal([
      { activity: { type: 'message', textFormat: 'plain', text } },
    ]);
    const [payload] = rendered({ elements: [{ kind: 'text', text: [{ text: 'one\n\ntwo' }] }] });
    expect(payload && bodyOf(payload)).to.deep.equal([
      { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: 'one' }], spacing: 'Default' },
      { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: 'two' }], spacing: 'Default' },
    ]);
  });

  it('puts picture, formatted lines and buttons into a card the platform takes', async () => {
    const [payload, ...more] = rendered({
      elements: [
        { kind: 'image', source: 'https://shop.example/p.jpg', alt: 'Mugs' },
        { kind: 'text', text: [{ text: 'New\n' }, { text: 'here', bold: true, link: 'https://shop.example/' }] },
        {
          kind: 'buttons',
          rows: [
            [{ kind: 'message', id: 'yes', label: 'Yes', tag: 'yes' }],
            [{ kind: 'buy', id: 'buy', label: 'Buy', product: { name: 'Mug', amount: 1250, currency: 'EUR' } }],
          ],
        },
      ],
    });
    expect(more).to.deep.equal([]);
    expect(payload && bodyOf(payload)).to.deep.equal([
      { type: 'Image', url: 'https://shop.example/p.jpg', altText: 'Mugs' },
      { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: 'New' }], spacing: 'Default' },
      {
        type: 'RichTextBlock',
        inlines: [
          {
            type: 'TextRun',
            text: 'here',
            weight: 'Bolder',
            selectAction: { type: 'Action.OpenUrl', url: LINKS.inline('https://shop.example/') },
          },
        ],
        spacing: 'None',
      },
      { type: 'ActionSet', actions: [{ type: 'Action.Submit', title: 'Yes', data: { token: 'token-yes' } }] },
      {
        type: 'ActionSet',
        actions: [{ type: 'Action.OpenUrl', title: 'Buy', style: 'positive', url: 'https://go.example/r/buy' }],
      },
    ]);
    const sent = { ...hello, payload: { ...payload } };
    expect((await deliverTo(create(), strictConnector, sent))[0]?.status).to.equal('accepted');
  });

  it('stays below the size limit, however many formats and lines a text has', async () => {
    const text = Array.from({ length: 400 }, (_, index) => ({
      text: `line ${index}\n`,
      bold: index % 2 === 0,
      italic: true,
    }));
    const payloads = rendered({ elements: [{ kind: 'text', text }] });
    expect(payloads.length).to.be.greaterThan(1);
    for (const payload of payloads) {
      expect((await deliverTo(create(), strictConnector, { ...hello, payload: { ...payload } }))[0]?.status).to.equal(
        'accepted',
      );
    }
  });
});

describe('teams answer', () => {
  it('answers an invoke, which waits for it, and nothing else', () => {
    const answer = create().answer?.(named('pressed by an invoke'), bot);
    expect(answer).to.include({ status: 200, type: 'application/json' });
    expect(JSON.parse(answer?.body ?? '')).to.include({ statusCode: 200 });
    expect(create().answer?.({ type: 'invoke', name: 'signin/verifyState' }, bot)).to.include({ body: '{}' });
    expect(create().answer?.(named('a first word'), bot)).to.equal(null);
  });
});

describe('teams connect', () => {
  const fieldsOf = (asked: Promise<unknown>): Promise<unknown> =>
    asked.then(
      () => null,
      ({ fields }: { fields: unknown }) => fields,
    );

  it('believes credentials that a token is given for, and leaves the endpoint to a person', async () => {
    server.answer = answerJson(200, issued);
    expect(await create().connect(at(server.origin), 'https://herald.example/webhooks/key')).to.deep.equal({
      externalId: APP,
      name: 'Shop',
      username: null,
      picture: null,
      link: `https://teams.microsoft.com/l/chat/0/0?users=28:${APP}&message=START%20{ref}`,
      webhook: 'manual',
    });
    expect(pathsAsked()).to.deep.equal([TOKEN_PATH]);
  });

  it('asks where bots of many tenants ask when no tenant is named', async () => {
    server.answer = answerJson(200, issued);
    await create().check({ ...at(server.origin), credentials: { appId: APP, secret: SECRET } });
    expect(pathsAsked()).to.deep.equal(['/botframework.com/oauth2/v2.0/token']);
  });

  for (const [status, body, path, code] of [
    [
      401,
      { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret', error_codes: [7000215] },
      'credentials.secret',
      'token_refused',
    ],
    [
      400,
      { error: 'unauthorized_client', error_description: 'AADSTS700016: not found', error_codes: [700016] },
      'credentials.appId',
      'credential_wrong',
    ],
    [
      400,
      { error: 'invalid_request', error_description: 'AADSTS90002: Tenant not found', error_codes: [90002] },
      'credentials.tenant',
      'credential_wrong',
    ],
    [
      400,
      { error: 'invalid_scope', error_description: 'AADSTS70011: scope', error_codes: [70011] },
      'apiRoot',
      'platform_refused',
    ],
    [200, '<html>hello</html>', 'apiRoot', 'api_root_wrong'],
  ] as const) {
    it(`names ${path} when the identity platform answers ${JSON.stringify(body).slice(0, 60)}: ${code}`, async () => {
      server.answer = answerJson(status, body);
      const fields = await fieldsOf(create().check(at(server.origin)));
      expect(fields).to.have.nested.property('[0].path', path);
      expect(fields).to.have.nested.property('[0].code', code);
    });
  }
});
