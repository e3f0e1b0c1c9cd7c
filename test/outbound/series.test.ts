// Starts over time, with a clock that is moved by hand: repeated mailings, and those that could not start in time.
import { expect } from 'chai';
import type { MailingSettings } from '../../src/domain/mailing-settings.ts';
import {
  type Campaign,
  createCampaign,
  getCampaignById,
  moveCampaign,
  patchCampaign,
} from '../../src/store/campaigns.ts';
import { continueCampaign, skipStart, unscheduleCampaign } from '../../src/store/series.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { engineWorld } from '../support/engine-world.ts';
import { contentOf, expectAudited, text } from '../support/mailing.ts';
import { until } from '../support/services.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NINE = Date.UTC(2027, 2, 1, 9);
const DAILY = { cron: '0 9 * * *', zone: 'UTC', until: null, times: null };

onEveryDatabase('starts', (db) => {
  const world = engineWorld(db);
  let clock = NINE;

  async function scheduled(settings: Partial<MailingSettings>, dueAt = NINE): Promise<Campaign> {
    clock = NINE - HOUR;
    const draft = await createCampaign(db(), {
      name: 'Series',
      content: contentOf(text('First')),
      settings: { speed: null, ...settings },
      staffId: null,
      now: clock,
    });
    return moveCampaign(db(), draft.id, 'schedule', { now: clock, dueAt });
  }
  const start = (): Promise<void> => world.start({ now: () => clock }).idle();
  async function at(time: number): Promise<void> {
    clock = time;
    await world.rig.idle();
  }
  const now = (campaign: Campaign): Promise<Campaign> => getCampaignById(db(), campaign.id);
  const texts = (): string[] => world.sink.arrivals.map(({ body }) => (/First|Second/.exec(body) ?? [''])[0]);
  const causes = ({ id }: Campaign): Promise<string[]> =>
    db()('deliveries').where({ campaign_id: id }).orderBy('id').pluck('cause');

  afterEach(() => db()('campaigns').update({ state: 'sent' }));

  describe('of a repeated mailing', () => {
    it('reach everyone once each, with the newest message, and end after so many', async () => {
      await world.people(2);
      const campaign = await scheduled({ repeat: { ...DAILY, times: 2 } });
      await start();
      expect(world.sink.arrivals).to.deep.equal([]);
      await at(NINE + 1000);
      expect(await now(campaign)).to.include({ state: 'scheduled', starts: 1, dueAt: NINE + DAY });
      const { version } = await now(campaign);
      await patchCampaign(db(), campaign.id, { version, content: contentOf(text('Second')) }, clock);
      await at(NINE + DAY - 1000);
      expect(texts()).to.deep.equal(['First', 'First']);
      await at(NINE + DAY);
      expect(texts()).to.deep.equal(['First', 'First', 'Second', 'Second']);
      expect(await now(campaign)).to.include({ state: 'sent', starts: 2 });
      expect(await causes(campaign)).to.deep.equal([
        '20270301T090000Z',
        '20270301T090000Z',
        '20270302T090000Z',
        '20270302T090000Z',
      ]);
      expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 4, sent: 4 });
    });

    it('collapse into the newest when several were missed', async () => {
      await world.people(1);
      const campaign = await scheduled({ repeat: DAILY });
      clock = NINE + 4 * DAY + 60_000;
      await start();
      expect(await causes(campaign)).to.deep.equal(['20270305T090000Z']);
      expect(await now(campaign)).to.include({ state: 'scheduled', starts: 1, dueAt: NINE + 5 * DAY });
    });

    it('ask when they are too late, unless the next one is nearer', async () => {
      await world.people(1);
      const campaign = await scheduled({ repeat: DAILY });
      clock = NINE + 3 * HOUR;
      await start();
      expect(await now(campaign)).to.include({ state: 'stopped', reason: 'too_late', dueAt: NINE, starts: 0 });
      const nearer = await scheduled({ repeat: DAILY });
      await at(NINE + 20 * HOUR);
      expect(await now(nearer)).to.include({ state: 'scheduled', reason: null, dueAt: NINE + DAY, starts: 0 });
      await skipStart(db(), await now(campaign), clock);
      expect(await now(campaign)).to.include({ state: 'scheduled', dueAt: NINE + DAY });
      expect(world.sink.arrivals).to.deep.equal([]);
    });

    it('go on without those a stopped start had not reached, when its rest is given up', async () => {
      await world.people(3);
      const campaign = await scheduled({ repeat: DAILY, speed: 1 });
      await start();
      clock = NINE;
      void world.rig.idle();
      await until('somebody got it', () => world.sink.arrivals.length > 0);
      await moveCampaign(db(), campaign.id, 'stop', { now: clock });
      await world.rig.idle();
      await skipStart(db(), await now(campaign), clock);
      const { sent = 0, cancelled = 0, planned } = await expectAudited(db(), campaign.id);
      expect({ planned, all: sent + cancelled }).to.deep.equal({ planned: 3, all: 3 });
      expect(cancelled).to.be.greaterThan(0);
      expect(await now(campaign)).to.include({ state: 'scheduled', dueAt: NINE + DAY });
      const { version } = await now(campaign);
      await patchCampaign(db(), campaign.id, { version, settings: { speed: null } }, clock);
      await at(NINE + DAY);
      expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 6, sent: sent + 3, cancelled });
    });

    it('are no more once the series is ended between two of them', async () => {
      await world.people(1);
      const campaign = await scheduled({ repeat: DAILY });
      clock = NINE;
      await start();
      await unscheduleCampaign(db(), await now(campaign), clock);
      await at(NINE + DAY);
      expect(await now(campaign)).to.include({ state: 'sent', starts: 1 });
      expect(world.sink.arrivals).to.have.length(1);
    });
  });

  describe('that are late', () => {
    it('happen within the latest minutes, and ask after them with nothing planned', async () => {
      await world.people(1);
      const inTime = await scheduled({ latest: 30 });
      const tooLate = await scheduled({ latest: 29 });
      const whenever = await scheduled({ latest: null });
      clock = NINE + HOUR / 2;
      await start();
      expect((await now(inTime)).state).to.equal('sent');
      expect((await now(whenever)).state).to.equal('sent');
      expect(await now(tooLate)).to.include({ state: 'stopped', reason: 'too_late', dueAt: NINE });
      expect(await causes(tooLate)).to.deep.equal([]);
    });

    it('happen when a person says so, however late', async () => {
      await world.people(2);
      const campaign = await scheduled({});
      clock = NINE + 5 * DAY;
      await start();
      await continueCampaign(db(), await now(campaign), clock);
      await world.rig.idle();
      expect(await now(campaign)).to.include({ state: 'sent', lateAccepted: true });
      expect(world.sink.arrivals).to.have.length(2);
    });

    it('are taken back to a draft instead', async () => {
      await world.people(1);
      const campaign = await scheduled({});
      clock = NINE + 5 * DAY;
      await start();
      await unscheduleCampaign(db(), await now(campaign), clock);
      expect(await now(campaign)).to.include({ state: 'draft', dueAt: null });
    });

    it('wait for a bot that may send, and ask when none could within the latest minutes', async () => {
      const { bot } = await world.people(1);
      await db()('bots').update({ status: 'paused' });
      const campaign = await scheduled({});
      const asked = await scheduled({ latest: 1 });
      clock = NINE;
      await start();
      expect((await now(campaign)).state).to.equal('scheduled');
      await at(NINE + 2 * 60_000);
      expect(await now(asked)).to.include({ state: 'stopped', reason: 'too_late' });
      await db()('bots').where({ id: bot.id }).update({ status: 'connected' });
      await world.rig.idle();
      expect((await now(campaign)).state).to.equal('sent');
    });
  });

  describe('by local time', () => {
    const AT_NINE = {
      mode: 'person',
      local: '2027-03-01T09:00',
      overlap: 'first',
      passed: 'now',
      zoneless: 'workspace',
    } as const;

    /** Three people: nine o'clock in Tokyo is midnight in UTC, in London it is nine, in New York two in the afternoon. */
    async function abroad(): Promise<string[]> {
      const { prefix } = await world.people(3);
      const names = ['Asia/Tokyo', 'Europe/London', 'America/New_York'];
      for (const [index, zone] of names.entries())
        await db()('subscribers')
          .where({ first_name: `${prefix}${index + 1}` })
          .update({ time_zone: zone });
      return names.map((_, index) => `${prefix}${index + 1}`);
    }
    const reached = (): string[] => world.sink.arrivals.map(({ address }) => address);

    it('come to each zone at its hour, and the mailing is sent after the last', async () => {
      const [tokyo, london, newYork] = await abroad();
      const campaign = await scheduled({ when: AT_NINE }, NINE - 9 * HOUR);
      clock = NINE - 9 * HOUR;
      await start();
      expect(reached()).to.deep.equal([tokyo]);
      await at(NINE - 1);
      expect(reached()).to.deep.equal([tokyo]);
      await at(NINE);
      expect(reached()).to.deep.equal([tokyo, london]);
      expect((await now(campaign)).state).to.equal('sending');
      await at(NINE + 5 * HOUR);
      expect(reached()).to.deep.equal([tokyo, london, newYork]);
      expect((await now(campaign)).state).to.equal('sent');
    });

    it('stop and ask where a zone was missed by more than the latest minutes, and go on when told to', async () => {
      const [tokyo, london] = await abroad();
      const campaign = await scheduled({ when: AT_NINE }, NINE - 9 * HOUR);
      clock = NINE - 9 * HOUR;
      await start();
      await world.rig.stop();
      clock = NINE + 2 * HOUR;
      await start();
      expect(await now(campaign)).to.include({ state: 'stopped', reason: 'too_late' });
      expect(reached()).to.deep.equal([tokyo]);
      await continueCampaign(db(), await now(campaign), clock);
      await world.rig.idle();
      expect(reached()).to.deep.equal([tokyo, london]);
      expect((await now(campaign)).state).to.equal('sending');
    });
  });
});
