// The signatures once more over real HTTP, against the real webhook router and a real store: what is signed is stored and
// answered, a repeat changes nothing, everything else is a 401 that never touched the store.
import { request as openRequest } from 'node:http';
import { expect } from 'chai';
import { createLocalBus } from '../../src/bus.ts';
import type { Channel, ChannelBot, InboundRequest } from '../../src/domain/channel.ts';
import { webhookRouter } from '../../src/http/webhooks.ts';
import { createLog } from '../../src/log.ts';
import { createMeter } from '../../src/meter.ts';
import { insertBot } from '../../src/store/bots.ts';
import type { Database } from '../../src/store/database.ts';
import { newDatabase } from '../support/databases.ts';
import { keyring } from '../support/people.ts';
import { serve } from '../support/serve.ts';
import { type ConformanceFixtures, type CreateChannel, NOW } from './fixtures.ts';
import { strangerTo, unsigned } from './signatures.ts';

interface Answer {
  status: number;
  body: string;
}

interface World {
  /** Sends the request as it is to the bot's webhook, or to that of the stranger's. */
  send(request: InboundRequest, to?: 'bot' | 'stranger'): Promise<Answer>;
  /** How often the router has asked the store for anything since it was last asked. */
  touches(): number;
  events(): Promise<number>;
  stop(): Promise<void>;
}

export function declareOverHttp(create: CreateChannel, { bot, requests, handshakes = [] }: ConformanceFixtures): void {
  const { right = [], wrong = [], stale = [] } = requests ?? {};
  let world: World;
  before(async () => {
    world = await startWorld(create(), bot, addressOf(right[0] ?? unsigned()));
  });
  after(() => world?.stop());

  const refuses = async (request: InboundRequest, to?: 'bot' | 'stranger'): Promise<void> => {
    const { status, body } = await world.send(request, to);
    expect(status, body).to.equal(401);
    expect(JSON.parse(body)).to.include({ code: 'webhook_unsigned' });
  };

  it('answers a signed request when it is stored; the same again changes nothing', async () => {
    for (const request of right) {
      const first = await world.send(request);
      expect(first.status, first.body).to.be.within(200, 299);
      const stored = await world.events();
      expect((await world.send(request)).status).to.equal(first.status);
      expect(await world.events(), 'events after the repeat').to.equal(stored);
    }
  });

  it('refuses all others with 401 and leaves the store alone', async () => {
    // Both bots are known from here on: finding them is not what is counted.
    for (const to of ['bot', 'stranger'] as const) await refuses(unsigned(), to);
    world.touches();
    for (const { request } of wrong) if (sameAddress(request, right[0])) await refuses(request);
    for (const request of stale) await refuses(request);
    for (const request of right) {
      await refuses({ ...request, headers: {}, query: {}, body: Buffer.from('{}'), url: addressOf(request).href });
      await refuses(request, 'stranger');
    }
    expect(world.touches()).to.equal(0);
  });

  if (handshakes.length > 0) {
    it('answers the question that sets it up, refuses it with a wrong proof, and leaves the store alone', async () => {
      await refuses(unsigned());
      world.touches();
      for (const { title, request, answer } of handshakes) {
        if (answer === null) await refuses(request);
        else expect(await world.send(request), title).to.deep.equal({ status: answer.status, body: answer.body });
      }
      expect(world.touches()).to.equal(0);
    });
  }
}

const addressOf = ({ url }: InboundRequest): URL => {
  const { origin, pathname } = new URL(url);
  return new URL(pathname, origin);
};

/** A request that is wrong only for the address it was signed for cannot be sent to another one here. */
const sameAddress = (request: InboundRequest, other: InboundRequest | undefined): boolean =>
  other !== undefined && addressOf(request).href === addressOf(other).href;

const STRANGER = 'the-stranger';

async function startWorld(channel: Channel, bot: ChannelBot, address: URL): Promise<World> {
  const key = /^\/webhooks\/([^/]+)$/.exec(address.pathname)?.[1] ?? '';
  expect(key, `the url of a request, https://…/webhooks/<key>: ${address.href}`).to.not.equal('');
  const store = await newDatabase('sqlite');
  for (const [webhookKey, account] of [
    [key, bot],
    [STRANGER, strangerTo(bot)],
  ] as const) {
    await insertBot(store, keyring, {
      channel: channel.name,
      externalId: webhookKey === key ? bot.externalId : STRANGER,
      name: bot.name,
      secrets: { credentials: { ...account.credentials }, webhookSecret: account.webhookSecret },
      settings: { apiRoot: bot.apiRoot },
      profile: { username: null, picture: null, link: null },
      webhookState: 'set',
      webhookKey,
      now: NOW,
    });
  }
  const counted = countTouches(store);
  const served = await serve(
    webhookRouter({
      db: counted.db,
      keyring,
      channels: new Map([[channel.name, channel]]),
      config: { apiRoots: {} },
      bus: createLocalBus(),
      now: () => NOW,
      log: createLog('silent'),
      meter: createMeter(),
      publicUrl: () => address.origin,
    }),
  );
  return {
    send: (request, to = 'bot') => send(served.url, request, to === 'bot' ? key : STRANGER),
    touches: counted.touches,
    events: async () => Number(((await store('events').count('* as n').first()) as { n: number }).n),
    async stop() {
      await served.stop();
      await store.destroy();
    },
  };
}

/** Whatever is asked of the store is counted, and then done. */
function countTouches(store: Database): { db: Database; touches(): number } {
  let count = 0;
  const db = new Proxy(store, {
    apply(target, _self, args) {
      count += 1;
      return Reflect.apply(target, undefined, args) as unknown;
    },
    get(target, name) {
      count += 1;
      return Reflect.get(target, name) as unknown;
    },
  });
  return {
    db,
    touches() {
      const before = count;
      count = 0;
      return before;
    },
  };
}

function send(origin: string, { method, headers, query, body, url }: InboundRequest, key: string): Promise<Answer> {
  const given = Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const search = new URL(url).search || (Object.keys(given).length > 0 ? `?${new URLSearchParams(given)}` : '');
  const sent = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return new Promise((resolve, reject) => {
    const request = openRequest(
      `${origin}/webhooks/${key}${search}`,
      { method, headers: { ...sent, ...(method === 'POST' ? { 'content-length': body.length } : {}) } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    request.on('error', reject);
    request.end(method === 'POST' ? body : undefined);
  });
}
