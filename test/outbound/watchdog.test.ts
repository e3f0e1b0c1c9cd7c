// A messenger whose answer never comes, not even as an error: the lane is left, its work taken up, and nobody gets a
// second copy.
import { expect } from 'chai';
import { createLocalBus } from '../../src/bus.ts';
import type { Channel, Envelope, Outcome } from '../../src/domain/channel.ts';
import { createLog } from '../../src/log.ts';
import { createMeter, type Meter } from '../../src/meter.ts';
import { type Outbound, startOutbound } from '../../src/outbound/index.ts';
import { readFindings } from '../../src/store/findings.ts';
import { getCampaignById } from '../../src/store/campaigns.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { dueMailing, expectAudited, manyPeople } from '../support/mailing.ts';
import { aBot, keyring } from '../support/people.ts';
import { PLAIN_CAPABILITIES, plainChannel } from '../support/plain-channel.ts';
import { until } from '../support/services.ts';

/** Never answers the first message, and everything else at once; counts what reached each person. */
function silentOnce(name: string, idempotent: boolean): Channel & { got: Map<string, string[]>; answerNow(): void } {
  const got = new Map<string, string[]>();
  let release: (() => void) | null = null;
  const deliver = async ([envelope]: readonly Envelope[]): Promise<Outcome[]> => {
    const { address = '', key = '' } = envelope ?? {};
    const keys = got.get(address) ?? [];
    // A platform that drops repeats shows the message once.
    if (!(idempotent && keys.includes(key))) got.set(address, [...keys, key]);
    if (release === null) await new Promise<void>((resolve) => (release = resolve));
    return [{ status: 'accepted', messageId: `m-${key}` }];
  };
  const capabilities = { ...PLAIN_CAPABILITIES, idempotent, rate: { mailing: 25, bot: null, chat: null } };
  return { ...plainChannel(name), capabilities, deliver, got, answerNow: () => release?.() };
}

onEveryDatabase('the watchdog', (db) => {
  let outbound: Outbound | null = null;

  const start = (channel: Channel, meter: Meter): Outbound =>
    startOutbound({
      db: db(),
      keyring,
      channels: new Map([[channel.name, channel]]),
      apiRoots: {},
      bus: createLocalBus(),
      log: createLog('silent'),
      now: Date.now,
      random: Math.random,
      publicUrl: () => 'https://herald.example',
      owner: `watched-${channel.name}`,
      meter,
      stuckAfterMs: 2_000,
    });
  afterEach(async () => {
    await outbound?.stop();
    outbound = null;
  });

  for (const idempotent of [false, true]) {
    it(`leaves a lane whose messenger never answers, ${idempotent ? 'where repeats are dropped' : 'and repeats nothing'}`, async () => {
      const channel = silentOnce(idempotent ? 'once' : 'silent', idempotent);
      const bot = await aBot(db(), { channel: channel.name });
      await db()('connections').update({ status: 'unsubscribed' });
      await manyPeople(db(), bot, 30, channel.name);
      const campaign = await dueMailing(db());
      const meter = createMeter();
      outbound = start(channel, meter);
      await until('the lane is called stuck', async () => meter.stuck > 0);
      await until('it is told', async () =>
        (await readFindings(db())).some(({ about }) => about === campaign.publicId),
      );
      // Its lease lasts longer than a test may: as if the half minute had passed.
      await db()('slices').where({ campaign_id: campaign.id, done: 0 }).update({ lease_until: 1 });
      await until('the mailing is sent', async () => (await getCampaignById(db(), campaign.id)).state === 'sent');
      await until('nothing is told any more', async () => (await readFindings(db())).length === 0);
      const unconfirmed = idempotent ? {} : { unconfirmed: 1 };
      expect(await expectAudited(db(), campaign.id)).to.deep.equal({
        planned: 30,
        sent: idempotent ? 30 : 29,
        ...unconfirmed,
      });
      // The answer comes after all: it settles the one that was unconfirmed, and disturbs nothing else.
      channel.answerNow();
      await until('all are settled', async () => (await expectAudited(db(), campaign.id)).sent === 30);
      expect([...channel.got.values()].map((keys) => keys.length)).to.deep.equal(Array.from({ length: 30 }, () => 1));
    });
  }
});
