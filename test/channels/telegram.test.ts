import { expect } from 'chai';
import { createHttpClient } from '../../channels/lib/http.ts';
import { createTelegram } from '../../channels/telegram/index.ts';
import type { TelegramPayload } from '../../channels/telegram/render.ts';
import type { Channel, ChannelBot, InboundRequest } from '../../src/domain/channel.ts';
import { until } from '../support/services.ts';
import { answerJson, type ScriptServer } from '../support/script-server.ts';
import { apiRootFaults, conformance, LINKS, NOW, playPlatform, readFixture, readMedia } from './conformance.ts';

const TOKEN = '5000000001:AAHsecretsecretsecretsecretsecret-x';
const SECRET = 'webhook-secret_0123456789';
const bot: ChannelBot = {
  id: 1,
  publicId: 'bot00001',
  externalId: '5000000001',
  name: 'Shop',
  credentials: { token: TOKEN },
  apiRoot: null,
  webhookSecret: SECRET,
};

const create = (allowPrivate = true): Channel =>
  createTelegram({
    http: createHttpClient({ allowPrivate: () => allowPrivate }),
    readMedia,
    now: () => NOW,
  });

const request = (headers: Record<string, string | undefined>): InboundRequest => ({
  method: 'POST',
  headers,
  query: {},
  body: Buffer.from('{}'),
  url: 'https://herald.example/webhooks/key',
});
const HEADER = 'x-telegram-bot-api-secret-token';

const hello = { payload: { method: 'sendMessage', body: { text: 'Hello' } }, address: '7123456789', key: '1:0' };
const accepted = {
  ok: true,
  result: { message_id: 42, date: 1, chat: { id: 7123456789, type: 'private' }, text: 'Hello' },
};

const at = (origin: string): ChannelBot => ({ ...bot, apiRoot: origin });
const { server, deliverTo, refusals, networkFaults } = playPlatform({ create, at, hello });

