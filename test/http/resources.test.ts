// Every resource once as it is meant to be used, over real HTTP, and its most likely bad inputs. Each answer is held
// against the schema that describes it.
import { expect } from 'chai';
import { allRoutes } from '../../src/http/routes.ts';
import type { Route } from '../../src/http/route.ts';
import { findOrCreateByConnection } from '../../src/store/subscribers.ts';
import { getBot } from '../../src/store/bots.ts';
import { type Answer, type Ask, startApp, type TestApp } from '../support/app.ts';
import { databaseKinds } from '../support/databases.ts';
import { until } from '../support/services.ts';
import { type PlainChannel, plainChannel } from '../support/plain-channel.ts';

const TOKEN = 'good-token-1234';
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Asks, and fails when the answer is not what the route's schema says. */
function strict(ask: Ask, routes: readonly Route[]): Ask {
  return async (method, path, body, headers) => {
    const answer = await ask(method, path, body, headers);
    const below = path.replace('/api/v1', '').split('?')[0] ?? '';
    const route = routes.find(
      (one) => one.method === method.toLowerCase() && new RegExp(`^${one.path.replace(/:\w+/g, '[^/]+')}$`).test(below),
    );
    if (route?.answer && answer.status < 300) {
      const result = route.answer.safeParse(answer.body);
      expect(result.error?.issues ?? [], `${method} ${path}`).to.deep.equal([]);
    }
    return answer;
  };
}

const file = (body: Buffer | string, name: string): FormData => {
  const form = new FormData();
  form.append('file', new Blob([typeof body === 'string' ? body : new Uint8Array(body)]), name);
  return form;
};

