// A messenger's simulator in a process of its own, and a webhook that handles requests as Herald does: question, check,
// reading, answer. What arrives is kept for the test to look at.
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Channel, ChannelBot, Envelope, Inbound, InboundRequest, Outcome } from '../../src/domain/channel.ts';
import { fit } from '../../src/domain/fit.ts';
import type { Element } from '../../src/domain/message.ts';
import { until } from './services.ts';

const ENTRY = fileURLToPath(new URL('../../src/simulator.ts', import.meta.url));
export const LINK = 'http://127.0.0.1:1/r/token';

export interface Simulated {
  origin: string;
  bot: ChannelBot;
  /** Facts that came, in their order. */
  facts: Inbound[];
  requests: InboundRequest[];
  /** So many requests are answered with 500 before one is taken. */
  failures: number;
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  act(person: number, body: object): Promise<unknown>;
  /** A new bot, connected, and so many people who started it; what came till then is forgotten. */
  newBot(people: number): Promise<void>;
  addressOf(person: number): Promise<string>;
  envelopes(person: number, elements: Element[], key?: string): Promise<Envelope[]>;
  /** Part by part, as the engine does. */
  send(person: number, elements: Element[], key?: string): Promise<Outcome[]>;
  /** The last message a person received. */
  received(person: number): Promise<Record<string, unknown> | undefined>;
  waitFor(kind: Inbound['kind'], person: number): Promise<Inbound>;
  close(): void;
}

export async function startSimulated(name: string, channel: Channel): Promise<Simulated> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', ENTRY, '--channel', name, '--port', '0', '--local'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const line = await new Promise<string>((resolve) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()));
  });
  const { port } = JSON.parse(line) as { port: number };
  const origin = `http://127.0.0.1:${port}`;

  const webhook: Server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '', webhookUrl);
      const request: InboundRequest = {
        method: incoming.method ?? '',
        headers: Object.fromEntries(Object.entries(incoming.headers).map(([key, value]) => [key, String(value)])),
        query: Object.fromEntries(url.searchParams),
        body: Buffer.concat(chunks),
        url: url.href,
      };
      const greeting = channel.handshake?.(request, simulated.bot);
      if (greeting) return void response.writeHead(greeting.status).end(greeting.body);
      if (channel.verify(request, simulated.bot) !== true) return void response.writeHead(401).end();
      simulated.requests.push(request);
      if (simulated.failures > 0) {
        simulated.failures -= 1;
        return void response.writeHead(500).end();
      }
      const update: unknown = channel.read ? channel.read(request) : JSON.parse(request.body.toString('utf8'));
      simulated.facts.push(...channel.parse(update, simulated.bot, Date.now()));
      const answer = channel.answer?.(update, simulated.bot);
      response
        .writeHead(answer?.status ?? 200, { 'content-type': answer?.type ?? 'text/plain' })
        .end(answer?.body ?? '');
    });
  });
  await new Promise<void>((resolve) => {
    webhook.listen(0, '127.0.0.1', resolve);
  });
  const webhookUrl = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/webhooks/key`;

  const links = {
    button: (id: string) => ({ url: LINK, token: `token-${id}` }),
    inline: () => LINK,
    image: () => ({ url: 'http://127.0.0.1:1/media/abcd1234', media: 'abcd1234' }),
    unsubscribe: () => LINK,
    pixel: () => LINK,
  };

  const addressBook = new Map<number, string>();

  const simulated: Simulated = {
    origin,
    bot: {
      id: 5,
      publicId: 'bot00005',
      externalId: '',
      name: 'Shop',
      credentials: {},
      apiRoot: origin,
      webhookSecret: 'webhook-secret_0123',
    },
    facts: [],
    requests: [],
    failures: 0,
    async control(method, path, body) {
      const answer = await fetch(`${origin}/_control/${path}`, {
        method,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return (await answer.json()) as never;
    },
    act: (person, body) => simulated.control('POST', `people/${person}/acts`, body),
    async newBot(people) {
      const made = await simulated.control<{ credentials: Record<string, string> }>('POST', 'bots', {});
      simulated.bot = { ...simulated.bot, credentials: made.credentials };
      simulated.bot.externalId = (await channel.check(simulated.bot)).externalId;
      await simulated.control('PATCH', 'behaviour', { deliver: 0 });
      await channel.connect(simulated.bot, webhookUrl);
      simulated.facts.length = 0;
      await simulated.control('POST', 'people', { count: people, first: 0, pace: 10_000 });
      const started = () =>
        new Set(simulated.facts.flatMap(({ kind, address }) => (kind === 'subscribed' ? address : [])));
      await until('everyone has started', () => started().size === people);
      simulated.facts.length = 0;
      simulated.requests.length = 0;
    },
    async addressOf(person) {
      const known = addressBook.get(person);
      if (known !== undefined) return known;
      const { addresses } = await simulated.control<{ addresses: string[] }>('GET', `people?first=${person}&count=1`);
      addressBook.set(person, addresses[0] ?? '');
      return addresses[0] ?? '';
    },
    async envelopes(person, elements, key = String(person)) {
      const address = await simulated.addressOf(person);
      const payloads = channel.render(fit({ elements }, channel.capabilities).message, links, []);
      return payloads.map((payload, part) => ({ payload, address, key: `${key}-${part}` }));
    },
    async send(person, elements, key) {
      const outcomes: Outcome[] = [];
      for (const envelope of await simulated.envelopes(person, elements, key))
        outcomes.push(...(await channel.deliver([envelope], simulated.bot)));
      return outcomes;
    },
    async received(person) {
      const path = `messages?person=${person}&limit=1`;
      return (await simulated.control<{ items: Record<string, unknown>[] }>('GET', path)).items[0];
    },
    async waitFor(kind, person) {
      const address = await simulated.addressOf(person);
      const found = (): Inbound | undefined =>
        simulated.facts.find((fact) => fact.kind === kind && fact.address === address);
      await until(`${kind} by person ${person}`, () => found() !== undefined);
      return found()!;
    },
    close() {
      child.kill();
      webhook.close();
      webhook.closeAllConnections();
    },
  };
  return simulated;
}
