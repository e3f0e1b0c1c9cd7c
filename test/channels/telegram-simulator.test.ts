// The channel against the simulator, in another process and over real sockets; and its people with a webhook and a checkout.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Inbound } from '../../src/domain/channel.ts';
import type { Message } from '../../src/domain/message.ts';
import { checkoutPage, orderPage } from '../../src/http/checkout-page.ts';
import type { Order } from '../../src/store/orders.ts';
import { until } from '../support/services.ts';
import { FIRST_PERSON, telegramWorld } from '../support/telegram-world.ts';

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

describe('telegram simulator', () => {
  const world = telegramWorld();
  const { newBot, control, state, call, act, send } = world;
  const hello: Message = { elements: [{ kind: 'text', text: [{ text: 'Hello ' }, { text: '👋 you', bold: true }] }] };

  describe('with the channel', () => {
    before(() => newBot(8));

    it('shows the bot, with its picture, and wants to be polled', async () => {
      const profile = await world.channel.connect(world.bot, null);
      expect(profile).to.include({ externalId: String(world.bot.id), name: 'Simulated shop', webhook: 'polling' });
      expect(profile.picture).to.match(/^data:image\/png;base64,/);
    });

    it('names the token that it does not know', async () => {
      const stranger = { ...world.bot, credentials: { token: `123456:${'A'.repeat(35)}` } };
      const error: unknown = await world.channel.connect(stranger, null).catch((reason: unknown) => reason);
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
      const listening = world.channel.listen?.(
        world.bot,
        async (updates) => {
          facts.push(...updates.flatMap((update) => world.channel.parse(update, world.bot, Date.now())));
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
      const facts = (result as unknown[]).flatMap((update) => world.channel.parse(update, world.bot, Date.now()));
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
      expect(world.channel.parse(JSON.parse(posted[1]?.body ?? ''), world.bot, 0)[0]).to.include({
        kind: 'replied',
        text: 'hi',
      });
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
