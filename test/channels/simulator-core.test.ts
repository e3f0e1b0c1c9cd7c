// What every simulator stands on: people who are the same everywhere, updates that arrive in the end, and behaviour.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createActs } from '../../channels/lib/simulator/acts.ts';
import { createCrowd } from '../../channels/lib/simulator/crowd.ts';
import { BLOCKED, Ledger, STARTED, STOPPED } from '../../channels/lib/simulator/ledger.ts';
import { holdMessage, NO_PACE } from '../../channels/lib/simulator/limits.ts';
import { Outbox } from '../../channels/lib/simulator/outbox.ts';
import { personAt } from '../../channels/lib/simulator/people.ts';
import { type Content, createWorld, type SimulatedBot } from '../../channels/lib/simulator/world.ts';
import { until } from '../support/services.ts';

const CONTENT: Content = {
  method: 'send',
  text: 'Hello',
  picture: null,
  buttons: [[{ label: 'Yes', data: 'yes' }], [{ label: 'Phone', contact: true }]],
  links: [],
  details: {},
};

describe('simulated people', () => {
  it('are the same on every messenger, and no two have one e-mail address or phone number', () => {
    const people = Array.from({ length: 5000 }, (_, index) => personAt(index));
    expect(personAt(1234)).to.deep.equal(people[1234]);
    expect(new Set(people.map(({ email }) => email)).size).to.equal(5000);
    expect(new Set(people.map(({ phone }) => phone)).size).to.equal(5000);
    expect(personAt(999_999)).to.include({ email: 'person999999@example.com', phone: '+15550999999' });
    expect(new Set(people.map(({ locale }) => locale))).to.deep.equal(new Set(['en', 'uk', 'ru', 'es', 'vi']));
  });
});

describe('a simulated crowd', () => {
  const told: string[] = [];
  const tell = (what: string) => (_bot: SimulatedBot, index: unknown) => {
    told.push(`${what} ${typeof index === 'object' ? '' : String(index)}`.trim());
  };
  const bot: SimulatedBot = {
    id: '1',
    name: 'Shop',
    username: null,
    credentials: {},
    ledger: new Ledger(),
    updates: { pending: 0, info: () => ({}), close: () => undefined },
    nextAt: 0,
  };
  const world = createWorld({
    channel: 'example',
    botPace: NO_PACE,
    chatPace: NO_PACE,
    now: Date.now,
    random: () => 0,
  });
  const messenger = {
    addressOf: String,
    indexOf: Number,
    createBot: () => bot,
    tell: {
      started: tell('started'),
      stopped: tell('stopped'),
      replied: tell('replied'),
      blocked: tell('blocked'),
      unblocked: tell('unblocked'),
      pressed: tell('pressed'),
      shared: tell('shared'),
      delivered: tell('delivered'),
      opened: tell('opened'),
    },
  };
  const acts = createActs(world, messenger);
  const crowd = createCrowd(world, messenger, acts);
  after(() => crowd.close());

  it('receives, looks, presses and shares; leaves; and comes back', async () => {
    crowd.remember(bot, 0, 2);
    Object.assign(world.behaviour, { read: 1, press: 1, share: 1, reply: 1 });
    expect(crowd.receive(bot, 1, 'm1', CONTENT)).to.include({ channel: 'example', person: 1, messageId: 'm1' });
    await until('everything told', () => told.length >= 5);
    expect(told).to.have.members(['delivered', 'opened', 'pressed', 'shared', 'replied 1']);
    told.length = 0;
    Object.assign(world.behaviour, { read: 0, press: 0, share: 0, reply: 0, deliver: 0, block: 1, comeBack: 1 });
    crowd.receive(bot, 0, 'm2', CONTENT);
    await until('the return', () => told.includes('started 0'));
    expect(told).to.deep.equal(['blocked 0', 'unblocked 0', 'started 0']);
    expect(bot.ledger.state(0)).to.equal(STARTED);
    expect(world.counts).to.include({ received: 2, delivered: 1, read: 1, blocked: 1, cameBack: 1 });
  });

  it('is silent once it has left', async () => {
    told.length = 0;
    Object.assign(world.behaviour, { block: 0, comeBack: 0, reply: 1, unsubscribe: 1 });
    acts.block(bot, 1);
    crowd.receive(bot, 1, 'm3', CONTENT);
    crowd.receive(bot, 0, 'm4', CONTENT);
    await until('the other one left', () => told.includes('stopped 0'));
    expect(told.filter((line) => line.endsWith(' 1'))).to.deep.equal(['blocked 1']);
    expect([bot.ledger.state(0), bot.ledger.state(1)]).to.deep.equal([STOPPED, BLOCKED]);
  });

  it('keeps a thousand messages at least, and two thousand at most', () => {
    Object.assign(world.behaviour, { reply: 0, unsubscribe: 0 });
    for (let sent = 0; sent < 5000; sent += 1) crowd.receive(bot, 0, `n${sent}`, CONTENT);
    expect(world.log.length).to.be.within(1000, 2000);
    expect(world.log.at(-1)?.messageId).to.equal('n4999');
  });

  it('is held to the pace of the bot and of the chat, and a refusal uses up nothing', () => {
    let now = 1000;
    const paced = createWorld({
      channel: 'example',
      botPace: { rate: 2, burst: 2 },
      chatPace: { rate: 1, burst: 1 },
      now: () => now,
      random: () => 0,
    });
    const one = { ...bot, ledger: new Ledger() };
    expect([holdMessage(paced, one, 0), holdMessage(paced, one, 0), holdMessage(paced, one, 1)]).to.deep.equal([
      0, 1000, 0,
    ]);
    expect(holdMessage(paced, one, 2)).to.equal(500);
    now += 500;
    expect(holdMessage(paced, one, 2)).to.equal(0);
    expect(paced.counts.throttled).to.equal(2);
  });
});

