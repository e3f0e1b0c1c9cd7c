import { expect } from 'chai';
import { createLocalBus } from '../../src/bus.ts';
import type { Channel, Inbound } from '../../src/domain/channel.ts';
import type { Instance } from '../../src/domain/instance.ts';
import { startListening } from '../../src/inbound/listen.ts';
import { createLog } from '../../src/log.ts';
import { type Bot, getBot, insertBot, sealSecrets, updateBot } from '../../src/store/bots.ts';
import { findConnection } from '../../src/store/connections.ts';
import type { Database } from '../../src/store/database.ts';
import { POLL_LEASE_MS } from '../../src/store/polling.ts';
import { databaseKinds, newDatabase, onEveryDatabase } from '../support/databases.ts';
import { keyring, NOW } from '../support/people.ts';
import { plainChannel } from '../support/plain-channel.ts';
import { until } from '../support/services.ts';

/** Hands over what is put into its queue; what could not be stored stays there. */
class PolledChannel {
  readonly queue: { fact: Inbound; fails?: boolean }[] = [];
  /** Tokens of the bots that are being listened to now. */
  readonly listening: string[] = [];
  starts = 0;

  readonly channel: Channel = {
    ...plainChannel('polled'),
    parse: (update) => [update as Inbound],
    listen: async (bot, take, signal) => {
      const token = bot.credentials.token ?? '';
      this.starts += 1;
      this.listening.push(token);
      try {
        while (!signal.aborted) {
          const [next] = this.queue;
          if (next?.fails) {
            next.fails = false;
            throw new Error('the line broke');
          }
          if (next) {
            await take([next.fact]);
            this.queue.shift();
          }
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      } finally {
        this.listening.splice(this.listening.indexOf(token), 1);
      }
    },
  };
}

const started = (address: string): Inbound => ({
  kind: 'subscribed',
  externalId: `s-${address}`,
  at: NOW,
  address,
  ref: null,
});

const polledBot = (db: Database, externalId = 'p1'): Promise<Bot> =>
  insertBot(db, keyring, {
    channel: 'polled',
    externalId,
    name: 'Polled',
    secrets: { credentials: { token: 'one' }, webhookSecret: 's' },
    settings: {},
    profile: { username: null, picture: null, link: null },
    webhookState: 'polling',
    now: NOW,
  });

const listenOver = (
  db: Database,
  { channel }: PolledChannel,
  bus = createLocalBus(),
  owner = 'one-process',
  instance: Pick<Instance, 'isConfirmed'> = { isConfirmed: async () => true },
): ReturnType<typeof startListening> =>
  startListening({
    db,
    keyring,
    channels: new Map([['polled', channel]]),
    config: { apiRoots: {} },
    bus,
    now: Date.now,
    log: createLog('silent'),
    owner,
    instance,
  });

onEveryDatabase('startListening', (db) => {
  const polled = new PolledChannel();
  const bus = createLocalBus();
  let bot: Bot;
  let confirmed = true;
  let running: ReturnType<typeof startListening>;

  before(async () => {
    bot = await polledBot(db());
    running = listenOver(db(), polled, bus, 'one-process', { isConfirmed: async () => confirmed });
    await until('the bot is listened to', () => polled.listening.includes('one'));
  });
  after(() => running.stop());

  it('stores each update before the channel moves on', async () => {
    polled.queue.push({ fact: started('anna') });
    await until('the update is taken', () => polled.queue.length === 0);
    expect((await findConnection(db(), bot.id, 'anna'))?.status).to.equal('active');
  });

  it('notes a broken line and starts again by itself', async () => {
    polled.queue.push({ fact: started('ben'), fails: true });
    await until('the update is taken', () => polled.queue.length === 0);
    expect((await findConnection(db(), bot.id, 'ben'))?.status).to.equal('active');
    expect((await getBot(db(), bot.publicId))?.lastError).to.equal('the line broke');
  });

  it('listens anew with new credentials, goes on undisturbed by other changes, and ends with polling', async () => {
    const starts = polled.starts;
    await updateBot(db(), bot.id, { name: 'Renamed' });
    bus.publish('bot', { id: bot.publicId });
    await updateBot(db(), bot.id, {
      secrets: sealSecrets(keyring, { credentials: { token: 'two' }, webhookSecret: 's' }),
    });
    bus.publish('bot', { id: bot.publicId });
    await until('the new token is used', () => polled.listening.join() === 'two');
    expect(polled.starts).to.equal(starts + 1);
    await updateBot(db(), bot.id, { webhookState: 'set' });
    bus.publish('bot', { id: bot.publicId });
    await until('nobody listens', () => polled.listening.length === 0);
    await updateBot(db(), bot.id, { webhookState: 'polling' });
    bus.publish('bot', { id: bot.publicId });
    await until('it listens again', () => polled.listening.length === 1);
  });

  it('fetches nothing for a restored copy: the updates are the original’s', async () => {
    confirmed = false;
    bus.publish('instance');
    await until('the bot is left alone', () => polled.listening.length === 0);
    confirmed = true;
    bus.publish('instance');
    await until('the bot is listened to again', () => polled.listening.length === 1);
  });

  it('stops in order', async () => {
    await running.stop();
    expect(polled.listening).to.deep.equal([]);
  });
});

describe('listening from several processes', function () {
  this.timeout(60_000);
  let db: Database;
  let bot: Bot;
  let first: PolledChannel;
  let second: PolledChannel;
  const running: ReturnType<typeof startListening>[] = [];
  const listen = (channel: PolledChannel, owner: string): void =>
    void running.push(listenOver(db, channel, createLocalBus(), owner));
  const leave = async (): Promise<void> => running.shift()?.stop();
  /** How often over half a second both were listening, or nobody was. */
  const look = async (): Promise<{ both: number; nobody: number }> => {
    const seen = { both: 0, nobody: 0 };
    const end = performance.now() + 500;
    await until('a while has passed', () => {
      const listening = first.listening.length + second.listening.length;
      if (listening > 1) seen.both += 1;
      if (listening === 0) seen.nobody += 1;
      return performance.now() > end;
    });
    return seen;
  };

  before(async function () {
    if (!databaseKinds().includes('mariadb')) this.skip();
    db = await newDatabase('mariadb');
    bot = await polledBot(db);
  });
  beforeEach(async () => {
    first = new PolledChannel();
    second = new PolledChannel();
    await db('bots').update({ poll_owner: null, poll_until: null });
    listen(first, 'first');
    await until('the first listens', () => first.listening.length === 1);
    listen(second, 'second');
  });
  afterEach(async () => {
    while (running.length > 0) await leave();
  });
  after(() => db?.destroy());

  it('is done by one of them, and by the other at once when that one leaves', async () => {
    expect(await look()).to.deep.equal({ both: 0, nobody: 0 });
    expect(second.starts).to.equal(0);
    await leave();
    await until('the second listens', () => second.listening.length === 1, 3000);
    expect(first.listening).to.deep.equal([]);
  });

  it('goes to one of them whole where its bots share a port, whoever held one of them', async () => {
    while (running.length > 0) await leave();
    const sharedPort = { port: 1, probe: async () => 'ours' as const };
    for (const polled of [first, second]) Object.assign(polled.channel, { sharedPort });
    const starts = first.starts;
    const later = await polledBot(db, 'p2');
    await db('bots').update({ poll_owner: null, poll_until: null });
    await db('bots')
      .where({ id: later.id })
      .update({ poll_owner: 'second', poll_until: Date.now() + 60_000 });
    listen(first, 'first');
    await until('the first listens to both', () => first.listening.length === 2);
    listen(second, 'second');
    expect(await look()).to.include({ nobody: 0 });
    expect([first.starts - starts, second.starts]).to.deep.equal([2, 0]);
    await leave();
    await until('the second listens to both', () => second.listening.length === 2, 3000);
    await updateBot(db, later.id, { webhookState: 'set' });
  });

  it('is taken over within seconds from one that died, which notices when it was only asleep', async () => {
    // As if the first had renewed nothing for so long: its next look finds the bot in other hands.
    await db('bots')
      .where({ id: bot.id })
      .update({ poll_owner: 'a dead process' })
      .decrement('poll_until', POLL_LEASE_MS);
    await until('one of them listens alone', async () => {
      const { poll_owner: owner } = await db('bots').where({ id: bot.id }).first('poll_owner');
      const [ours, theirs] = owner === 'first' ? [first, second] : [second, first];
      return owner !== 'a dead process' && ours.listening.length === 1 && theirs.listening.length === 0;
    });
    expect(await look()).to.deep.equal({ both: 0, nobody: 0 });
  });
});
