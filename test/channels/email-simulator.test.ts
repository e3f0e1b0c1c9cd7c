// The channel against the simulated provider: letters out over SMTP, bounces, answers and complaints back over SMTP, and the
// pixel and the one-click way out over HTTP.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import nodemailer from 'nodemailer';
import { createEmail } from '../../channels/email/index.ts';
import { startEmailSimulator } from '../../channels/email/simulator/index.ts';
import type { RunningSimulator } from '../../channels/lib/simulator/server.ts';
import type { Channel, ChannelBot, Inbound, Outcome } from '../../src/domain/channel.ts';
import type { Message } from '../../src/domain/message.ts';
import { freePort, until } from '../support/services.ts';

const person = (index: number): string => `person${index}@example.com`;

describe('email simulator', () => {
  let simulator: RunningSimulator;
  let web: Server;
  let base: string;
  let channel: Channel;
  let bot: ChannelBot;
  let listening: Promise<void> | undefined;
  const stop = new AbortController();
  const facts: Inbound[] = [];
  const asked: string[] = [];

  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`http://127.0.0.1:${simulator.port}/_control/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as T;
  };
  const act = (index: number, body: object): Promise<unknown> => control('POST', `people/${index}/acts`, body);
  const message: Message = {
    elements: [
      { kind: 'text', text: [{ text: 'Hello' }, { text: ' and more', link: 'https://shop.example/more' }] },
      { kind: 'buttons', rows: [[{ kind: 'link', id: 'go', label: 'Go & see', url: 'https://shop.example' }]] },
    ],
  };
  const send = async (address: string, change: Partial<ChannelBot> = {}): Promise<Outcome | undefined> => {
    const links = {
      button: () => ({ url: `${base}/r/button` }),
      inline: () => `${base}/r/inline`,
      image: () => ({ url: null, media: null }),
      unsubscribe: () => `${base}/u/${address}`,
      pixel: () => `${base}/o/${address}`,
    };
    const [payload = {}] = channel.render(message, links, []);
    return (await channel.deliver([{ payload, address, key: `${address}:0` }], { ...bot, ...change }))[0];
  };
  const factsOf = (index: number): Inbound[] => facts.filter(({ address }) => address === person(index));

  before(async () => {
    simulator = await startEmailSimulator({ port: 0 });
    const mail = { host: '127.0.0.1', port: await freePort() };
    channel = createEmail({ readMedia: async () => null, now: Date.now, allowPrivate: () => true, mail });
    web = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        asked.push(`${request.method} ${request.url} ${Buffer.concat(chunks).toString()}`.trim());
        response.writeHead(200).end();
      });
    });
    await new Promise<void>((resolve) => {
      web.listen(0, '127.0.0.1', resolve);
    });
    base = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    const made = await control<{ id: string; credentials: Record<string, string>; apiRoot: string }>('POST', 'bots', {
      name: 'Shop',
      mailPort: mail.port,
    });
    bot = {
      id: 1,
      publicId: 'bot00001',
      externalId: made.id,
      name: 'Shop',
      credentials: made.credentials,
      apiRoot: made.apiRoot,
      webhookSecret: 'webhook-secret_0123456789',
    };
    expect(await channel.connect(bot, null)).to.include({ externalId: made.id, webhook: 'polling' });
    listening = channel.listen?.(
      bot,
      async (updates) => void facts.push(...updates.flatMap((update) => channel.parse(update, bot, Date.now()))),
      stop.signal,
    );
    await control('POST', 'people', { count: 6, first: 0, pace: 10_000 });
    await until('everyone has subscribed', async () => facts.length === 6);
  });
  after(async () => {
    stop.abort();
    await listening;
    await simulator.close();
    web.close();
    web.closeAllConnections();
  });

  it('has people who subscribe by letter, under their names', () => {
    expect(new Set(facts.map(({ kind }) => kind))).to.deep.equal(new Set(['subscribed']));
    expect(facts.every(({ profile }) => profile?.firstName !== undefined)).to.equal(true);
  });

  it('puts a letter into a mailbox as it is seen there', async () => {
    const taken = await send(person(1));
    expect(taken?.status).to.equal('accepted');
    const { items } = await control<{ items: Record<string, unknown>[] }>('GET', 'messages?person=1');
    expect(items[0]).to.deep.include({
      messageId: taken?.status === 'accepted' ? taken.messageId : '',
      buttons: [[{ label: 'Go & see', url: `${base}/r/button` }]],
      links: [`${base}/r/inline`],
    });
    expect(items[0]?.details).to.include({ subject: 'Hello and more', unsubscribe: `${base}/u/${person(1)}` });
  });

  it('has people who open, answer, leave by one click, and call it spam', async () => {
    for (const index of [1, 2, 3]) await send(person(index));
    await act(1, { act: 'opened' });
    await until('the pixel was fetched', async () => asked.includes(`GET /o/${person(1)}`));
    await act(1, { act: 'reply', text: 'Скільки коштує?' });
    await until('the answer came', async () => factsOf(1).some(({ kind }) => kind === 'replied'));
    expect(factsOf(1).at(-1)).to.include({ text: 'Скільки коштує?' });
    await act(2, { act: 'stop' });
    await until('the POST came', async () => asked.includes(`POST /u/${person(2)} List-Unsubscribe=One-Click`));
    await act(3, { act: 'block' });
    await until('the complaint came', async () => factsOf(3).at(-1)?.kind === 'unsubscribed');
    await act(3, { act: 'start', payload: 'spring' });
    await until('the person is back', async () => factsOf(3).at(-1)?.kind === 'subscribed');
    expect(factsOf(3).at(-1)).to.include({ ref: 'spring' });
  });

  it('takes a letter to nobody, and sends it back', async () => {
    const taken = await send(person(4711));
    expect(taken?.status).to.equal('accepted');
    await until('it came back', async () => factsOf(4711).length === 1);
    expect(factsOf(4711)[0]).to.include({
      kind: 'undelivered',
      reason: 'unreachable',
      connection: 'unreachable',
      messageId: taken?.status === 'accepted' ? taken.messageId : '',
    });
  });

  it('is as strict as large providers', async () => {
    expect(await send('somebody@elsewhere.example')).to.include({ status: 'refused', connection: 'unreachable' });
    const wrong = { ...bot.credentials, password: 'wrong' };
    expect(await send(person(1), { credentials: wrong })).to.include({ status: 'bot_refused' });
    const other = { ...bot.credentials, from: 'other@herald.example' };
    expect((await send(person(1), { credentials: other }))?.status).to.equal('refused');
    const transport = nodemailer.createTransport({
      host: '127.0.0.1',
      port: Number(bot.credentials.port),
      ignoreTLS: true,
      auth: { user: bot.credentials.user ?? '', pass: bot.credentials.password ?? '' },
    });
    const plain = { from: bot.credentials.from ?? '', to: person(1), subject: 'Hi', text: 'Hi', html: '<p>Hi</p>' };
    const fault = await transport.sendMail(plain).catch((error: Error) => error.message);
    expect(fault).to.contain('List-Unsubscribe');
    await control('PATCH', 'behaviour', { botRate: 1 });
    const outcomes = await Promise.all(Array.from({ length: 60 }, () => send(person(5))));
    expect(outcomes.map((outcome) => outcome?.status)).to.include('throttled');
  });
});
