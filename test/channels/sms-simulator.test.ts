// The channel against the simulated platform, over real sockets in both directions.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createHttpClient } from '../../channels/lib/http.ts';
import type { RunningSimulator } from '../../channels/lib/simulator/server.ts';
import { createSms } from '../../channels/sms/index.ts';
import { startSmsSimulator } from '../../channels/sms/simulator/index.ts';
import type { Channel, ChannelBot, Inbound, InboundRequest, Outcome } from '../../src/domain/channel.ts';
import { until } from '../support/services.ts';

const phone = (person: number): string => `+1555${String(person).padStart(7, '0')}`;

describe('sms simulator', () => {
  let simulator: RunningSimulator;
  let origin: string;
  let webhook: Server;
  let webhookUrl: string;
  let channel: Channel;
  let bot: ChannelBot;
  const facts: Inbound[] = [];
  let unsigned = 0;
  /** So many requests more are answered with a 503. */
  let away = 0;

  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${origin}/_control/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as T;
  };
  const act = (person: number, body: object): Promise<unknown> => control('POST', `people/${person}/acts`, body);
  const send = async (address: string, body: string, change: Partial<ChannelBot> = {}): Promise<Outcome | undefined> =>
    (await channel.deliver([{ payload: { body }, address, key: '1:0' }], { ...bot, ...change }))[0];
  const kindsOf = (person: number): string[] =>
    facts.filter(({ address }) => address === phone(person)).map(({ kind }) => kind);

  before(async () => {
    simulator = await startSmsSimulator({ port: 0, local: true });
    origin = `http://127.0.0.1:${simulator.port}`;
    channel = createSms({ http: createHttpClient({ allowPrivate: () => true }), now: Date.now });
    webhook = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const headers = Object.fromEntries(
          Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
        );
        const body = Buffer.concat(chunks);
        const request: InboundRequest = { method: 'POST', headers, query: {}, body, url: webhookUrl };
        if (channel.verify(request, bot) !== true) unsigned += 1;
        if (away > 0) {
          away -= 1;
          response.writeHead(503).end();
          return;
        }
        const update = channel.read?.(request);
        facts.push(...channel.parse(update, bot, Date.now()));
        const answer = channel.answer?.(update, bot);
        response.writeHead(200, { 'content-type': answer?.type ?? 'text/plain' }).end(answer?.body);
      });
    });
    await new Promise<void>((resolve) => {
      webhook.listen(0, '127.0.0.1', resolve);
    });
    webhookUrl = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/webhooks/key`;
    const { id, credentials } = await control<{ id: string; credentials: Record<string, string> }>('POST', 'bots', {});
    bot = {
      id: 1,
      publicId: 'bot00001',
      externalId: id,
      name: 'Shop',
      credentials,
      apiRoot: origin,
      webhookSecret: 'x',
      webhookUrl,
    };
    const profile = await channel.connect(bot, webhookUrl);
    expect(profile).to.include({ externalId: id, webhook: 'set', name: 'Simulated shop' });
    await control('POST', 'people', { count: 6, first: 0, pace: 10_000 });
    await until('everyone has started', async () => facts.length === 6);
  });
  after(async () => {
    await simulator.close();
    webhook.close();
    webhook.closeAllConnections();
  });

  it('reports the fate of each message by callbacks that are signed', async () => {
    const taken = await send(phone(1), 'Hello €');
    expect(taken?.status).to.equal('accepted');
    await until('it is delivered', async () => kindsOf(1).includes('delivered'));
    const receipt = facts.find(({ kind }) => kind === 'delivered');
    expect(receipt).to.include({ messageId: taken?.status === 'accepted' ? taken.messageId : '' });
    expect(unsigned).to.equal(0);
    const { items } = await control<{ items: { text: string; details: object }[] }>('GET', 'messages?person=1');
    expect(items[0]).to.deep.include({ text: 'Hello €', details: { encoding: 'gsm7', segments: 1 } });
  });

  it('counts the parts of a long text by its alphabet', async () => {
    await send(phone(1), 'ї'.repeat(150));
    const { items } = await control<{ items: { details: object }[] }>('GET', 'messages?person=1&limit=1');
    expect(items[0]?.details).to.deep.equal({ encoding: 'ucs2', segments: 3 });
  });

  it('takes STOP and START, and refuses who has left', async () => {
    await act(2, { act: 'stop' });
    await until('the person has left', async () => kindsOf(2).includes('unsubscribed'));
    expect(await send(phone(2), 'Hello')).to.include({ status: 'refused', connection: 'unsubscribed' });
    await act(2, { act: 'start', payload: 'spring' });
    await until('the person is back', async () => kindsOf(2).at(-1) === 'subscribed');
    expect(facts.at(-1)).to.include({ ref: 'spring' });
    expect((await send(phone(2), 'Hello'))?.status).to.equal('accepted');
  });

  it('takes a message to a phone that blocks it, or to nobody, and tells later', async () => {
    await act(3, { act: 'block' });
    for (const [person, connection] of [
      [3, 'blocked'],
      [999, 'unreachable'],
    ] as const) {
      expect((await send(phone(person), 'Hello'))?.status).to.equal('accepted');
      await until('it is undelivered', async () => kindsOf(person).includes('undelivered'));
      expect(facts.findLast(({ address }) => address === phone(person))).to.include({ connection });
    }
  });

  it('brings what people write', async () => {
    await act(4, { act: 'reply', text: 'Скільки коштує?' });
    await until('it came', async () => kindsOf(4).includes('replied'));
    expect(facts.findLast(({ kind }) => kind === 'replied')).to.include({ text: 'Скільки коштує?' });
  });

  it('comes again after a bad answer where the address asks for it, as the one of ours does, and nowhere else', async () => {
    away = 1;
    await act(4, { act: 'reply', text: 'Still there?' });
    await until('it came again', () => facts.some((fact) => fact.kind === 'replied' && fact.text === 'Still there?'));

    const { accountSid = '', authToken = '' } = bot.credentials;
    const point = (SmsUrl: string): Promise<Response> =>
      fetch(`${origin}/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers/PN${accountSid.slice(2)}.json`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
        body: new URLSearchParams({ SmsUrl }),
      });
    expect((await point(webhookUrl)).status).to.equal(200);
    away = 1;
    await act(4, { act: 'reply', text: 'Lost' });
    await until('it was answered badly', () => away === 0);
    await until('nothing is on its way', async () => {
      const { bots } = await control<{ bots: { updates: { pending: number } }[] }>('GET', 'state');
      return bots.every(({ updates }) => updates.pending === 0);
    });
    expect(facts.some((fact) => fact.kind === 'replied' && fact.text === 'Lost')).to.equal(false);
    await channel.connect(bot, webhookUrl);
  });

  it('is as strict as the platform', async () => {
    expect(await send('12345', 'Hello')).to.include({ status: 'refused', connection: 'unreachable' });
    expect(await send(phone(5), 'x'.repeat(1601))).to.include({ status: 'refused', reason: 'content_refused' });
    expect(await send(phone(5), '')).to.include({ status: 'refused', reason: 'content_refused' });
    const strangers = { ...bot.credentials, from: '+15005559999' };
    expect(await send(phone(5), 'Hello', { credentials: strangers })).to.include({ status: 'bot_refused' });
    const wrong = { ...bot.credentials, authToken: 'f'.repeat(32) };
    expect(await send(phone(5), 'Hello', { credentials: wrong })).to.include({ status: 'bot_refused' });
    await control('PATCH', 'behaviour', { botRate: 1 });
    const outcomes = await Promise.all(Array.from({ length: 60 }, () => send(phone(5), 'Hello')));
    expect(outcomes.map((outcome) => outcome?.status)).to.include('throttled');
    await control('PATCH', 'behaviour', { botRate: null });
  });
});
