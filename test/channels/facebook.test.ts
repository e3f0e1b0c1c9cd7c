import { expect } from 'chai';
import { createFacebook } from '../../channels/facebook/index.ts';
import { proofOf } from '../../channels/lib/graph/client.ts';
import type { SendPayload } from '../../channels/lib/graph/messages.ts';
import { createHttpClient } from '../../channels/lib/http.ts';
import type { Channel, ChannelBot, Payload } from '../../src/domain/channel.ts';
import type { Element, Message } from '../../src/domain/message.ts';
import { graphHandshakes, graphRequests, inspectSend } from '../support/graph.ts';
import { answerJson, type ScriptServer } from '../support/script-server.ts';
import { apiRootFaults, conformance, LINKS, NOW, playPlatform, readFixture, readMedia } from './conformance.ts';

const TOKEN = 'EAAGm0PX4ZCpsBAKZCsecret0123456789';
const APP_SECRET = '0123456789abcdef0123456789abcdef';
const SECRET = 'webhook-secret_0123';
const PAGE = '1906385232743451';
const PERSON = '25381719828140932';

const bot: ChannelBot = {
  id: 5,
  publicId: 'bot00005',
  externalId: PAGE,
  name: 'Shop',
  credentials: { token: TOKEN, app_secret: APP_SECRET, verify_token: 'typed-by-hand' },
  // Nobody listens there.
  apiRoot: 'http://127.0.0.1:1',
  webhookSecret: SECRET,
};

const create = (allowPrivate = true): Channel =>
  createFacebook({
    http: createHttpClient({ allowPrivate: () => allowPrivate }),
    readMedia,
    now: () => NOW,
  });

const at = (origin: string, credentials: Record<string, string> = bot.credentials): ChannelBot => ({
  ...bot,
  credentials,
  apiRoot: origin,
});
const hello = { payload: { messaging_type: 'UPDATE', message: { text: 'Hello' } }, address: PERSON, key: '1:0' };
const accepted = { recipient_id: PERSON, message_id: 'm_sent1' };
const { server, deliverTo, refusals, networkFaults } = playPlatform({ create, at, hello });

const updates = readFixture<{ name: string; update: unknown; facts: readonly unknown[] }[]>('facebook', 'updates');

conformance('facebook', create, {
  bot,
  secrets: [TOKEN, APP_SECRET, SECRET, proofOf(TOKEN, APP_SECRET), 'hunter2'],
  inspect: (payload) => inspectSend(payload as unknown as SendPayload),
  requests: graphRequests(updates[3]?.update, APP_SECRET),
  handshakes: [...graphHandshakes(SECRET), ...graphHandshakes('typed-by-hand').slice(0, 1)],
  updates,
  outcomes: [
    {
      title: 'a message that went out',
      expected: { status: 'accepted', messageId: 'm_sent1' },
      deliver: (channel) => deliverTo(channel, answerJson(200, accepted)),
    },
    ...refusals(readFixture('facebook', 'refusals')),
    {
      title: 'a limit that says how long it lasts',
      expected: { status: 'throttled', scope: 'bot', retryAt: NOW + 3 * 60_000 },
      deliver: (channel) =>
        deliverTo(channel, (_asked, response) => {
          const usage = { [PAGE]: [{ type: 'pages', call_count: 100, estimated_time_to_regain_access: 3 }] };
          response.writeHead(400, { 'x-business-use-case-usage': JSON.stringify(usage) });
          response.end(JSON.stringify({ error: { message: '(#32) Page request limit reached', code: 32 } }));
        }),
    },
    {
      title: 'a malformed token, which the platform repeats',
      expected: { status: 'bot_refused', detail: '190 Malformed access token …' },
      deliver: (channel) =>
        deliverTo(channel, answerJson(400, { error: { message: `Malformed access token ${TOKEN}`, code: 190 } })),
    },
    ...networkFaults(),
    {
      title: 'a picture that was deleted',
      expected: { status: 'refused', reason: 'content_refused' },
      deliver: (channel) => channel.deliver([{ ...hello, payload: pictureOf('gone0000') }], at(server.origin)),
    },
  ],
  faults: [
    {
      title: 'no token',
      bot: { ...bot, credentials: { app_secret: APP_SECRET } },
      path: 'credentials.token',
      code: 'credential_missing',
    },
    {
      title: 'a token of a wrong shape',
      bot: { ...bot, credentials: { ...bot.credentials, token: 'hello' } },
      path: 'credentials.token',
      code: 'credential_wrong',
    },
    {
      title: 'a secret of a wrong shape',
      bot: { ...bot, credentials: { ...bot.credentials, app_secret: 'hunter2' } },
      path: 'credentials.app_secret',
      code: 'credential_wrong',
    },
    ...apiRootFaults(at),
  ],
});

