import { expect } from 'chai';
import { WebSocket } from 'ws';
import type { Frame, MessagesAnswer, ServerFrame, WidgetConfig, WidgetSession } from '../../src/http/api/widget.ts';
import { signUser, widgetSecret } from '../../src/http/widget-identity.ts';
import { updateBot } from '../../src/store/bots.ts';
import { visitorConnection } from '../../src/store/visitors.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { until } from '../support/services.ts';
import { startWidgetServer, textMessage, type WidgetServer } from '../support/widget.ts';

const SITE = 'https://shop.example';

let counter = 0;
const factId = (): string => `fact-${(counter += 1).toString().padStart(8, '0')}`;

onEveryDatabase('the visitor API', (_db, kind) => {
  let server: WidgetServer;
  const root = (): string => `/widget/${server.bot.publicId}`;
  const session = async (body: object = {}): Promise<WidgetSession> =>
    (await server.ask('POST', `${root()}/session`, body)).body;
  const bearer = ({ token }: { token: string }) => ({ authorization: `Bearer ${token}` });
  const post = (who: WidgetSession, ...facts: object[]) =>
    server.ask('POST', `${root()}/events`, { facts }, bearer(who));
  const subscribe = (who: WidgetSession) => post(who, { id: factId(), kind: 'subscribed' });
  const events = (kind: string): Promise<unknown[]> => server.db('events').where({ kind }).select();

  before(async () => {
    server = await startWidgetServer({ kind, plain: true, origins: [SITE] });
  });
  after(() => server.stop());

  it('gives the texts in the language asked for', async () => {
    const { body, headers } = await server.ask('GET', `${root()}/config?language=uk-UA`);
    const config: WidgetConfig = body;
    expect(config).to.include({ title: 'Kestrel Coffee', color: '#8a4b2a', language: 'uk' });
    expect(config.texts.send).to.equal('Надіслати');
    expect(headers.get('cache-control')).to.contain('max-age');
  });

  it('is there for bots with a widget only', async () => {
    for (const id of ['nobody000000', '..%2f', 'x']) {
      expect((await server.ask('GET', `/widget/${id}/config`)).status).to.equal(404);
    }
  });

  it('answers permitted sites, and no others', async () => {
    const ask = (origin: string) => server.ask('POST', `${root()}/session`, {}, { origin });
    const permitted = await ask(SITE);
    expect(permitted.status).to.equal(200);
    expect(permitted.headers.get('access-control-allow-origin')).to.equal(SITE);
    expect((await ask(server.url)).status).to.equal(200);
    for (const origin of ['https://shop.example.evil.example', 'http://shop.example', 'null']) {
      const refused = await ask(origin);
      expect(refused.status, origin).to.equal(403);
      expect(refused.headers.get('access-control-allow-origin'), origin).to.equal(null);
    }
  });

  it('subscribes who agrees, stops who stops, and knows a visitor again by the secret', async () => {
    const anna = await session({ profile: { locale: 'uk-UA', timeZone: 'Europe/Kyiv' } });
    expect(anna.standing).to.equal('none');
    expect((await subscribe(anna)).body).to.include({ standing: 'active' });
    const again = await session({ visitor: anna.visitor, secret: anna.secret });
    expect(again).to.include({ visitor: anna.visitor, standing: 'active' });
    const [person] = await server.db('subscribers').where({ locale: 'uk-UA' }).select('time_zone');
    expect(person).to.deep.equal({ time_zone: 'Europe/Kyiv' });
    await post(anna, { id: factId(), kind: 'unsubscribed' });
    expect((await session({ visitor: anna.visitor, secret: anna.secret })).standing).to.equal('stopped');
  });

  it("opens nobody's mailbox to another", async () => {
    const [anna, bert] = [await session(), await session()];
    await server.send([anna.visitor], textMessage('For Anna alone'), 'private');
    const stolen = await session({ visitor: anna.visitor, secret: bert.secret });
    expect(stolen.visitor).to.not.equal(anna.visitor);
    expect(stolen.messages).to.deep.equal([]);
    const read = async (token: string): Promise<unknown> =>
      (await server.ask('GET', `${root()}/messages?after=0`, undefined, { authorization: `Bearer ${token}` })).body;
    expect(((await read(bert.token)) as MessagesAnswer).messages).to.deep.equal([]);
    const [body, signature] = anna.token.split('.');
    const forged = Buffer.from(JSON.stringify({ visitor: anna.visitor, user: null, profile: {}, expiresAt: 9e15 }));
    for (const token of [`${forged.toString('base64url')}.${signature}`, `${body}.AAAA`, '', 'x.y.z']) {
      expect(await read(token)).to.include({ code: 'visitor_unknown', status: 401 });
    }
  });

  it("takes receipts for the visitor's own messages only, once each", async () => {
    const [anna, bert] = [await session(), await session()];
    await subscribe(anna);
    await subscribe(bert);
    const [outcome] = await server.send([anna.visitor], textMessage('Seen?'), 'receipts');
    const number = outcome?.status === 'accepted' ? Number(outcome.messageId) : 0;
    const before = (await events('opened')).length;
    await post(bert, { id: factId(), kind: 'opened', messages: [number] });
    expect(await events('opened')).to.have.length(before);
    await post(anna, { id: factId(), kind: 'opened', messages: [number] });
    await post(anna, { id: factId(), kind: 'opened', messages: [number, 999_999] });
    expect(await events('opened')).to.have.length(before + 1);
  });

  it('takes a repeated report once, and keeps the words in the thread', async () => {
    const anna = await session();
    const words = { id: factId(), kind: 'replied', text: '<img src=x onerror=alert(1)>' };
    await post(anna, words);
    await post(anna, words);
    const { messages } = await session({ visitor: anna.visitor, secret: anna.secret });
    expect(messages.map(({ payload }) => payload)).to.deep.equal([{ id: words.id, text: words.text }]);
  });

  it('names what is wrong in a report', async () => {
    const anna = await session();
    for (const facts of [[], [{ id: 'x', kind: 'replied', text: 'hi' }], [{ id: factId(), kind: 'hacked' }]]) {
      expect((await post(anna, ...facts)).status).to.equal(422);
    }
    const huge = await post(anna, { id: factId(), kind: 'replied', text: 'x'.repeat(70_000) });
    expect(huge.status).to.equal(413);
  });

  it('lets a site vouch for its users, on every device, and for nobody by a wrong signature', async () => {
    const secret = widgetSecret(server.deps.keyring, server.bot);
    const user = { id: 'customer-7', signature: signUser(secret, 'customer-7') };
    const laptop = await session({ user });
    await subscribe(laptop);
    const phone = await session();
    await subscribe(phone);
    await session({ visitor: phone.visitor, secret: phone.secret, user });
    const person = async ({ visitor }: WidgetSession) =>
      visitorConnection(server.db, { botId: server.bot.id, visitorId: visitor });
    expect((await person(phone))?.subscriberId).to.equal((await person(laptop))?.subscriberId);
    const other = { id: 'customer-8', signature: signUser(secret, 'customer-8') };
    const next = await session({ visitor: laptop.visitor, secret: laptop.secret, user: other });
    expect(next.visitor).to.not.equal(laptop.visitor);
    const wrong = await server.ask('POST', `${root()}/session`, { user: { ...other, id: 'customer-9' } });
    expect(wrong.body).to.include({ code: 'visitor_signature' });
    await updateBot(server.db, server.bot.id, { settings: { ...server.bot.settings, secretRenewals: 1 } });
    const outdated = await server.ask('POST', `${root()}/session`, { user });
    expect(outdated.body, 'renewed').to.include({ code: 'visitor_signature' });
    await updateBot(server.db, server.bot.id, { settings: server.bot.settings });
  });

  describe('over a socket', () => {
    const sockets: WebSocket[] = [];
    afterEach(() => {
      for (const socket of sockets.splice(0)) socket.terminate();
    });

    function connect(origin?: string) {
      const address = `${server.url.replace('http', 'ws')}${root()}/socket`;
      const socket = new WebSocket(address, origin === undefined ? {} : { origin });
      sockets.push(socket);
      const frames: ServerFrame[] = [];
      const line = {
        socket,
        frames,
        closed: 0,
        refused: 0,
        say: (frame: unknown) => socket.send(JSON.stringify(frame)),
      };
      socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as ServerFrame));
      socket.on('close', (code) => (line.closed = code));
      socket.on('unexpected-response', (_request, response) => (line.refused = response.statusCode ?? 0));
      socket.on('error', () => undefined);
      return line;
    }

    async function greet(who: WidgetSession, after = 0) {
      const line = connect();
      await until('the socket opens', () => line.socket.readyState === WebSocket.OPEN);
      line.say({ type: 'hello', token: who.token, after } satisfies Frame);
      await until('the greeting', () => line.frames.length > 0);
      return line;
    }
    const texts = (frames: ServerFrame[]): unknown[] =>
      frames.flatMap((frame) => (frame.type === 'messages' ? frame.messages : [])).map(({ payload }) => payload);

    it('brings a message the moment it is sent, to each window of its visitor alone', async () => {
      const [anna, bert] = [await session(), await session()];
      const lines = await Promise.all([greet(anna), greet(anna), greet(bert)]);
      await server.send([anna.visitor], textMessage('Now'), 'now');
      await until('both windows have it', () => lines.slice(0, 2).every(({ frames }) => texts(frames).length === 1));
      expect(texts(lines[2]!.frames)).to.deep.equal([]);
    });

    it('resumes after the last number seen, and repeats nothing', async () => {
      const anna = await session();
      const [one] = await server.send([anna.visitor], textMessage('One'), 'one');
      const seen = one?.status === 'accepted' ? Number(one.messageId) : 0;
      await server.send([anna.visitor], textMessage('Two'), 'two');
      const line = await greet(anna, seen + 1_000_000);
      await server.send([anna.visitor], textMessage('Three'), 'three');
      await until('what was late comes too', () => texts(line.frames).length >= 3);
      expect(texts(line.frames)).to.have.length(3);
    });

    it('takes reports and answers each with the standing', async () => {
      const anna = await session();
      const line = await greet(anna);
      const id = factId();
      line.say({ type: 'facts', facts: [{ id, kind: 'subscribed' }] });
      line.say({ type: 'facts', facts: [{ id: 'bad', kind: 'nonsense' }] });
      await until('two answers', () => line.frames.length >= 3);
      expect(line.frames.slice(1, 3)).to.deep.equal([
        { type: 'done', done: [id], standing: 'active' },
        { type: 'refused', code: 'invalid', ids: ['bad'] },
      ]);
    });

    it('closes on who has no name, speaks first, speaks too much or comes from elsewhere', async () => {
      const [nameless, hasty, talkative, heavy] = [connect(), connect(), connect(), connect()];
      const lines = [nameless, hasty, talkative, heavy];
      await until('they open', () => lines.every(({ socket }) => socket.readyState === WebSocket.OPEN));
      nameless.say({ type: 'hello', token: 'no.token', after: 0 });
      hasty.say({ type: 'facts', facts: [{ id: factId(), kind: 'unsubscribed' }] });
      for (let count = 0; count < 70; count += 1) talkative.say({ type: 'ping' });
      heavy.socket.send('x'.repeat(70_000));
      await until('they are closed', () => lines.every(({ closed }) => closed !== 0));
      expect(lines.map(({ closed }) => closed)).to.deep.equal([1008, 1008, 1008, 1009]);
      expect(nameless.frames).to.deep.equal([{ type: 'refused', code: 'token', ids: [] }]);
      const stranger = connect('https://evil.example');
      await until('the stranger is refused', () => stranger.refused !== 0);
      expect(stranger.refused).to.equal(403);
    });
  });

  it('bounds how often one visitor may ask', async () => {
    const anna = await session();
    const statuses = await Promise.all(
      Array.from(
        { length: 125 },
        async () => (await server.ask('GET', `${root()}/messages`, undefined, bearer(anna))).status,
      ),
    );
    expect(statuses.filter((status) => status === 429)).to.have.length(5);
  });
});
