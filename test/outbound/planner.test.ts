import { expect } from 'chai';
import { nextStep, plan } from '../../src/outbound/planner.ts';
import { type Campaign, getCampaignById, moveCampaign } from '../../src/store/campaigns.ts';
import { newestVersion } from '../../src/store/messages.ts';
import { highestSubscriber } from '../../src/store/planning.ts';
import { leaseSlice, SLICE } from '../../src/store/slices.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { dueMailing, expectAudited, manyPeople } from '../support/mailing.ts';
import { aBot } from '../support/people.ts';

const PEOPLE = 1300;

onEveryDatabase('plan', (db) => {
  const deps = () => ({ db: db(), channels: new Map(), now: Date.now });
  const never = new AbortController().signal;

  async function started(): Promise<Campaign> {
    const campaign = await dueMailing(db());
    const version = await newestVersion(db(), campaign.messageId);
    return moveCampaign(db(), campaign.id, 'start', {
      now: Date.now(),
      planCeiling: await highestSubscriber(db()),
      messageVersionId: version.id,
    });
  }

  before(async () => manyPeople(db(), await aBot(db(), { channel: 'fake' }), PEOPLE));

  it('makes one delivery for each person and cuts them into slices', async () => {
    const campaign = await started();
    await plan(deps(), campaign, never, () => {});
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: PEOPLE });
    const slices = await db()('slices').where({ campaign_id: campaign.id }).orderBy('id');
    const covered = slices.map((slice) => slice.last_delivery_id - slice.first_delivery_id + 1);
    expect(Math.max(...covered)).to.be.at.most(SLICE);
    expect(covered.reduce((sum, count) => sum + count, 0)).to.equal(PEOPLE);
  });

  it('leaves each person once when two planners meet', async () => {
    const campaign = await started();
    await Promise.all([plan(deps(), campaign, never, () => {}), plan(deps(), campaign, never, () => {})]);
    await plan(deps(), await getCampaignById(db(), campaign.id), never, () => {});
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: PEOPLE });
  });

  it('does not plan who came after the start', async () => {
    const campaign = await started();
    await manyPeople(db(), await aBot(db(), { channel: 'fake' }), 5, 'late');
    await plan(deps(), campaign, never, () => {});
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: PEOPLE });
  });

  it('leases each slice to one owner', async () => {
    const campaign = await started();
    await plan(deps(), campaign, never, () => {});
    const [{ bot_id: botId }] = await db()('slices').where({ campaign_id: campaign.id }).limit(1);
    const lease = (owner: string) =>
      leaseSlice(db(), { campaignId: campaign.id, botId, owner, now: Date.now(), for: 1, after: 0 });
    const leased = await Promise.all(Array.from({ length: 6 }, (_, index) => lease(`owner-${index}`)));
    const ids = leased.flatMap((slice) => (slice ? [slice.id] : []));
    expect(new Set(ids).size).to.equal(ids.length);
    expect(ids.length).to.equal(
      await db()('slices')
        .where({ campaign_id: campaign.id, bot_id: botId })
        .then((rows) => rows.length),
    );
  });
});

describe('nextStep', () => {
  it('grows while a range takes less than its time and shrinks when it takes more', () => {
    expect(nextStep(500, 2, 8)).to.equal(2000);
    expect(nextStep(500, 0.1, 8)).to.equal(2000);
    expect(nextStep(500, 16, 8)).to.equal(250);
    expect(nextStep(50_000, 1, 8)).to.equal(50_000);
  });
});