const pictureOf = (media: string): Payload => ({
  messaging_type: 'UPDATE',
  message: { attachment: { type: 'image', payload: {} } },
  media,
});

describe('facebook connect', () => {
  const page = { id: PAGE, name: 'Shop', username: 'shop', category: 'Shopping' };
  /** Answers by path; everything else is well. */
  const script =
    (answers: Record<string, { status?: number; body: unknown }>): ScriptServer['answer'] =>
    (asked, response) => {
      const key = `${asked.method} ${new URL(asked.path, 'http://x').pathname.slice(1)}`;
      const usual: typeof answers = { 'GET me': { body: page }, 'GET app': { body: { id: '1517776481860111' } } };
      const { status = 200, body } = answers[key] ?? usual[key] ?? { body: { success: true } };
      answerJson(status, body)(asked, response);
    };
  const calls = (): string[] =>
    server.asked.map(({ method, path }) => `${method} ${new URL(path, 'http://x').pathname.slice(1)}`);
  const problemWith = async (answers: Parameters<typeof script>[0]): Promise<unknown> => {
    server.answer = script(answers);
    return create()
      .connect(at(server.origin), 'https://herald.example/webhooks/key')
      .then(
        () => null,
        ({ fields, code }: { fields: { path: string; code: string }[]; code: string }) =>
          fields[0] ? `${fields[0].code} at ${fields[0].path}` : code,
      );
  };
  const refused = (code: number, message: string, status = 400) => ({ status, body: { error: { code, message } } });

  it('asks who the token belongs to, proves the secret, and shows no token in an address', async () => {
    server.answer = script({});
    expect(await create().check(at(server.origin))).to.deep.equal({
      externalId: PAGE,
      name: 'Shop',
      username: 'shop',
      picture: null,
      link: 'https://m.me/shop?ref={ref}',
    });
    expect(calls()).to.deep.equal(['GET me']);
    expect(server.asked[0]?.headers.authorization).to.equal(`Bearer ${TOKEN}`);
    expect(server.asked[0]?.path)
      .to.contain(`appsecret_proof=${proofOf(TOKEN, APP_SECRET)}`)
      .and.not.contain(TOKEN);
  });

  it('shows the picture of the page as a data URL', async () => {
    const picture = { data: { url: `${server.origin}/p.png` } };
    server.answer = (asked, response) => {
      if (asked.path === '/p.png') response.writeHead(200, { 'content-type': 'image/png' }).end('png');
      else script({ 'GET me': { body: { ...page, picture } } })(asked, response);
    };
    expect((await create().check(at(server.origin))).picture).to.equal('data:image/png;base64,cG5n');
  });

  it("sets the app's webhook, subscribes the page and the first button", async () => {
    server.answer = script({ 'GET 1517776481860111/subscriptions': { body: { data: [] } } });
    const profile = await create().connect(at(server.origin), 'https://herald.example/webhooks/key');
    expect(profile).to.include({ externalId: PAGE, webhook: 'set' });
    const set = server.asked.find(({ method, path }) => method === 'POST' && path.endsWith('/subscriptions'));
    expect(set?.headers.authorization).to.equal(`Bearer 1517776481860111|${APP_SECRET}`);
    expect(JSON.parse(set?.body ?? '')).to.include({
      object: 'page',
      callback_url: 'https://herald.example/webhooks/key',
      verify_token: SECRET,
    });
    expect(calls()).to.include.members(['POST me/subscribed_apps', 'POST me/messenger_profile']);
    await create().disconnect?.(at(server.origin));
    expect(calls().at(-1)).to.equal('DELETE me/subscribed_apps');
  });

  it('moves its own webhook with the server, and keeps the fields somebody chose', async () => {
    const before = {
      object: 'page',
      callback_url: 'https://old.example/webhooks/key',
      fields: [{ name: 'feed', version: 'v25.0' }],
    };
    server.answer = script({ 'GET 1517776481860111/subscriptions': { body: { data: [before] } } });
    const profile = await create().connect(at(server.origin), 'https://herald.example/webhooks/key');
    expect(profile.webhook).to.equal('set');
    const set = server.asked.find(({ method, path }) => method === 'POST' && path.endsWith('/subscriptions'));
    expect(JSON.parse(set?.body ?? '').fields).to.match(/^feed,messages,/);
  });

  it('leaves the webhook of another program alone and asks for a hand', async () => {
    const other = { object: 'page', callback_url: 'https://crm.example/facebook' };
    server.answer = script({
      'GET 1517776481860111/subscriptions': { body: { data: [other] } },
      'GET me/messenger_profile': { body: { data: [{ get_started: { payload: 'CRM_START' } }] } },
    });
    const profile = await create().connect(at(server.origin), 'https://herald.example/webhooks/key');
    expect(profile.webhook).to.equal('manual');
    expect(calls()).to.not.include('POST 1517776481860111/subscriptions');
    expect(calls()).to.not.include('POST me/messenger_profile');
    expect(calls()).to.include('POST me/subscribed_apps');
  });

  it('changes nothing without an address to be called at', async () => {
    server.answer = script({});
    expect((await create().connect(at(server.origin), null)).webhook).to.equal('none');
    expect(calls()).to.deep.equal(['GET me']);
  });

  it('names what is wrong', async () => {
    expect(await problemWith({ 'GET me': refused(190, 'Invalid OAuth access token.') })).to.equal(
      'token_refused at credentials.token',
    );
    expect(
      await problemWith({ 'GET me': refused(100, 'Invalid appsecret_proof provided in the API argument') }),
    ).to.equal('app_secret_refused at credentials.app_secret');
    expect(
      await problemWith({
        'GET me': refused(100, '(#100) Tried accessing nonexisting field (category) on node type (User)'),
      }),
    ).to.equal('token_not_page at credentials.token');
    expect(await problemWith({ 'GET me': refused(200, '(#200) Requires pages_messaging', 403) })).to.equal(
      'token_rights at credentials.token',
    );
    expect(await problemWith({ 'GET me': refused(4, 'Application request limit reached') })).to.equal('platform_busy');
    expect(await problemWith({ 'GET me': { body: '<html>hello</html>' } })).to.equal('api_root_wrong at apiRoot');
    expect(
      await problemWith({ 'POST 1517776481860111/subscriptions': refused(2200, 'Callback verification failed') }),
    ).to.equal('webhook_refused at publicUrl');
  });
});