conformance('telegram', create, {
  bot,
  secrets: ['hunter2', TOKEN, SECRET, TOKEN.split(':')[1] ?? ''],
  inspect(payload) {
    const { method, body } = payload as unknown as TelegramPayload;
    const markup = body.reply_markup;
    const keyboard = markup && 'inline_keyboard' in markup ? markup.inline_keyboard : [];
    return {
      text: method === 'sendMessage' ? body.text : '',
      caption: method === 'sendPhoto' ? (body.caption ?? '') : '',
      rows: keyboard.map((row) => row.map((button) => button.text)),
      targets: keyboard
        .flat()
        .map((button) => ('url' in button ? button.url : 'callback_data' in button ? button.callback_data : '')),
    };
  },
  requests: {
    right: [request({ [HEADER]: SECRET })],
    wrong: [
      { title: 'another secret', request: request({ [HEADER]: `${SECRET}x` }) },
      { title: 'the beginning of the secret', request: request({ [HEADER]: SECRET.slice(0, -1) }) },
      { title: 'an empty secret', request: request({ [HEADER]: '' }) },
      { title: 'the secret in another header', request: request({ authorization: SECRET }) },
    ],
    bare: true,
  },
  updates: readFixture('telegram', 'updates'),
  outcomes: [
    {
      title: 'a message that went out',
      expected: { status: 'accepted', messageId: '42' },
      deliver: (channel) => deliverTo(channel, answerJson(200, accepted)),
    },
    ...refusals(readFixture('telegram', 'refusals')),
    ...networkFaults(),
    {
      title: 'a picture that was deleted',
      expected: { status: 'refused', reason: 'content_refused' },
      deliver: (channel) =>
        channel.deliver(
          [{ ...hello, payload: { method: 'sendPhoto', photo: { media: 'gone0000' }, body: {} } }],
          at(server.origin),
        ),
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
    {
      title: 'an API root where nobody listens',
      bot: at('http://127.0.0.1:1'),
      path: 'apiRoot',
      code: 'api_root_unreachable',
    },
  ],
});

describe('telegram connect', () => {
  const problemAt = async (channel: Channel, answer: ScriptServer['answer']): Promise<unknown> => {
    server.answer = answer;
    return channel.connect(at(server.origin), null).then(
      () => null,
      ({ fields }: { fields: unknown }) => fields,
    );
  };

  it('names the token when the platform refuses it', async () => {
    const fields = await problemAt(
      create(),
      answerJson(401, { ok: false, error_code: 401, description: 'Unauthorized' }),
    );
    expect(fields).to.deep.equal([{ path: 'credentials.token', code: 'token_refused', params: {} }]);
  });

  it('names the API root when something else answers there', async () => {
    expect(await problemAt(create(), answerJson(200, '<html>hello</html>'))).to.deep.equal([
      { path: 'apiRoot', code: 'api_root_wrong', params: { address: server.origin, status: 200 } },
    ]);
  });

  it('names the API root when it lies on a private network', async () => {
    expect(await problemAt(create(false), answerJson(200, {}))).to.deep.equal([
      { path: 'apiRoot', code: 'api_root_private', params: { address: server.origin } },
    ]);
  });

  it('sets the webhook with the secret and the kinds of update it reads', async () => {
    server.answer = (asked, response) => {
      const me = { id: 5000000001, is_bot: true, first_name: 'Shop', username: 'shop_bot' };
      const result = asked.path.endsWith('/getMe') ? me : asked.path.endsWith('/setWebhook');
      answerJson(200, { ok: true, result })(asked, response);
    };
    const profile = await create().connect(at(server.origin), 'https://herald.example/webhooks/key');
    expect(profile).to.deep.equal({
      externalId: '5000000001',
      name: 'Shop',
      username: 'shop_bot',
      picture: null,
      link: 'https://t.me/shop_bot?start={ref}',
      webhook: 'set',
    });
    const set = server.asked.find(({ path }) => path.endsWith('/setWebhook'));
    expect(JSON.parse(set?.body ?? '')).to.include({
      url: 'https://herald.example/webhooks/key',
      secret_token: SECRET,
    });
    expect(JSON.parse(set?.body ?? '').allowed_updates).to.include('my_chat_member');
  });

  it('touches the webhook of another program neither by a check nor without a public address, only to let go', async () => {
    const webhookCalls = (): unknown[] => server.asked.filter(({ path }) => /webhook/i.test(path));
    server.asked.length = 0;
    server.answer = (asked, response) => {
      const me = { id: 5000000001, is_bot: true, first_name: 'Shop', username: 'shop_bot' };
      answerJson(200, { ok: true, result: asked.path.endsWith('/getMe') ? me : true })(asked, response);
    };
    const account = await create().check(at(server.origin));
    expect(account).to.include({ externalId: '5000000001', name: 'Shop' });
    await create().connect(at(server.origin), null);
    expect(webhookCalls()).to.deep.equal([]);
    await create().disconnect?.(at(server.origin));
    expect(webhookCalls()).to.have.length(1);
  });
});

describe('telegram deliver', () => {
  const photo = { ...hello, payload: { method: 'sendPhoto', photo: { media: 'abcd1234' }, body: { caption: 'Mug' } } };
  const sentPhoto = { ...accepted, result: { ...accepted.result, photo: [{ file_id: 'small' }, { file_id: 'FILE' }] } };
  const photosOf = (): string[] =>
    server.asked.map(({ headers, body }) =>
      headers['content-type']?.startsWith('multipart/')
        ? 'upload'
        : String((JSON.parse(body) as { photo: string }).photo),
    );

  it('uploads a picture once, however many go out together, and then uses its file id', async () => {
    server.answer = answerJson(200, sentPhoto);
    const outcomes = await create().deliver(
      Array.from({ length: 5 }, () => photo),
      at(server.origin),
    );
    expect(outcomes.map(({ status }) => status)).to.deep.equal(Array.from({ length: 5 }, () => 'accepted'));
    expect(photosOf()).to.deep.equal(['upload', 'FILE', 'FILE', 'FILE', 'FILE']);
  });

  it('lets the next one upload when the first could not', async () => {
    let calls = 0;
    server.answer = (asked, response) => {
      calls += 1;
      const blocked = { ok: false, error_code: 403, description: 'Forbidden: bot was blocked by the user' };
      (calls === 1 ? answerJson(403, blocked) : answerJson(200, sentPhoto))(asked, response);
    };
    const outcomes = await create().deliver([photo, photo, photo], at(server.origin));
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['refused', 'accepted', 'accepted']);
    expect(photosOf()).to.deep.equal(['upload', 'upload', 'FILE']);
  });

  it('uploads again when the platform has forgotten the file id', async () => {
    const channel = create();
    server.answer = answerJson(200, sentPhoto);
    await channel.deliver([photo], at(server.origin));
    server.answer = (asked, response) => {
      const forgotten = {
        ok: false,
        error_code: 400,
        description: "Bad Request: wrong remote file identifier specified: can't unserialize it",
      };
      (asked.body.includes('FILE') ? answerJson(400, forgotten) : answerJson(200, sentPhoto))(asked, response);
    };
    expect((await channel.deliver([photo], at(server.origin)))[0]?.status).to.equal('accepted');
    expect(photosOf()).to.deep.equal(['upload', 'FILE', 'upload']);
  });

  it('counts formatting in UTF-16 units and joins neighbours of one kind', () => {
    const [payload] = create().render(
      {
        elements: [
          {
            kind: 'text',
            text: [
              { text: ' 👍 ' },
              { text: 'now', bold: true },
              { text: ' or', bold: true, italic: true },
              { text: ' x', code: true, bold: true },
            ],
          },
        ],
      },
      LINKS,
      [],
    );
    expect(payload?.body).to.deep.equal({
      text: '👍 now or x',
      entities: [
        { type: 'bold', offset: 3, length: 6 },
        { type: 'italic', offset: 6, length: 3 },
        { type: 'code', offset: 9, length: 2 },
      ],
      link_preview_options: { is_disabled: true },
    });
  });
});

