// The channel against the simulator, in another process and over real sockets; and the simulator against the documentation.
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createHttpClient } from '../../channels/lib/http.ts';
import { createTelegram } from '../../channels/telegram/index.ts';
import type { Channel, ChannelBot, Envelope, Inbound } from '../../src/domain/channel.ts';
import { fit } from '../../src/domain/fit.ts';
import type { Message } from '../../src/domain/message.ts';
import { checkoutPage, orderPage } from '../../src/http/checkout-page.ts';
import type { Order } from '../../src/store/orders.ts';
import { until } from '../support/services.ts';

const ENTRY = fileURLToPath(new URL('../../src/simulator.ts', import.meta.url));
/** A picture of 3 × 2 grey pixels. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAADklEQVR4nGNoaGhgQBAACksBgfzK0bUAAAAASUVORK5CYII=',
  'base64',
);
const FIRST_PERSON = 7_000_000_001;

const MUG = { name: 'Mug', amount: 900, currency: 'EUR' };
const ORDER: Order = {
  id: 1,
  publicId: 'order001',
  source: 'buy',
  externalId: '1',
  deliveryId: 1,
  campaignId: 1,
  botId: 1,
  subscriberId: 1,
  buttonId: 'b',
  product: MUG.name,
  amount: MUG.amount,
  currency: MUG.currency,
  state: 'ordered',
  customer: {},
  orderedAt: 0,
  paidAt: null,
  closedAt: null,
};

interface Answer {
  ok: boolean;
  result?: unknown;
  error_code?: number;
  description?: string;
  parameters?: { retry_after?: number };
}

interface State {
  people: number;
  filled: number;
  received: number;
  throttled: number;
  pressed: number;
  opened: number;
  ordered: number;
  paid: number;
  replied: number;
  blocked: number;
}

describe('telegram simulator', () => {
  let child: ChildProcess;
  let origin: string;
  let bot: ChannelBot;
  let channel: Channel;

  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${origin}/_control/${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await answer.json()) as T;
  };
  const state = (): Promise<State> => control<State>('GET', 'state');
  const call = async (
    method: string,
    params: Record<string, unknown> = {},
    token = bot.credentials.token,
  ): Promise<Answer> => {
    const answer = await fetch(`${origin}/bot${token}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params),
    });
    return (await answer.json()) as Answer;
  };
  const act = (person: number, body: object): Promise<unknown> =>
    control('POST', `people/${FIRST_PERSON + person}/acts`, body);

  /** Another bot, so that tests do not share limits, updates or people's states. */
  const newBot = async (people: number): Promise<void> => {
    const made = await control<{ id: string; credentials: Record<string, string> }>('POST', 'bots', {});
    bot = {
      id: Number(made.id),
      publicId: 'bot00001',
      externalId: made.id,
      name: 'Shop',
      credentials: made.credentials,
      apiRoot: origin,
      webhookSecret: 'secret_1234',
    };
    const missing = people - (await state()).people;
    // Known to the bot already, so that each of them tells of one start: the one below.
    if (missing > 0) await control('POST', 'people', { count: missing, known: true });
    for (let person = 0; person < people; person += 1) await act(person, { act: 'start' });
  };

  before(async () => {
    child = spawn(process.execPath, ['--import', 'tsx', ENTRY, '--port', '0', '--local'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve) => {
      child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    });
    const ready = JSON.parse(line) as { event: string; port: number };
    expect(ready.event).to.equal('simulator.ready');
    origin = `http://127.0.0.1:${ready.port}`;
    channel = createTelegram({
      http: createHttpClient({ allowPrivate: () => true }),
      readMedia: async () => ({ name: 'p.png', type: 'image/png', body: PNG }),
      now: Date.now,
    });
  });
  after(() => {
    child.kill();
  });

  const envelopesOf = (message: Message, person: number, url = 'http://127.0.0.1:1/r/token'): Envelope[] =>
    channel
      .render(
        fit(message, channel.capabilities).message,
        {
          button: (id) => ({ url, token: `token-${id}` }),
          inline: () => url,
          image: () => ({ url: null, media: 'abcd1234' }),
          unsubscribe: () => url,
          pixel: () => url,
        },
        [],
      )
      .map((payload, part) => ({ payload, address: String(FIRST_PERSON + person), key: `1:${part}` }));
  const send = (message: Message, person: number, url?: string) =>
    channel.deliver(envelopesOf(message, person, url), bot);
  const hello: Message = { elements: [{ kind: 'text', text: [{ text: 'Hello ' }, { text: '👋 you', bold: true }] }] };

  describe('with the channel', () => {
    before(() => newBot(8));

    it('shows the bot, with its picture, and wants to be polled', async () => {
      const profile = await channel.connect(bot, null);
      expect(profile).to.include({ externalId: String(bot.id), name: 'Simulated shop', webhook: 'polling' });
      expect(profile.picture).to.match(/^data:image\/png;base64,/);
    });

    it('names the token that it does not know', async () => {
      const stranger = { ...bot, credentials: { token: `123456:${'A'.repeat(35)}` } };
      const error: unknown = await channel.connect(stranger, null).catch((reason: unknown) => reason);
      expect(error).to.have.property('code', 'token_refused');
    });

    it('receives text, picture and buttons as they were written', async () => {
      const outcomes = await send(
        {
          elements: [
            { kind: 'image', source: 'media:abcd1234' },
            ...hello.elements,
            {
              kind: 'buttons',
              rows: [
                [
                  { kind: 'message', id: 'yes', label: 'Yes', tag: 'yes' },
                  { kind: 'link', id: 'go', label: 'Go', url: 'https://e.example' },
                ],
              ],
            },
          ],
        },
        0,
      );
      expect(outcomes.map(({ status }) => status)).to.deep.equal(['accepted']);
      const { items } = await control<{ items: Record<string, unknown>[] }>('GET', 'messages?limit=1');
      expect(items[0]).to.deep.include({
        method: 'sendPhoto',
        text: 'Hello 👋 you',
        channel: 'telegram',
        person: 0,
        address: String(FIRST_PERSON),
        details: { entities: [{ type: 'bold', offset: 6, length: 6 }] },
        buttons: [
          [
            { label: 'Yes', data: 'token-yes' },
            { label: 'Go', url: 'http://127.0.0.1:1/r/token' },
          ],
        ],
      });
    });

    it('tells what people do: start with a tag, reply, press, block, come back, stop', async () => {
      const stop = new AbortController();
      const facts: Inbound[] = [];
      const listening = channel.listen?.(
        bot,
        async (updates) => {
          facts.push(...updates.flatMap((update) => channel.parse(update, bot, Date.now())));
        },
        stop.signal,
      );
      await until('the first starts', () => facts.length >= 8);
      facts.length = 0;
      await act(1, { act: 'start', payload: 'spring' });
      await act(1, { act: 'reply', text: 'Thanks' });
      await act(0, { act: 'press' });
      await act(1, { act: 'block' });
      await act(1, { act: 'start' });
      await act(1, { act: 'stop' });
      await until('everything told', () => facts.length >= 7);
      stop.abort();
      await listening;
      const own = facts.filter(({ address }) => address === String(FIRST_PERSON + 1)).map(({ kind }) => kind);
      expect(own).to.deep.equal(['subscribed', 'replied', 'blocked', 'unblocked', 'subscribed', 'unsubscribed']);
      expect(facts.find(({ kind }) => kind === 'subscribed')).to.have.property('ref', 'spring');
      expect(facts.find(({ kind }) => kind === 'pressed')).to.have.property('token', 'token-yes');
    });

    it('lets a person share the phone number where a button asks for it', async () => {
      const asking: Message = {
        elements: [
          { kind: 'text', text: [{ text: 'May we call you?' }] },
          { kind: 'buttons', rows: [[{ kind: 'contact', id: 'c', label: 'My number' }]] },
        ],
      };
      expect((await send(asking, 5))[0]).to.include({ status: 'accepted' });
      await act(5, { act: 'share' });
      const { result } = await call('getUpdates', { offset: -1 });
      const facts = (result as unknown[]).flatMap((update) => channel.parse(update, bot, Date.now()));
      expect(facts).to.have.nested.property('[0].profile.phone', '+15550000005');
    });

    it('refuses for those who blocked and those who are not there', async () => {
      await act(2, { act: 'block' });
      expect((await send(hello, 2))[0]).to.include({ status: 'refused', reason: 'blocked', connection: 'blocked' });
      expect((await send(hello, 999_999))[0]).to.include({ status: 'refused', reason: 'unreachable' });
    });

    it('holds one chat to its pace and says when to come again', async () => {
      const before = Date.now();
      const outcomes = [];
      for (let sent = 0; sent < 5; sent += 1) outcomes.push(...(await send(hello, 3)));
      expect(outcomes.map(({ status }) => status)).to.deep.equal([
        'accepted',
        'accepted',
        'accepted',
        'throttled',
        'throttled',
      ]);
      expect(outcomes[3])
        .to.have.property('retryAt')
        .that.is.within(before + 1000, before + 5000);
    });

    it('takes every message that fits', async () => {
      await control('PATCH', 'behaviour', { chatRate: null, botRate: null });
      const long: Message = {
        elements: [{ kind: 'text', text: [{ text: 'Довгий текст. '.repeat(700), italic: true }] }],
      };
      const outcomes = await send(long, 4);
      expect(outcomes).to.have.length.above(1);
      expect(outcomes.every(({ status }) => status === 'accepted')).to.equal(true);
    });
  });

  describe('as the documentation says', () => {
    before(() => newBot(2));
    const chat_id = FIRST_PERSON;
    const keyboard = (button: object) => ({ chat_id, text: 'a', reply_markup: { inline_keyboard: [[button]] } });

    const refusals: [title: string, method: string, params: object, code: number, description: RegExp][] = [
      ['no chat', 'sendMessage', { text: 'a' }, 400, /chat_id is empty/],
      ['an unknown chat', 'sendMessage', { chat_id: 5, text: 'a' }, 400, /chat not found/],
      ['only white space', 'sendMessage', { chat_id, text: '  ' }, 400, /text must be non-empty/],
      [
        'a button to localhost',
        'sendMessage',
        keyboard({ text: 'a', url: 'http://localhost:3000/r/x' }),
        400,
        /Wrong HTTP URL/,
      ],
      [
        'an inline link to nowhere',
        'sendMessage',
        { chat_id, text: 'abc', entities: [{ type: 'text_link', offset: 0, length: 3, url: 'not-a-url' }] },
        400,
        /entity URL 'not-a-url' is invalid/,
      ],
      ['no text', 'sendMessage', { chat_id }, 400, /message text is empty/],
      [
        'a text of the wrong type',
        'sendMessage',
        { chat_id, text: { a: 1 } },
        400,
        /field "text" must be of type String/,
      ],
      ['a text too long', 'sendMessage', { chat_id, text: 'a'.repeat(4097) }, 400, /message is too long/],
      [
        'a caption too long',
        'sendPhoto',
        { chat_id, photo: 'https://e.example/p.jpg', caption: 'a'.repeat(1025) },
        400,
        /message caption is too long/,
      ],
      ['no photo', 'sendPhoto', { chat_id }, 400, /there is no photo in the request/],
      ['an unknown file', 'sendPhoto', { chat_id, photo: 'nonsense' }, 400, /wrong file identifier/],
      [
        'an entity of no known type',
        'sendMessage',
        { chat_id, text: 'abc', entities: [{ type: 'loud', offset: 0, length: 1 }] },
        400,
        /MessageEntity/,
      ],
      [
        'an entity past the end',
        'sendMessage',
        { chat_id, text: 'abc', entities: [{ type: 'bold', offset: 2, length: 5 }] },
        400,
        /ends after the end of the text/,
      ],
      [
        'an entity that cuts a character',
        'sendMessage',
        { chat_id, text: '👍👍', entities: [{ type: 'bold', offset: 1, length: 1 }] },
        400,
        /middle of a UTF-16 symbol/,
      ],
      [
        'a keyboard that is no list',
        'sendMessage',
        { chat_id, text: 'a', reply_markup: { inline_keyboard: 'x' } },
        400,
        /must be of type Array/,
      ],
      [
        'a button of the keyboard without text',
        'sendMessage',
        { chat_id, text: 'a', reply_markup: { keyboard: [[{ request_contact: true }]] } },
        400,
        /Field "text" must be/,
      ],
      ['a button without text', 'sendMessage', keyboard({ url: 'https://e.example' }), 400, /Can't find field "text"/],
      ['a button without action', 'sendMessage', keyboard({ text: 'a' }), 400, /Text buttons are unallowed/],
      [
        'a button with two actions',
        'sendMessage',
        keyboard({ text: 'a', url: 'https://e.example', callback_data: 'x' }),
        400,
        /exactly one/,
      ],
      [
        'callback data of 65 bytes',
        'sendMessage',
        keyboard({ text: 'a', callback_data: 'я'.repeat(33) }),
        400,
        /BUTTON_DATA_INVALID/,
      ],
      ['a button with no address', 'sendMessage', keyboard({ text: 'a', url: 'shop' }), 400, /Wrong HTTP URL/],
      [
        'a button with another scheme',
        'sendMessage',
        keyboard({ text: 'a', url: 'ftp://e.example' }),
        400,
        /Unsupported URL protocol/,
      ],
      [
        'more than 100 buttons',
        'sendMessage',
        {
          chat_id,
          text: 'a',
          reply_markup: { inline_keyboard: Array.from({ length: 101 }, () => [{ text: 'a', callback_data: 'a' }]) },
        },
        400,
        /reply markup is too long/,
      ],
      ['an old press', 'answerCallbackQuery', { callback_query_id: '1' }, 400, /query is too old/],
      [
        'a secret with wrong characters',
        'setWebhook',
        { url: 'https://e.example/', secret_token: 'a b' },
        400,
        /unallowed characters/,
      ],
      ['an unknown method', 'sendNothing', {}, 404, /Not Found/],
    ];
    for (const [title, method, params, code, description] of refusals) {
      it(`refuses ${title}`, async () => {
        const answer = await call(method, { ...params });
        expect(answer).to.include({ ok: false, error_code: code });
        expect(answer.description).to.match(description);
      });
    }

    it("knows no stranger's token", async () => {
      expect(await call('getMe', {}, `1:${'a'.repeat(35)}`)).to.deep.equal({
        ok: false,
        error_code: 401,
        description: 'Unauthorized',
      });
      expect(await call('getMe', {}, 'nonsense')).to.include({ ok: false, error_code: 404 });
    });

    it('takes parameters from a form, and ids as text', async () => {
      const body = new URLSearchParams({
        chat_id: String(chat_id),
        text: 'Form',
        reply_markup: '{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}',
      });
      const answer = await fetch(`${origin}/bot${bot.credentials.token}/sendMessage`, { method: 'POST', body });
      expect(await answer.json()).to.have.nested.property('result.chat.id', chat_id);
    });

    it('takes an offset far beyond the last update for none, as the platform does', async () => {
      await act(1, { act: 'reply', text: 'Are you there?' });
      const idsFrom = async (offset: number): Promise<number[]> =>
        ((await call('getUpdates', { offset })).result as { update_id: number }[]).map(({ update_id: id }) => id);
      const waiting = await idsFrom(0);
      const last = waiting.at(-1) ?? 0;
      expect(await idsFrom(last + 1_000_000)).to.deep.equal(waiting);
      expect(await idsFrom(last + 1)).to.deep.equal([]);
    });

    it('lets only one program poll, and none while there is a webhook', async () => {
      await call('getUpdates', { offset: -1 });
      const { result } = await call('getUpdates', {});
      const last = (result as { update_id: number }[]).at(-1)?.update_id ?? 0;
      const first = call('getUpdates', { offset: last + 1, timeout: 20 });
      const answer = await Promise.race([
        first,
        until(
          'the second poll',
          async () => {
            void call('getUpdates', { offset: last + 1, timeout: 1 });
            return false;
          },
          500,
        ).catch(() => first),
      ]);
      expect(answer).to.include({ ok: false, error_code: 409 });
      await call('setWebhook', { url: 'http://127.0.0.1:1/hook' });
      expect(await call('getUpdates')).to.include({ ok: false, error_code: 409 });
      await call('deleteWebhook');
    });
  });

  describe('with a webhook and a checkout', () => {
    interface Posted {
      url: string;
      body: string;
      secret: string | undefined;
    }
    const posted: Posted[] = [];
    let failures = 1;
    const site = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const url = request.url ?? '';
        const body = Buffer.concat(chunks).toString();
        posted.push({
          url: `${request.method} ${url}`,
          body,
          secret: String(request.headers['x-telegram-bot-api-secret-token'] ?? ''),
        });
        const html = (text: string): void => void response.writeHead(200, { 'content-type': 'text/html' }).end(text);
        if (url === '/hook' && failures > 0) {
          failures -= 1;
          response.writeHead(500).end();
        } else if (url === '/b/t1' && request.method === 'POST')
          response.writeHead(303, { location: '/b/t1/order' }).end();
        else if (url === '/b/t1') html(checkoutPage({ product: MUG, language: 'en', action: '/b/t1' }));
        else if (url === '/b/t1/order')
          html(orderPage({ order: ORDER, language: 'en', path: '/b/t1', testPayment: true }));
        else if (url === '/r/t1') response.writeHead(302, { location: 'https://shop.example/' }).end();
        else html('');
      });
    });
    let address: string;

    before(async () => {
      await newBot(3);
      await new Promise<void>((resolve) => {
        site.listen(0, '127.0.0.1', resolve);
      });
      address = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    });
    after(() => {
      site.close();
      site.closeAllConnections();
    });

    it('tries a webhook again until it is received, with the secret', async () => {
      await call('setWebhook', { url: `${address}/hook`, secret_token: 'secret_1234', drop_pending_updates: true });
      posted.length = 0;
      await act(0, { act: 'reply', text: 'hi' });
      await until('the second try', () => posted.length === 2);
      expect(posted[0]?.body).to.equal(posted[1]?.body);
      expect(posted[1]?.secret).to.equal('secret_1234');
      expect(channel.parse(JSON.parse(posted[1]?.body ?? ''), bot, 0)[0]).to.include({ kind: 'replied', text: 'hi' });
      expect(await call('getWebhookInfo')).to.have.nested.property(
        'result.last_error_message',
        'Wrong response from the webhook: 500',
      );
      await call('deleteWebhook');
    });

    it('has people who open, order, pay, reply and block', async () => {
      const before = await state();
      await control('PATCH', 'behaviour', {
        open: 1,
        buy: 1,
        pay: 1,
        reply: 1,
        press: 1,
        botRate: null,
        chatRate: null,
      });
      posted.length = 0;
      await send(
        {
          elements: [
            ...hello.elements,
            {
              kind: 'buttons',
              rows: [
                [
                  { kind: 'buy', id: 'b', label: 'Buy', product: MUG },
                  { kind: 'message', id: 'm', label: 'More', tag: 'more' },
                ],
              ],
            },
          ],
        },
        0,
        `${address}/b/t1`,
      );
      await send(
        {
          elements: [
            ...hello.elements,
            { kind: 'buttons', rows: [[{ kind: 'link', id: 'l', label: 'See', url: 'https://e.example' }]] },
          ],
        },
        1,
        `${address}/r/t1`,
      );
      await until('the sale', async () => {
        const now = await state();
        return (
          now.paid > before.paid &&
          now.opened >= before.opened + 2 &&
          now.pressed > before.pressed &&
          now.replied >= before.replied + 2
        );
      });
      await control('PATCH', 'behaviour', { open: 0, buy: 0, pay: 0, reply: 0, press: 0, block: 1 });
      await send(hello, 2);
      await until('the block', async () => (await state()).blocked > before.blocked);
      await control('PATCH', 'behaviour', { block: 0 });
      const order = posted.find(({ url }) => url === 'POST /b/t1');
      expect(new URLSearchParams(order?.body).get('contact')).to.match(/@example\.com$/);
      expect(posted.map(({ url }) => url)).to.include.members([
        'GET /b/t1',
        'GET /b/t1/order',
        'POST /b/t1/pay',
        'GET /r/t1',
      ]);
    });

    it('names the field of a bad wish', async () => {
      expect(await control('PATCH', 'behaviour', { open: 2 }))
        .to.have.property('error')
        .that.matches(/^open: /);
      expect(await control('POST', 'people', { count: 2_000_000 }))
        .to.have.property('error')
        .that.matches(/^count: /);
    });
  });
});