describe('updates on their way out', () => {
  const bodies: string[] = [];
  let answers: number[] = [];
  let server: Server;
  let url: string;
  before(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        bodies.push(body);
        response.writeHead(answers.shift() ?? 200).end('ok');
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  const posting = (address: () => string | null) => (item: string) => {
    const target = address();
    return target === null ? null : { url: target, headers: { 'x-signature': 's' }, body: item };
  };

  it('wait for an address, keep their order, and are tried again', async () => {
    let address: string | null = null;
    const outbox = new Outbox<string>({ post: posting(() => address), connections: () => 1, firstRetryMs: 5 });
    for (const item of ['a', 'b', 'c']) outbox.push(item);
    expect([outbox.pending, outbox.waiting]).to.deep.equal([3, ['a', 'b', 'c']]);
    answers = [503, 200, 200, 200];
    address = url;
    outbox.wake();
    await until('all received', () => outbox.pending === 0);
    expect(bodies).to.deep.equal(['a', 'a', 'b', 'c']);
    expect(outbox.lastFault?.message).to.equal('Wrong response from the webhook: 503');
    outbox.close();
  });

  it('come twice where they repeat, and are dropped after the last try', async () => {
    bodies.length = 0;
    const outbox = new Outbox<string>({
      post: posting(() => url),
      connections: () => 1,
      firstRetryMs: 5,
      repeats: () => true,
      tries: () => 2,
      fault: (_status, body) => (body === 'ok' ? null : 'not ok'),
    });
    outbox.push('twice');
    await until('the repeat', () => outbox.pending === 0);
    expect(bodies).to.deep.equal(['twice', 'twice']);
    outbox.close();

    bodies.length = 0;
    const strict = new Outbox<string>({
      post: posting(() => url),
      connections: () => 1,
      firstRetryMs: 5,
      tries: () => 3,
      fault: () => 'never right',
    });
    strict.push('dropped');
    await until('the last try', () => strict.pending === 0);
    expect(bodies).to.deep.equal(['dropped', 'dropped', 'dropped']);
    strict.close();
  });
});