describe('facebook deliver', () => {
  it('sends to the person, with the proof', async () => {
    await deliverTo(create(), answerJson(200, accepted));
    expect(server.asked[0]?.path).to.match(/^\/me\/messages\?appsecret_proof=[0-9a-f]{64}$/);
    expect(JSON.parse(server.asked[0]?.body ?? '')).to.deep.equal({
      messaging_type: 'UPDATE',
      message: { text: 'Hello' },
      recipient: { id: PERSON },
    });
  });

  it('uploads a picture once, however many go out together, and lets the next one try when it could not', async () => {
    const channel = create();
    const three = [1, 2, 3].map((part) => ({ ...hello, payload: pictureOf('abcd1234'), key: `1:${part}` }));
    server.answer = answerJson(500, { error: { code: 2, message: 'Service temporarily unavailable' } });
    const failed = await channel.deliver(three, at(server.origin));
    expect(failed.map(({ status }) => status)).to.deep.equal(['failed', 'failed', 'failed']);
    server.asked.length = 0;
    server.answer = (asked, response) =>
      answerJson(200, asked.path.includes('message_attachments') ? { attachment_id: '1857777774821032' } : accepted)(
        asked,
        response,
      );
    const sent = await channel.deliver(three, at(server.origin));
    expect(sent.map(({ status }) => status)).to.deep.equal(['accepted', 'accepted', 'accepted']);
    const uploads = server.asked.filter(({ path }) => path.includes('message_attachments'));
    expect(uploads).to.have.length(1);
    expect(uploads[0]?.body).to.contain('name="filedata"; filename="mug.png"').and.contain('not really a picture');
    const message = JSON.parse(server.asked.at(-1)?.body ?? '') as Payload;
    expect(message).to.deep.include({
      message: { attachment: { type: 'image', payload: { attachment_id: '1857777774821032' } } },
    });
  });
});

