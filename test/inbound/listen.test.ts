import { expect } from 'chai';
import { createLocalBus } from '../../src/bus.ts';
import type { Channel, Inbound } from '../../src/domain/channel.ts';
import { startListening } from '../../src/inbound/listen.ts';
import { createLog } from '../../src/log.ts';
import { type Bot, getBot, insertBot, sealSecrets, updateBot } from '../../src/store/bots.ts';
import { findConnection } from '../../src/store/connections.ts';
import { onEveryDatabase } from '../support/databases.ts';
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

onEveryDatabase('startListening', (db) => {
  const polled = new PolledChannel();
  const bus = createLocalBus();
  let bot: Bot;
  let running: ReturnType<typeof startListening>;

  before(async () => {
    bot = await insertBot(db(), keyring, {
      channel: 'polled',
      externalId: 'p1',
      name: 'Polled',
      secrets: { credentials: { token: 'one' }, webhookSecret: 's' },
      settings: {},
      profile: { username: null, picture: null, link: null },
      webhookState: 'polling',
      now: NOW,
    });
    running = startListening({
      db: db(),
      keyring,
      channels: new Map([['polled', polled.channel]]),
      config: { apiRoots: {} },
      bus,
      now: Date.now,
      log: createLog('silent'),
    });
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

  it('stops in order', async () => {
    await running.stop();
    expect(polled.listening).to.deep.equal([]);
  });
});
