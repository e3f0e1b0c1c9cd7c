import { expect } from 'chai';
import { createLocalBus } from '../../src/bus.ts';
import type { Channel, Inbound } from '../../src/domain/channel.ts';
import { createIntroductions, type Introductions } from '../../src/inbound/introductions.ts';
import { receive } from '../../src/inbound/receive.ts';
import { createLog } from '../../src/log.ts';
import { type Bot, insertBot, toChannelBot } from '../../src/store/bots.ts';
import { findNameless } from '../../src/store/subscribers.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { keyring, NOW } from '../support/people.ts';
import { plainChannel } from '../support/plain-channel.ts';
import { until } from '../support/services.ts';

onEveryDatabase('introductions', (db) => {
  let bot: Bot;
  let asked: string[];
  let introductions: Introductions;
  let made = 0;

  beforeEach(async () => {
    made += 1;
    asked = [];
    introductions = createIntroductions({ db: db(), log: createLog('silent') });
    bot = await insertBot(db(), keyring, {
      channel: 'nameless',
      externalId: `n${made}`,
      name: 'Nameless',
      secrets: { credentials: {}, webhookSecret: 'secret' },
      settings: {},
      profile: { username: null, picture: null, link: null },
      webhookState: 'set',
      now: NOW,
    });
  });

  /** Knows everybody by name, except those it fails over and those it keeps secret. */
  const channel: Channel = {
    ...plainChannel('nameless'),
    profile: async (address) => {
      asked.push(address);
      if (address.startsWith('away')) throw new Error('no answer');
      return address.startsWith('secret') ? null : { firstName: `Name of ${address}`, locale: 'ja' };
    },
  };
  const started = (address: string, firstName?: string): Inbound => ({
    kind: 'subscribed',
    externalId: `start ${address}`,
    at: NOW,
    address,
    ref: null,
    ...(firstName === undefined ? {} : { profile: { firstName } }),
  });
  const meet = async (...facts: Inbound[]): Promise<void> => {
    const deps = {
      db: db(),
      bus: createLocalBus(),
      now: () => NOW,
      trackingKey: Buffer.alloc(32),
      log: createLog('silent'),
    };
    await receive(deps, bot, facts);
    introductions.meet({ channel, channelBot: toChannelBot(bot, keyring, {}) }, facts);
  };
  const isNamed = async (address: string): Promise<boolean> => (await findNameless(db(), bot.id, address)) === null;

  it('asks once for each person who has no name', async () => {
    await meet(started('anna'), started('ben', 'Ben'));
    await meet({ kind: 'replied', externalId: 'r1', at: NOW, address: 'anna', text: 'hi' });
    await until('anna has a name', () => isNamed('anna'));
    expect(asked).to.deep.equal(['anna']);
  });

  it('leaves a person nameless whom the platform does not name, and goes on to the next', async () => {
    await meet(started('away-1'), started('secret-1'), started('carla'));
    await until('carla has a name', () => isNamed('carla'));
    await until('all were asked', async () => asked.length === 3);
    expect([await isNamed('away-1'), await isNamed('secret-1')]).to.deep.equal([false, false]);
  });

  it('asks for nobody of whom only the platform tells', async () => {
    await meet(started('dora'));
    await until('dora has a name', () => isNamed('dora'));
    introductions.meet({ channel, channelBot: toChannelBot(bot, keyring, {}) }, [
      { kind: 'delivered', externalId: 'd1', at: NOW, address: 'emil', messageId: '1', upTo: false },
    ]);
    await meet(started('fritz'));
    await until('fritz has a name', () => isNamed('fritz'));
    expect(asked).to.deep.equal(['dora', 'fritz']);
  });
});