describe('facebook pictures', () => {
  it('uploads again when the platform has forgotten one, and only then', async () => {
    const channel = create();
    const picture = { ...hello, payload: pictureOf('abcd1234') };
    let uploads = 0;
    let known = '';
    server.answer = (asked, response) => {
      if (asked.path.includes('message_attachments')) {
        uploads += 1;
        known = `upload-${uploads}`;
        return answerJson(200, { attachment_id: known })(asked, response);
      }
      const sent = asked.body.includes(known) && known !== '';
      const refused = { error: { code: 100, message: '(#100) The attachment cannot be found' } };
      return answerJson(sent ? 200 : 400, sent ? accepted : refused)(asked, response);
    };
    expect((await channel.deliver([picture], at(server.origin)))[0]?.status).to.equal('accepted');
    known = 'gone';
    expect((await channel.deliver([picture], at(server.origin)))[0]?.status).to.equal('accepted');
    expect(uploads).to.equal(2);
    for (const [error, reason] of [
      [{ code: 551, error_subcode: 1545041, message: 'not available' }, 'blocked'],
      [{ code: 100, error_subcode: 2018001, message: 'No matching user found' }, 'unreachable'],
    ] as const) {
      server.asked.length = 0;
      server.answer = answerJson(400, { error });
      expect((await channel.deliver([picture], at(server.origin)))[0]).to.include({ reason });
      expect(server.asked.map(({ path }) => path.replace(/\?.*/, ''))).to.deep.equal(['/me/messages']);
    }
  });
});

describe('facebook render', () => {
  const text = (words: string): Element => ({ kind: 'text', text: [{ text: words }] });
  const image = (source: string): Element => ({ kind: 'image', source, alt: '' });
  const yes = { kind: 'message' as const, id: 'yes', label: 'Yes', tag: 'yes' };
  const go = { kind: 'link' as const, id: 'go', label: 'Go', url: 'https://shop.example' };
  const phone = { kind: 'contact' as const, id: 'phone', label: 'My number' };
  const buttons = (...row: (typeof yes | typeof go | typeof phone)[]): Element => ({
    kind: 'buttons',
    rows: row.map((button) => [button]),
  });
  const render = (...elements: Element[]): unknown[] => {
    const message: Message = { elements };
    return create()
      .render(message, LINKS, [])
      .map(({ message: rendered }) => rendered);
  };
  const template = (payload: unknown) => ({ attachment: { type: 'template', payload } });
  const asButtons = [
    { type: 'postback', title: 'Yes', payload: 'token-yes' },
    { type: 'web_url', url: 'https://go.example/r/go', title: 'Go' },
  ];

  it('gives texts, pictures and cards their own calls', () => {
    expect(render(text('Hello'))).to.deep.equal([{ text: 'Hello' }]);
    expect(render(text('Hello'), buttons(yes, go))).to.deep.equal([
      template({ template_type: 'button', text: 'Hello', buttons: asButtons }),
    ]);
    expect(render(image('https://shop.example/p.jpg'), text('A mug'), buttons(yes, go))).to.deep.equal([
      template({
        template_type: 'generic',
        elements: [{ title: 'A mug', image_url: 'https://shop.example/p.jpg', buttons: asButtons }],
      }),
    ]);
    expect(render(image('https://shop.example/p.jpg'))).to.deep.equal([
      { attachment: { type: 'image', payload: { url: 'https://shop.example/p.jpg' } } },
    ]);
  });

  it('uploads a picture that has no address for others, and lets the buttons stand under their own labels', () => {
    expect(render(image('media:abcd1234'), buttons(yes, go))).to.deep.equal([
      { attachment: { type: 'image', payload: {} } },
      template({ template_type: 'button', text: 'Yes · Go', buttons: asButtons }),
    ]);
  });

  it('asks for the phone number by a quick reply', () => {
    expect(render(text('Your number?'), buttons(phone))).to.deep.equal([
      { text: 'Your number?', quick_replies: [{ content_type: 'user_phone_number' }] },
    ]);
  });

  it('puts only the end of a long text above buttons', () => {
    const long = `${'Words and more words. '.repeat(60)}The end.`;
    const [head, tail, ...rest] = render(text(long), buttons(yes)) as {
      text?: string;
      attachment?: { payload: { text: string } };
    }[];
    expect(rest).to.deep.equal([]);
    expect(tail?.attachment?.payload.text.length).to.be.within(1, 640);
    expect(`${head?.text} ${tail?.attachment?.payload.text}`).to.equal(long);
  });

  it('fills in a utility template', () => {
    const [payload] =
      create().renderTemplate?.({ name: 'order_sent', language: 'en_US', parameters: ['Anna', '42'] }, LINKS) ?? [];
    expect(payload).to.deep.equal({
      messaging_type: 'UTILITY',
      message: {
        template: {
          name: 'order_sent',
          language: { code: 'en_US' },
          components: [
            {
              type: 'body',
              parameters: [
                { type: 'text', text: 'Anna' },
                { type: 'text', text: '42' },
              ],
            },
          ],
        },
      },
    });
  });
});

