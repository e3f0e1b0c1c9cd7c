// Mailings that follow people's clocks: planned by zone, sent when a zone's turn comes, everybody explained.
import { expect } from 'chai';
import { plan } from '../../src/outbound/planner.ts';
import type { MailingSettings } from '../../src/domain/mailing-settings.ts';
import { type Campaign, createCampaign, getCampaignById, moveCampaign } from '../../src/store/campaigns.ts';
import { newestVersion } from '../../src/store/messages.ts';
import { highestSubscriber } from '../../src/store/planning.ts';
import { leaseSlice, openRuns } from '../../src/store/slices.ts';
import { readSlice } from '../../src/store/outgoing.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { contentOf, expectAudited, text } from '../support/mailing.ts';
import { aBot, aPerson } from '../support/people.ts';

const AT_SIX = {
  mode: 'person',
  local: '2026-11-22T18:00',
  overlap: 'first',
  passed: 'now',
  zoneless: 'workspace',
} as const;
const DAY = 86_400_000;

onEveryDatabase('planning by the clock', (db) => {
  const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString().slice(5, 16));

  /** Planned as if sending had started at an instant. */
  async function planned(settings: Partial<MailingSettings>, at: string): Promise<Campaign> {
    const now = Date.parse(at);
    const draft = await createCampaign(db(), {
      name: 'Zones',
      content: contentOf(text('Hello')),
      settings,
      staffId: null,
      now,
    });
    await moveCampaign(db(), draft.id, 'schedule', { now, dueAt: now });
    const campaign = await moveCampaign(db(), draft.id, 'start', {
      now,
      planCeiling: await highestSubscriber(db()),
      messageVersionId: (await newestVersion(db(), draft.messageId)).id,
    });
    await plan({ db: db(), channels: new Map(), now: () => now }, campaign, new AbortController().signal, () => {});
    return getCampaignById(db(), campaign.id);
  }

  const outcome = async ({ id }: Campaign): Promise<(string | null)[][]> =>
    (
      (await db()('deliveries')
        .join('subscribers as s', 's.id', 'subscriber_id')
        .where({ campaign_id: id })
        .orderBy('s.id')
        .select('s.first_name', 'state', 'reason', 'deliveries.time_zone')) as Record<string, string | null>[]
    ).map((row) => [row.first_name!, row.state!, row.reason!, row.time_zone!]);

  const dues = async ({ id }: Campaign): Promise<[string | null, string | null][]> =>
    (
      (await db()('slices').where({ campaign_id: id }).orderBy('due_at').select('time_zone', 'due_at')) as {
        time_zone: string | null;
        due_at: number | null;
      }[]
    ).map((row) => [row.time_zone, iso(row.due_at)]);

  before(async () => {
    const bot = await aBot(db(), { channel: 'fake' });
    for (const [firstName, timeZone] of [
      ['Aiko', 'Asia/Tokyo'],
      ['Olena', 'Europe/Kyiv'],
      ['Nobody knows', undefined],
      ['Odd', 'Mars/Base'],
      ['Yuki', 'Asia/Tokyo'],
      ['Ann', 'America/New_York'],
    ] as const) {
      const { id } = await aPerson(db(), { firstName, connections: [{ bot }] });
      await db()('subscribers')
        .where({ id })
        .update({ time_zone: timeZone ?? null });
    }
  });

  it('cuts a slice for each zone, due at its hour, and none for those whose zone is unknown and left out', async () => {
    const campaign = await planned({ when: { ...AT_SIX, zoneless: 'skip' } }, '2026-11-22T09:00:00Z');
    expect(await dues(campaign)).to.deep.equal([
      ['Asia/Tokyo', '11-22T09:00'],
      ['Europe/Kyiv', '11-22T16:00'],
      ['America/New_York', '11-22T23:00'],
    ]);
    expect(await outcome(campaign)).to.deep.equal([
      ['Aiko', 'planned', null, 'Asia/Tokyo'],
      ['Olena', 'planned', null, 'Europe/Kyiv'],
      ['Nobody knows', 'skipped', 'zone_unknown', null],
      ['Odd', 'skipped', 'zone_unknown', null],
      ['Yuki', 'planned', null, 'Asia/Tokyo'],
      ['Ann', 'planned', null, 'America/New_York'],
    ]);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 6, skipped: 2 });
  });

  it('leaves out those whose hour has passed, where that is the rule, and takes the workspace’s clock for the zoneless', async () => {
    const campaign = await planned({ when: { ...AT_SIX, passed: 'skip' } }, '2026-11-22T12:00:00Z');
    expect(await dues(campaign)).to.deep.equal([
      ['Europe/Kyiv', '11-22T16:00'],
      [null, '11-22T18:00'],
      ['America/New_York', '11-22T23:00'],
    ]);
    expect((await outcome(campaign)).filter(([, state]) => state === 'skipped')).to.deep.equal([
      ['Aiko', 'skipped', 'hour_passed', null],
      ['Yuki', 'skipped', 'hour_passed', null],
    ]);
  });

  it('leases a zone from its hour on, and reads that zone’s people only', async () => {
    const campaign = await planned({ when: AT_SIX }, '2026-11-22T00:00:00Z');
    const lease = async (at: string) => {
      const run = (await openRuns(db(), Date.parse(at))).find(({ campaignId }) => campaignId === campaign.id);
      const slice = run && (await leaseSlice(db(), { ...run, owner: 'me', now: Date.parse(at), for: 1, after: 0 }));
      return slice ? (await readSlice(db(), slice, { person: true })).map(({ firstName }) => firstName) : null;
    };
    expect(await lease('2026-11-22T08:59:59Z')).to.equal(null);
    expect(await lease('2026-11-22T09:00:00Z')).to.deep.equal(['Aiko', 'Yuki']);
    expect(await lease('2026-11-22T16:00:00Z')).to.deep.equal(['Olena']);
    expect(await lease('2026-11-22T17:59:59Z')).to.equal(null);
    expect(await lease('2026-11-22T18:00:00Z')).to.deep.equal(['Nobody knows', 'Odd']);
  });

  it('counts what others sent lately, or are about to, against the frequency cap', async () => {
    const now = '2027-03-01T09:00:00Z';
    const cap = { messages: 2, days: 7 };
    const first = await planned({ frequencyCap: null }, now);
    const second = await planned({ frequencyCap: cap }, now);
    expect(await expectAudited(db(), second.id), 'one so far').to.deep.equal({ planned: 6 });
    // One of the first mailing's people was refused: that is not a mailing they got.
    const aiko = (await db()('deliveries').where({ campaign_id: first.id }).min('id as id').first()) as { id: number };
    await db()('deliveries').where(aiko).update({ state: 'failed' });
    const third = await planned({ frequencyCap: cap }, now);
    expect(await expectAudited(db(), third.id)).to.deep.equal({ planned: 6, skipped: 5 });
    expect((await outcome(third)).filter(([, state]) => state === 'planned').map(([name]) => name)).to.deep.equal([
      'Aiko',
    ]);
    // The same mailing in each of their messengers is one.
    await db()('deliveries').where({ campaign_id: second.id }).update({ state: 'failed' });
    const each = await planned({ frequencyCap: null }, now);
    await db()('deliveries').where({ campaign_id: each.id }).update({ cause: 'c:1' });
    const copy = (await db()('deliveries').where({ campaign_id: each.id }).select()) as Record<string, unknown>[];
    await db()('deliveries').insert(copy.map((row) => ({ ...row, id: undefined, cause: 'c:2' })));
    await db()('deliveries').whereIn('campaign_id', [first.id, third.id]).update({ state: 'failed' });
    const fourth = await planned({ frequencyCap: cap }, now);
    expect((await outcome(fourth)).every(([, state]) => state === 'planned')).to.equal(true);
    const later = await planned({ frequencyCap: cap }, new Date(Date.parse(now) + 8 * DAY).toISOString());
    expect(await expectAudited(db(), later.id), 'a week is over').to.deep.equal({ planned: 6 });
  });
});