for (const kind of databaseKinds()) {
  describe(`the API [${kind}]`, function () {
    this.timeout(120_000);
    let app: TestApp;
    let ask: Ask;
    let plain: PlainChannel;
    let bot: { id: string };
    const people: string[] = [];
    const answers: Answer[] = [];

    before(async () => {
      plain = plainChannel();
      app = await startApp({
        kind,
        channels: [
          plain,
          plainChannel('other', { inbound: ['socket'], rate: { mailing: 200, bot: null, chat: null } }),
        ],
      });
      const { routes, close } = allRoutes(app.deps);
      close();
      const bare = await app.token('read', 'write', 'send');
      const checkedAsk = strict(bare, routes);
      ask = async (...asked) => {
        const answer = await checkedAsk(...asked);
        answers.push(answer);
        return answer;
      };
    });
    after(() => app.stop());

    it('connects a bot: asks the platform, keeps the secret, hands out link and QR code', async () => {
      const missing = await ask('POST', '/api/v1/bots', { channel: 'plain' });
      expect(missing.body).to.have.nested.property('errors[0].path', 'credentials.token');
      const wrong = await ask('POST', '/api/v1/bots/check', {
        channel: 'plain',
        credentials: { token: 'bad-token-1234' },
      });
      expect(wrong.body).to.have.nested.property('errors[0].code', 'token_refused');
      expect((await ask('POST', '/api/v1/bots', { channel: 'pigeon' })).body).to.have.nested.property(
        'errors[0].path',
        'channel',
      );
      const created = await ask('POST', '/api/v1/bots', { channel: 'plain', credentials: { token: TOKEN } });
      expect(created.status).to.equal(201);
      expect(created.body).to.deep.include({
        name: 'Bot good-t',
        secrets: { token: '••••1234' },
        webhookState: 'polling',
      });
      bot = created.body as { id: string };
      expect((await ask('POST', '/api/v1/bots', { channel: 'plain', credentials: { token: TOKEN } })).body).to.include({
        code: 'bot_exists',
        status: 409,
      });
      const { link, qr } = (await ask('GET', `/api/v1/bots/${bot.id}/link?ref=poster`)).body as {
        link: string;
        qr: string;
      };
      expect(link).to.equal('https://plain.example/join?start=poster');
      expect(qr).to.match(/^<svg/);
    });

    it('changes a bot, and refuses the token of another account', async () => {
      const path = `/api/v1/bots/${bot.id}`;
      expect((await ask('PATCH', path, { name: 'Coffee', rate: 5, paused: true })).body).to.include({
        name: 'Coffee',
        rate: 5,
        status: 'paused',
      });
      expect((await ask('PATCH', path, { credentials: { token: 'good-other-9999' } })).body).to.include({
        code: 'bot_other_account',
      });
      expect((await ask('PATCH', path, { widget: { title: 'Hi' } })).body).to.have.nested.property(
        'errors[0].path',
        'widget',
      );
      expect((await ask('PATCH', path, { paused: false, rate: null })).body).to.include({ status: 'connected' });
    });

    it('registers webhooks once a public address is known', async () => {
      await ask('PATCH', '/api/v1/settings', { publicUrl: 'https://bots.example.com' });
      await until('the platform to be told', () => plain.connected.at(-1)?.webhookUrl !== null);

      expect(plain.connected.at(-1)?.webhookUrl).to.match(/^https:\/\/bots\.example\.com\/webhooks\/\S{20,}$/);
      expect((await ask('PATCH', '/api/v1/settings', { publicUrl: 'example' })).body).to.have.nested.property(
        'errors[0].message',
        'Enter a full address, like https://example.com.',
      );
    });

    it('gives a website chat its snippet and refuses an origin that is none', async () => {
      expect((await ask('POST', '/api/v1/bots', { channel: 'other', credentials: {} })).status).to.equal(422);
      const created = await ask('POST', '/api/v1/bots', {
        channel: 'other',
        name: 'Shop',
        credentials: { token: 'good-website-1' },
      });
      const { id, widget } = created.body as { id: string; widget: { snippet: string } };
      expect(widget.snippet).to.contain(id);
      const wrong = await ask('PATCH', `/api/v1/bots/${id}`, {
        widget: { origins: ['https://a.example/shop', 'a.example'] },
      });
      expect(wrong.body).to.have.nested.property('errors[0].path', 'widget.origins.1');
      const right = await ask('PATCH', `/api/v1/bots/${id}`, { widget: { origins: ['https://a.example/shop'] } });
      expect(right.body).to.have.nested.property('widget.origins[0]', 'https://a.example');
    });

    it('lists channels with their words, and drives the simulator', async () => {
      expect((await ask('GET', '/api/v1/channels')).body).to.have.nested.property(
        'items[0].credentials[0].key',
        'token',
      );
      expect((await ask('POST', '/api/v1/simulator', { channels: ['plain'], people: 10, overlap: 4 })).body).to.include(
        {
          running: true,
          persons: 10,
          shared: 4,
        },
      );
      expect((await ask('POST', '/api/v1/simulator', { channels: [] })).status).to.equal(422);
      expect((await ask('PATCH', '/api/v1/simulator', { press: 2 })).body).to.have.nested.property(
        'errors[0].path',
        'press',
      );
      expect((await ask('DELETE', '/api/v1/simulator')).body).to.include({ running: false });
    });

    it('finds people, shows and changes one', async () => {
      const { id: botId } = (await getBot(app.deps.db, bot.id))!;
      for (const [index, name] of ['Anna', 'Борис', 'Đặng'].entries()) {
        const { subscriber } = await findOrCreateByConnection(app.deps.db, {
          botId,
          address: String(index),
          profile: { firstName: name },
          now: app.deps.now(),
        });
        people.push(subscriber.publicId);
      }
      expect((await ask('POST', '/api/v1/attributes', { key: 'city', name: 'City', type: 'text' })).status).to.equal(
        201,
      );
      expect(
        (await ask('POST', '/api/v1/attributes', { key: 'City!', name: 'City', type: 'text' })).body,
      ).to.have.nested.property('errors[0].path', 'key');
      const found = await ask('POST', '/api/v1/subscribers/search', { search: 'борис' });
      expect((found.body as { items: { name: string }[] }).items.map(({ name }) => name)).to.deep.equal(['Борис']);
      const first = await ask('POST', '/api/v1/subscribers/search', { limit: 2 });
      const { next } = first.body as { next: string };
      expect(
        (await ask('POST', '/api/v1/subscribers/search', { limit: 2, cursor: next })).body,
      ).to.have.nested.property('items.length', 1);
      const path = `/api/v1/subscribers/${people[0]}`;
      expect((await ask('PATCH', path, { tags: ['vip'], attributes: { city: 'Львів' } })).body).to.deep.include({
        tags: ['vip'],
        attributes: { city: 'Львів' },
      });
      expect(
        (await ask('PATCH', path, { attributes: { shoes: 43 }, timeZone: 'Mars/Base' })).body,
      ).to.have.nested.property('errors.length', 2);
      expect((await ask('GET', path)).body).to.have.nested.property('connections[0].address', '0');
      expect((await ask('GET', `${path}/timeline`)).body).to.have.nested.property('items[0].kind', 'event');
      expect((await ask('GET', '/api/v1/tags')).body).to.deep.equal({ items: [{ name: 'vip', people: 1 }] });
      expect((await ask('GET', '/api/v1/subscribers/zzzzzzzzzzzz')).status).to.equal(404);
    });

    it('answers audience questions in the language of the asker', async () => {
      const fields = await ask('GET', '/api/v1/audience/fields', undefined, { 'accept-language': 'ru' });
      const items = (fields.body as { items: { name: string; label: string }[] }).items;
      expect(items.find(({ name }) => name === 'first_name')?.label).to.equal('Имя');
      expect(items.find(({ name }) => name === 'attribute.city')?.label).to.equal('City');
      const filter = { all: [{ field: 'connection.status', operator: 'is', value: 'active' }] };
      expect((await ask('POST', '/api/v1/audience/count', { filter, excluded: [people[2]] })).body).to.deep.include({
        total: 2,
        byChannel: { plain: 2 },
        active: 3,
      });
      expect((await ask('POST', '/api/v1/audience/people', { filter, limit: 2 })).body).to.have.nested.property(
        'items.length',
        2,
      );
      expect(
        (await ask('POST', '/api/v1/audience/count', { filter, channels: ['pigeon'] })).body,
      ).to.have.nested.property('errors[0].path', 'channels.0');
    });

    it('takes pictures by their bytes, serves them for ever, and nothing that only claims to be one', async () => {
      const { status, body } = await ask('POST', '/api/v1/media', file(PIXEL, 'пиксель.txt'));
      expect(status).to.equal(201);
      expect(body).to.include({ type: 'image/png', width: 1, height: 1, name: 'пиксель.txt' });
      const served = await fetch(app.url + (body as { url: string }).url);
      expect(served.headers.get('content-type')).to.equal('image/png');
      expect(served.headers.get('cache-control')).to.contain('immutable');
      expect(served.headers.get('x-content-type-options')).to.equal('nosniff');
      for (const fake of ['<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', '<html>', '']) {
        expect((await ask('POST', '/api/v1/media', file(fake, 'a.png'))).body).to.have.nested.property(
          'errors[0].path',
          'file',
        );
      }
      expect((await ask('POST', '/api/v1/media', file(Buffer.alloc(11_000_000), 'big.png'))).body).to.include({
        code: 'too_large',
        status: 413,
      });
      expect((await ask('POST', '/api/v1/media', {})).body).to.have.nested.property('errors[0].code', 'file_missing');
    });

    it('imports people: looks, checks, writes, and names every bad row', async () => {
      const upload = await ask(
        'POST',
        '/api/v1/imports',
        file('email,first_name\nola@example.com,Оля\nnot-an-address,Pip\n', 'people.csv'),
      );
      expect(upload.status).to.equal(201);
      const { id, mapping } = upload.body as { id: string; mapping: Record<string, string> };
      const options = { mapping, consent: true, tags: ['imported'] };
      expect(
        (await ask('POST', `/api/v1/imports/${id}/run`, { ...options, consent: false })).body,
      ).to.have.nested.property('errors[0].path', 'consent');
      const finished = async (state: string): Promise<Answer> => {
        const look = (): Promise<Answer> => ask('GET', `/api/v1/imports/${id}`);
        await until(
          `the import to be ${state}`,
          async () => ((await look()).body as { state: string }).state === state,
        );
        return look();
      };
      expect((await ask('POST', `/api/v1/imports/${id}/check`, options)).status).to.equal(202);
      expect((await finished('checked')).body).to.include({ bad: 1 });
      await ask('POST', `/api/v1/imports/${id}/run`, options);
      expect((await finished('done')).body).to.include({ added: 1, bad: 1 });
      expect((await ask('GET', `/api/v1/imports/${id}/errors`)).body).to.have.nested.property('items[0].row', 3);
      expect((await ask('GET', `/api/v1/imports/${id}/errors.csv`)).text).to.contain('not-an-address');
      expect((await ask('POST', `/api/v1/imports/${id}/stop`)).status).to.equal(409);
    });

    it('never tells a secret, in no answer and in no line of the log', () => {
      const told = [...answers.map(({ text }) => text), ...app.logged].filter((text) => text.includes(TOKEN));
      expect(told).to.deep.equal([]);
    });
  });
}