describe('telegram render', () => {
  it('writes localhost as an address with dots, since the platform takes no other', () => {
    const links = {
      ...LINKS,
      button: () => ({ url: 'http://localhost:3000/r/abc' }),
      inline: () => 'http://localhost/r/abc',
    };
    const text = [{ text: 'a', link: 'https://shop.example' }];
    const buttons = [[{ kind: 'link' as const, id: 'l', label: 'Go', url: 'https://shop.example' }]];
    const [payload] = create().render(
      {
        elements: [
          { kind: 'text', text },
          { kind: 'buttons', rows: buttons },
        ],
      },
      links,
      [],
    );
    expect(payload?.body).to.have.nested.property(
      'reply_markup.inline_keyboard[0][0].url',
      'http://127.0.0.1:3000/r/abc',
    );
    expect(payload?.body).to.have.nested.property('entities[0].url', 'http://127.0.0.1/r/abc');
  });
});

describe('telegram buttons that share the phone number', () => {
  const share = { kind: 'contact' as const, id: 'c', label: 'My number' };
  const yes = { kind: 'message' as const, id: 'y', label: 'Yes', tag: 't' };
  const rendered = (...buttons: (typeof share | typeof yes)[]) =>
    create().render(
      {
        elements: [
          { kind: 'text', text: [{ text: 'May we call you?' }] },
          { kind: 'buttons', rows: [buttons] },
        ],
      },
      LINKS,
      [],
    );
  const keyboard = [[{ text: 'My number', request_contact: true }]];

  it('are a keyboard that is shown once', () => {
    const payloads = rendered(share);
    expect(payloads).to.have.length(1);
    expect(payloads[0]).to.have.deep.nested.property('body.reply_markup', {
      keyboard,
      one_time_keyboard: true,
      resize_keyboard: true,
    });
  });

  it('follow in a message of their own beside other buttons', () => {
    const [first, second, ...more] = rendered(share, yes);
    expect(more).to.deep.equal([]);
    expect(first).to.have.nested.property('body.reply_markup.inline_keyboard[0][0].callback_data', 'token-y');
    expect(second).to.have.nested.property('body.text', 'My number');
    expect(second).to.have.deep.nested.property('body.reply_markup.keyboard', keyboard);
  });
});

