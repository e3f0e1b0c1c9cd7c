// The channel against the simulator, in another process and over real sockets; and the simulator against the documentation.
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createFacebook } from '../../channels/facebook/index.ts';
import { createHttpClient } from '../../channels/lib/http.ts';
import type { Channel, ChannelBot, Inbound, InboundRequest, Outcome } from '../../src/domain/channel.ts';
import { fit } from '../../src/domain/fit.ts';
import type { Element, Message } from '../../src/domain/message.ts';
import { until } from '../support/services.ts';

const ENTRY = fileURLToPath(new URL('../../src/simulator.ts', import.meta.url));
const SECRET = 'webhook-secret_0123';
const psid = (person: number): string => String(6_000_000_000_000_000 + person);

interface Update {
  request: InboundRequest;
  signed: boolean;
  facts: Inbound[];
}

describe('facebook simulator', () => {
  let child: ChildProcess;
  let origin: string;
  let channel: Channel;
  let bot: ChannelBot;
  let webhook: Server;
  let webhookUrl: string;
  let updates: Update[];

  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${origin}/_control/${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await answer.json()) as T;
  };
  const act = (person: number, body: object): Promise<unknown> => control('POST', `people/${person}/acts`, body);
  const call = async (path: string, body: object, token = bot.credentials.token): Promise<unknown> => {
    const answer = await fetch(`${origin}/v25.0/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    return answer.json();
  };
  const facts = (): Inbound[] => updates.flatMap((update) => update.facts);
  const factOf = (kind: Inbound['kind'], person: number): Inbound | undefined =>
    facts().findLast((fact) => fact.kind === kind && fact.address === psid(person));

  /** Another page with its own app, connected, so that tests share neither people's states nor updates. */
  const newPage = async (people: number): Promise<void> => {
    const { id, credentials } = await control<{ id: string; credentials: Record<string, string> }>('POST', 'bots', {});
    updates = [];
    bot = {
      id: 5,
      publicId: 'bot00005',
      externalId: id,
      name: 'Shop',
      credentials,
      apiRoot: origin,
      webhookSecret: SECRET,
    };
    await control('PATCH', 'behaviour', { deliver: 0 });
    await channel.connect(bot, webhookUrl);
    await control('POST', 'people', { count: people, first: 0, pace: 10_000 });
    await until('everyone has started', async () => facts().length === people);
    expect(facts().map(({ kind }) => kind)).to.deep.equal(Array.from({ length: people }, () => 'subscribed'));
  };

  before(async () => {
    child = spawn(process.execPath, ['--import', 'tsx', ENTRY, '--channel', 'facebook', '--port', '0', '--local'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve) => {
      child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    });
    const ready = JSON.parse(line) as { event: string; port: number };
    expect(ready.event).to.equal('simulator.ready');
    origin = `http://127.0.0.1:${ready.port}`;
    channel = createFacebook({
      http: createHttpClient({ allowPrivate: () => true }),
      readMedia: async () => ({ name: 'p.png', type: 'image/png', body: Buffer.from('a picture') }),
      now: Date.now,
    });
    webhook = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const url = new URL(incoming.url ?? '', webhookUrl);
        const request: InboundRequest = {
          method: incoming.method ?? '',
          headers: { 'x-hub-signature-256': String(incoming.headers['x-hub-signature-256'] ?? '') },
          query: Object.fromEntries(url.searchParams),
          body: Buffer.concat(chunks),
          url: url.href,
        };
        const greeting = channel.handshake?.(request, bot);
        if (greeting) return void response.writeHead(greeting.status).end(greeting.body);
        if (request.method !== 'POST') return void response.writeHead(401).end();
        const update: unknown = JSON.parse(request.body.toString('utf8'));
        const signed = channel.verify(request, bot) === true;
        updates.push({ request, signed, facts: channel.parse(update, bot, Date.now()) });
        response.writeHead(200).end();
      });
    });
    await new Promise<void>((resolve) => {
      webhook.listen(0, '127.0.0.1', resolve);
    });
    webhookUrl = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/webhooks/key`;
  });
  after(() => {
    child.kill();
    webhook.close();
    webhook.closeAllConnections();
  });

  const LINK = 'http://127.0.0.1:1/r/token';
  const links = {
    button: (id: string) => ({ url: LINK, token: `token-${id}` }),
    inline: () => LINK,
    image: () => ({ url: 'http://127.0.0.1:1/media/abcd1234', media: 'abcd1234' }),
    unsubscribe: () => LINK,
    pixel: () => LINK,
  };
  /** Part by part, as the engine does. */
  const send = async (person: number, ...elements: Element[]): Promise<Outcome[]> => {
    const message: Message = { elements };
    const payloads = channel.render(fit(message, channel.capabilities).message, links, []);
    const outcomes: Outcome[] = [];
    for (const payload of payloads)
      outcomes.push(...(await channel.deliver([{ payload, address: psid(person), key: '1:0' }], bot)));
    return outcomes;
  };
  const hello: Element = { kind: 'text', text: [{ text: 'Hello' }] };
  const buttons: Element = {
    kind: 'buttons',
    rows: [
      [{ kind: 'message', id: 'yes', label: 'Yes', tag: 'yes' }],
      [{ kind: 'link', id: 'go', label: 'Go', url: 'https://e.example' }],
      [{ kind: 'contact', id: 'phone', label: 'Phone' }],
    ],
  };
  const codeAt = (error: unknown): string[] =>
    (error as { fields: { path: string; code: string }[] }).fields.map(({ path, code }) => `${code} at ${path}`);

  describe('with the channel', () => {
    before(() => newPage(8));

    it('shows the page, with its picture, and has taken the webhook after it was tried', async () => {
      const profile = await channel.connect(bot, webhookUrl);
      expect(profile).to.include({ externalId: bot.externalId, name: 'Simulated shop', webhook: 'set' });
      expect(profile.picture).to.match(/^data:image\/png;base64,/);
      expect(updates.every(({ signed }) => signed)).to.equal(true);
    });

    it('is the same page again with the credentials of an earlier run', async () => {
      const again = await control<{ error: string }>('POST', 'bots', { credentials: bot.credentials });
      expect(again.error).to.match(/there already/);
    });

    it('names the token, the secret and the address that are wrong', async () => {
      const fault = (credentials: Record<string, string>, url = webhookUrl): Promise<string[]> =>
        channel
          .connect({ ...bot, credentials: { ...bot.credentials, ...credentials } }, url)
          .then(() => ['connected'], codeAt);
      expect(await fault({ token: `EAA${'a'.repeat(40)}` })).to.deep.equal(['token_refused at credentials.token']);
      expect(await fault({ app_secret: '0'.repeat(32) })).to.deep.equal([
        'app_secret_refused at credentials.app_secret',
      ]);
      await newPage(8);
      const stranger = { ...bot, webhookSecret: 'another-secret_99' };
      expect(await channel.connect(stranger, webhookUrl).then(() => [], codeAt)).to.deep.equal([
        'webhook_refused at publicUrl',
      ]);
    });

    it('receives picture, text and buttons as they were written', async () => {
      const outcomes = await send(0, { kind: 'image', source: 'media:abcd1234', alt: '' }, hello, buttons);
      expect(outcomes.map(({ status }) => status)).to.deep.equal(['accepted', 'accepted']);
      const { items } = await control<{ items: Record<string, unknown>[] }>('GET', 'messages?person=0&limit=2');
      expect(items[1])
        .to.deep.include({ text: '', buttons: [] })
        .and.have.property('picture')
        .that.matches(/^\d{15}$/);
      expect(items[0]).to.deep.include({
        text: 'Hello',
        buttons: [
          [{ label: 'Yes', data: 'token-yes' }],
          [{ label: 'Go', url: LINK }],
          [{ label: 'Phone number', contact: true }],
        ],
      });
    });

    it('tells what people do: come by a link, press, share, reply, stop and come back', async () => {
      await act(1, { act: 'start', payload: 'spring' });
      await until('the referral', async () =>
        facts().some((fact) => fact.kind === 'subscribed' && fact.ref === 'spring'),
      );
      await send(1, hello, buttons);
      await act(1, { act: 'press' });
      await act(1, { act: 'share' });
      await act(1, { act: 'reply', text: 'How much?' });
      await until(
        'the reply',
        async () => factOf('replied', 1)?.externalId !== undefined && factOf('pressed', 1) !== undefined,
      );
      expect(factOf('pressed', 1)).to.include({ token: 'token-yes' });
      await until(
        'both messages',
        async () => facts().filter(({ kind, address }) => kind === 'replied' && address === psid(1)).length === 2,
      );
      expect(facts().find(({ profile }) => profile?.phone)).to.deep.include({
        address: psid(1),
        profile: { phone: '+15550000001' },
      });
      await act(1, { act: 'stop' });
      await until('the end', async () => factOf('unsubscribed', 1) !== undefined);
      const before = facts().length;
      await act(1, { act: 'start' });
      await until('the return', async () => facts().length > before);
      expect(facts().at(-1)).to.include({ kind: 'subscribed', address: psid(1) });
    });

    it('tells the names of people who wrote to the page, and of nobody else', async () => {
      expect(await channel.profile?.(psid(0), bot))
        .to.have.property('firstName')
        .that.is.not.equal('');
      const stranger: unknown = await channel.profile?.(psid(4711), bot).catch((error: Error) => error.message);
      expect(stranger).to.match(/^100 Unsupported get request/);
    });

    it('refuses people who blocked the page until they write again, and nobody it does not know', async () => {
      await act(2, { act: 'block' });
      expect(await send(2, hello)).to.deep.include.members([
        {
          status: 'refused',
          reason: 'blocked',
          connection: 'blocked',
          detail: "551/1545041 (#551) This person isn't available right now.",
        },
      ]);
      await act(2, { act: 'start' });
      await until('they are back', async () => facts().at(-1)?.address === psid(2));
      expect((await send(2, hello))[0]?.status).to.equal('accepted');
      expect((await send(4711, hello))[0]).to.include({ reason: 'unreachable', connection: 'unreachable' });
    });

    it('closes the window after 24 hours, but not for templates; a word opens it again', async () => {
      await act(3, { act: 'silence', hours: 24.1 });
      expect((await send(3, hello))[0]).to.include({ status: 'refused', reason: 'window_closed' });
      const template = async (name: string, parameters: string[]): Promise<Outcome | undefined> => {
        const [payload] = channel.renderTemplate?.({ name, language: 'en', parameters }, links) ?? [];
        const [outcome] = await channel.deliver([{ payload: payload ?? {}, address: psid(3), key: '2:0' }], bot);
        return outcome;
      };
      expect(await template('order_update', ['Olivia', '42'])).to.include({ status: 'accepted' });
      expect(await template('order_update', ['Olivia'])).to.include({ reason: 'content_refused' });
      expect(await template('not_approved_yet', ['Olivia'])).to.include({ reason: 'content_refused' });
      const { items } = await control<{ items: { text: string }[] }>('GET', 'messages?person=3&limit=1');
      expect(items[0]?.text).to.equal('Olivia, your order 42 is on its way.');
      const list = await channel.templates?.(bot);
      expect(list?.map(({ name, language, state }) => `${name} ${language} ${state}`)).to.deep.equal([
        'order_update en approved',
        'order_update uk approved',
        'table_ready en approved',
        'not_approved_yet en waiting',
      ]);
      await act(3, { act: 'reply', text: 'Hi' });
      expect((await send(3, hello))[0]?.status).to.equal('accepted');
    });

    it('tells what was delivered and read by watermarks, some twice, all signed', async () => {
      updates = [];
      await control('PATCH', 'behaviour', { deliver: 1, read: 1, repeat: 1 });
      const begun = Date.now();
      const [outcome] = await send(4, hello);
      await until('both receipts, twice', async () =>
        (['delivered', 'opened'] as const).every(
          (kind) => facts().filter((fact) => fact.kind === kind && fact.address === psid(4)).length === 2,
        ),
      );
      await control('PATCH', 'behaviour', { deliver: 0, read: 0, repeat: 0 });
      for (const kind of ['delivered', 'opened'] as const) {
        const both = facts().filter((fact) => fact.kind === kind);
        expect(new Set(both.map(({ externalId }) => externalId)).size, 'one fact').to.equal(1);
        expect(both[0]).to.include({ upTo: true });
        expect(both[0]?.at).to.be.within(begun, Date.now());
      }
      const named = facts().find((fact) => fact.kind === 'delivered' && fact.messageId !== null);
      if (named) expect(named).to.have.property('messageId', outcome?.status === 'accepted' ? outcome.messageId : '');
      expect(updates.every(({ signed }) => signed)).to.equal(true);
      expect(updates.every(({ request }) => channel.verify(request, { ...bot, credentials: {} }) === false)).to.equal(
        true,
      );
    });

    it('holds a page to its pace', async () => {
      await control('PATCH', 'behaviour', { botRate: 0.01 });
      const many = await Promise.all(Array.from({ length: 70 }, () => send(5, hello)));
      const held = many.flat().filter(({ status }) => status === 'throttled');
      await control('PATCH', 'behaviour', { botRate: null });
      expect(held.length).to.be.at.least(1);
      expect(held[0]).to.include({ scope: 'bot' });
      expect(many.flat().some(({ status }) => status === 'accepted')).to.equal(true);
    });

    it('sends nothing more once the page is let go', async () => {
      await channel.disconnect?.(bot);
      const before = updates.length;
      await act(6, { act: 'reply', text: 'Anybody there?' });
      const { bots } = await control<{ bots: { id: string; updates: { pending: number } }[] }>('GET', 'state');
      expect(bots.find(({ id }) => id === bot.externalId)?.updates.pending).to.equal(1);
      expect(updates.length).to.equal(before);
      await channel.connect(bot, webhookUrl);
      await until('what waited', async () => updates.length > before);
    });
  });

  describe('as strict as the documentation', () => {
    before(() => newPage(1));

    const recipient = { id: psid(0) };
    const template = (payload: object): object => ({ attachment: { type: 'template', payload } });
    const postback = { type: 'postback', title: 'Yes', payload: 'p' };
    const cases: [string, object][] = [
      ['a text of 2001 characters', { text: 'x'.repeat(2001) }],
      ['an empty text', { text: ' ' }],
      [
        'a text and an attachment',
        { text: 'Hi', attachment: { type: 'image', payload: { url: 'https://e.example/p.png' } } },
      ],
      ['a property nobody knows', { text: 'Hi', parse_mode: 'HTML' }],
      [
        '641 characters above buttons',
        template({ template_type: 'button', text: 'x'.repeat(641), buttons: [postback] }),
      ],
      [
        'four buttons',
        template({ template_type: 'button', text: 'Hi', buttons: [postback, postback, postback, postback] }),
      ],
      ['no button', template({ template_type: 'button', text: 'Hi', buttons: [] })],
      [
        'a label of 21 characters',
        template({ template_type: 'button', text: 'Hi', buttons: [{ ...postback, title: 'x'.repeat(21) }] }),
      ],
      [
        'a payload of 1001 characters',
        template({ template_type: 'button', text: 'Hi', buttons: [{ ...postback, payload: 'x'.repeat(1001) }] }),
      ],
      [
        'a button that leads nowhere',
        template({
          template_type: 'button',
          text: 'Hi',
          buttons: [{ type: 'web_url', title: 'Go', url: 'javascript:1' }],
        }),
      ],
      ['a card with a title alone', template({ template_type: 'generic', elements: [{ title: 'Mug' }] })],
      [
        'a title of 81 characters',
        template({ template_type: 'generic', elements: [{ title: 'x'.repeat(81), subtitle: 'y' }] }),
      ],
      [
        'eleven cards',
        template({
          template_type: 'generic',
          elements: Array.from({ length: 11 }, () => ({ title: 'a', subtitle: 'b' })),
        }),
      ],
      [
        '14 quick replies',
        { text: 'Hi', quick_replies: Array.from({ length: 14 }, () => ({ content_type: 'user_phone_number' })) },
      ],
      ['a picture nobody uploaded', { attachment: { type: 'image', payload: { attachment_id: '123456789012345' } } }],
    ];
    for (const [title, message] of cases) {
      it(`refuses ${title}`, async () => {
        const answer = await call('me/messages', { recipient, messaging_type: 'UPDATE', message });
        expect(answer).to.have.nested.property('error.code', 100);
      });
    }

    it('refuses the tags that once went around the window, tokens it does not know and paths that are not there', async () => {
      const tagged = { recipient, messaging_type: 'MESSAGE_TAG', tag: 'ACCOUNT_UPDATE', message: { text: 'Hi' } };
      expect(await call('me/messages', tagged)).to.have.nested.property('error.code', 100);
      expect(await call('me/messages', { recipient }, 'EAAunknown')).to.have.nested.property('error.code', 190);
      expect(await call('me/feed', {})).to.have.nested.property('error.error_subcode', 33);
      expect(await call('me/messages?appsecret_proof=0', { recipient })).to.have.nested.property('error.code', 100);
    });
  });
});