describe('facebook templates', () => {
  it('lists each with how it stands, page by page', async () => {
    const body = (words: string) => [{ type: 'BODY', text: words }];
    const pages = [
      {
        data: [
          { name: 'sent', language: 'en', status: 'APPROVED', components: body('{{1}}, order {{2}} is on its way') },
          { name: 'waiting', language: 'en', status: 'PENDING', components: body('Hi') },
          { name: 'listed', language: 'vi', body: 'Chào {{1}}', body_params: ['An'] },
        ],
        paging: { cursors: { after: 'QVFI' }, next: 'https://graph.facebook.com/next' },
      },
      {
        data: [
          { name: 'named', language: 'en', parameter_format: 'NAMED', components: body('Hi {{first_name}}') },
          {
            name: 'linked',
            language: 'en',
            components: [
              ...body('Hi'),
              { type: 'BUTTONS', buttons: [{ type: 'URL', url: 'https://s.example/{{1}}' }] },
            ],
          },
          {
            name: 'coupon',
            language: 'en',
            components: [...body('Hi'), { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', text: 'Copy' }] }],
          },
          {
            name: 'carousel',
            language: 'en',
            components: [
              ...body('Hi'),
              { type: 'CAROUSEL', cards: [{ components: [{ type: 'HEADER', format: 'IMAGE' }] }] },
            ],
          },
          { name: 'countdown', language: 'en', components: [...body('Hi'), { type: 'LIMITED_TIME_OFFER' }] },
          {
            name: 'answered',
            language: 'en',
            components: [
              ...body('Coming?'),
              { type: 'FOOTER', text: 'Shop' },
              {
                type: 'BUTTONS',
                buttons: [
                  { type: 'QUICK_REPLY', text: 'Yes' },
                  { type: 'URL', text: 'Map', url: 'https://s.example/' },
                ],
              },
            ],
          },
          { name: 'pictured', language: 'en', components: [...body('Hi'), { type: 'HEADER', format: 'IMAGE' }] },
          { name: 'plain', language: 'en', status: 'APPROVED', components: body('Your table is ready') },
        ],
      },
    ];
    server.answer = (asked, response) =>
      answerJson(200, pages[asked.path.includes('after=QVFI') ? 1 : 0])(asked, response);
    const list = (await create().templates?.(at(server.origin))) ?? [];
    expect(list[0]).to.deep.equal({
      name: 'sent',
      language: 'en',
      text: '{{1}}, order {{2}} is on its way',
      parameters: 2,
      state: 'approved',
      buttons: [],
      fixedLinks: 0,
    });
    expect(list.map(({ name, state, parameters }) => `${name} ${state} ${parameters}`)).to.deep.equal([
      'sent approved 2',
      'waiting waiting 0',
      'listed approved 1',
      'named unfit 0',
      'linked unfit 0',
      'coupon unfit 0',
      'carousel unfit 0',
      'countdown unfit 0',
      'answered approved 0',
      'pictured unfit 0',
      'plain approved 0',
    ]);
  });
});