describe('a paid broadcast on telegram', () => {
  const message = {
    elements: [
      { kind: 'text' as const, text: [{ text: 'Hello' }] },
      { kind: 'image' as const, source: 'media:abcd1234' },
    ],
  };
  it('is allowed in every call where it was chosen, and nowhere else', () => {
    for (const { body } of create().render(message, LINKS, ['paid']))
      expect(body).to.have.property('allow_paid_broadcast', true);
    for (const { body } of create().render(message, LINKS, []))
      expect(body).to.not.have.property('allow_paid_broadcast');
  });
});

describe('telegram listen', () => {
  const update = (id: number) => ({
    update_id: id,
    message: {
      message_id: id,
      date: 1,
      text: 'hi',
      from: { id, is_bot: false, first_name: 'A' },
      chat: { id, type: 'private' },
    },
  });
  const offsets = (): unknown[] =>
    server.asked
      .filter(({ path }) => path.endsWith('/getUpdates'))
      .map(({ body }) => (JSON.parse(body) as { offset?: number }).offset);

  it('removes the webhook first and confirms only what has been stored', async () => {
    const stop = new AbortController();
    const stored: number[] = [];
    let polls = 0;
    server.answer = (asked, response) => {
      if (!asked.path.endsWith('/getUpdates')) return answerJson(200, { ok: true, result: true })(asked, response);
      polls += 1;
      // The third call stays open, as long polling does.
      if (polls <= 2) answerJson(200, { ok: true, result: [update(7), update(8)] })(asked, response);
    };
    const done = create().listen?.(
      at(server.origin),
      async (given) => {
        if (polls === 1) throw new Error('the store is away');
        stored.push(...given.map((update) => (update as { update_id: number }).update_id));
      },
      stop.signal,
    );
    await until('the third poll', () => offsets().length === 3);
    expect(server.asked[0]?.path).to.match(/\/deleteWebhook$/);
    expect(stored).to.deep.equal([7, 8]);
    expect(offsets()).to.deep.equal([undefined, undefined, 9]);
    stop.abort();
    await done;
  });

  it('goes on below its offset when the ids of updates begin anew', async () => {
    const stop = new AbortController();
    const batches = [[update(900)], [update(7), update(8)], [update(9)]];
    server.answer = (asked, response) => {
      if (!asked.path.endsWith('/getUpdates')) return answerJson(200, { ok: true, result: true })(asked, response);
      const result = batches[offsets().length - 1];
      if (result) answerJson(200, { ok: true, result })(asked, response);
    };
    const done = create().listen?.(at(server.origin), async () => undefined, stop.signal);
    await until('the fourth poll', () => offsets().length === 4);
    expect(offsets()).to.deep.equal([undefined, 901, 9, 10]);
    stop.abort();
    await done;
  });

  for (const [code, problem] of [
    [409, 'polling_conflict'],
    [401, 'token_refused'],
  ] as const) {
    it(`ends with ${problem} when the platform answers ${code}`, async () => {
      server.answer = answerJson(code, { ok: false, error_code: code, description: 'no' });
      const error: unknown = await create()
        .listen?.(at(server.origin), async () => undefined, new AbortController().signal)
        .catch((reason: unknown) => reason);
      expect(error).to.have.property('code', problem);
    });
  }
});

describe('telegram answer', () => {
  it('answers a press in the webhook itself, and nothing else', () => {
    const channel = create();
    const answer = channel.answer?.({ update_id: 1, callback_query: { id: '77' } }, bot);
    expect(JSON.parse(answer?.body ?? '')).to.deep.equal({ method: 'answerCallbackQuery', callback_query_id: '77' });
    expect(channel.answer?.({ update_id: 1, message: {} }, bot)).to.equal(null);
  });
});
