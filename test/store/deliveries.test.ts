import { expect } from 'chai';
import { type Repeats, writeCallKey } from '../../src/domain/call-keys.ts';
import { settle } from '../../src/domain/delivery.ts';
import { plan } from '../../src/outbound/planner.ts';
import { leaseCalls } from '../../src/store/calls.ts';
import { type Campaign, moveCampaign } from '../../src/store/campaigns.ts';
import { recipientsPage } from '../../src/store/deliveries.ts';
import { type DueLease, leaseDue, releaseDue, scheduleDue } from '../../src/store/due.ts';
import { newestVersion } from '../../src/store/messages.ts';
import { highestSubscriber } from '../../src/store/planning.ts';
import { recover, type Recovery } from '../../src/store/recovery.ts';
import { readSlice } from '../../src/store/outgoing.ts';
import { stamp } from '../../src/store/sending.ts';
import type { SettledDelivery } from '../../src/store/settled.ts';
import { saveSettled } from '../../src/store/settling.ts';
import { leaseSlice } from '../../src/store/slices.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { dueMailing, expectAudited, manyPeople } from '../support/mailing.ts';
import { aBot } from '../support/people.ts';
import { accept, refuse } from '../support/poison.ts';

const NOW = 1_700_000_000_000;

const lapsed = (botId: number, repeats: Repeats): Recovery => ({
  of: 'lapsed',
  held: { slices: [], singles: [] },
  now: NOW + 1,
  botIds: [botId],
  repeats: () => repeats,
});

onEveryDatabase('deliveries', (db) => {
  let round = 0;

  async function planned(
    people: number,
  ): Promise<{ campaign: Campaign; botId: number; ids: number[]; prefix: string }> {
    round += 1;
    await db()('connections').update({ status: 'unsubscribed' });
    const bot = await aBot(db(), { channel: 'fake' });
    const prefix = `r${round}p`;
    await manyPeople(db(), bot, people, prefix);
    const draft = await dueMailing(db());
    const { id: messageVersionId } = await newestVersion(db(), draft.messageId);
    const planCeiling = await highestSubscriber(db());
    const campaign = await moveCampaign(db(), draft.id, 'start', { now: NOW, planCeiling, messageVersionId });
    await plan({ db: db(), channels: new Map(), now: () => NOW }, campaign, new AbortController().signal, () => {});
    const ids = (await db()('deliveries').where({ campaign_id: campaign.id }).orderBy('id').pluck('id')) as number[];
    return { campaign, botId: bot.id, ids, prefix };
  }

  it('lists recipients by every state and deed, by reason and name, page by page', async () => {
    const { campaign, botId, ids, prefix } = await planned(12);
    const states = ['sent', 'delivered', 'opened', 'failed', 'skipped', 'unconfirmed', 'cancelled', 'sending'];
    for (const [index, state] of states.entries())
      await db()('deliveries')
        .where({ id: ids[index]! })
        .update({ state, reason: state === 'failed' ? 'blocked' : null });
    const deeds = {
      clicked_link: 'link_clicked_at',
      clicked_buy: 'buy_clicked_at',
      clicked_button: 'button_clicked_at',
    };
    for (const [index, column] of Object.values(deeds).entries())
      await db()('deliveries')
        .where({ id: ids[index]! })
        .update({ [column]: NOW + index });
    await db()('deliveries').where({ id: ids[0]! }).update({ replied_at: NOW });
    for (const [index, state] of ['paid', 'new'].entries())
      await db()('orders').insert({
        public_id: `order-${campaign.id}-${index}`,
        source: 'test',
        external_id: `${campaign.id}-${index}`,
        delivery_id: ids[index]!,
        campaign_id: campaign.id,
        bot_id: botId,
        product: 'Tea',
        amount: 1,
        currency: 'EUR',
        state,
        customer: '{}',
        ordered_at: NOW,
      });
    const numbers = async (filter: { state?: string; reason?: string; search?: string }): Promise<number[]> =>
      (await recipientsPage(db(), campaign.id, { limit: 50, ...filter })).items.map(
        (row) => ids.indexOf(row.deliveryId) + 1,
      );
    for (const [index, state] of states.entries()) expect(await numbers({ state }), state).to.deep.equal([index + 1]);
    expect(await numbers({ state: 'planned' })).to.deep.equal([9, 10, 11, 12]);
    expect(await numbers({ state: 'control' })).to.deep.equal([]);
    for (const [index, deed] of Object.keys(deeds).entries())
      expect(await numbers({ state: deed }), deed).to.deep.equal([index + 1]);
    expect(await numbers({ state: 'clicked' })).to.deep.equal([1, 2, 3]);
    expect(await numbers({ state: 'replied' })).to.deep.equal([1]);
    expect(await numbers({ state: 'ordered' })).to.deep.equal([1, 2]);
    expect(await numbers({ state: 'bought' })).to.deep.equal([1]);
    expect(await numbers({ reason: 'blocked' })).to.deep.equal([4]);
    expect(await numbers({ search: `${prefix.toUpperCase()}12` })).to.deep.equal([12]);
    expect(await numbers({ search: '%' }), 'a sign of its own, not any text').to.deep.equal([]);
    const paged: number[] = [];
    let cursor: string | null = '';
    do {
      const page = await recipientsPage(db(), campaign.id, { limit: 5, cursor: cursor || undefined });
      paged.push(...page.items.map((row) => row.deliveryId));
      cursor = page.next;
    } while (cursor);
    expect(paged).to.deep.equal(ids);
  });

  it('takes back from a dead sender what went out in calls that can be repeated, and calls the rest unconfirmed', async () => {
    const { campaign, botId, ids } = await planned(3);
    const lease = { campaignId: campaign.id, botId, owner: 'slow', now: NOW, for: -1, after: 0 };
    const slice = await leaseSlice(db(), lease);
    if (!slice) throw new Error('nothing was planned');
    const leases = { owner: 'slow', botId, slices: [slice.id] };
    const together = ids.slice(0, 2);
    const { stamped } = await stamp(db(), together, NOW, leases, new Map(together.map((id) => [id, 'some-key'])));
    expect([...stamped]).to.have.members(together);
    await stamp(db(), ids.slice(2), NOW);
    expect(await recover(db(), lapsed(botId, 'are_dropped_by_call'))).to.deep.equal({ planned: 2, unconfirmed: 1 });
    const rows = await readSlice(db(), slice, { person: true, window: true, call: true });
    expect(rows.map(({ id, callKey, lastInboundAt }) => ({ id, callKey, lastInboundAt }))).to.deep.equal(
      together.map((id) => ({ id, callKey: 'some-key', lastInboundAt: null })),
    );
  });

  it('leases the later tries of a call all together and once nobody has one of them; a sure answer parts them', async () => {
    const { campaign, botId, ids } = await planned(4);
    const [one = 0, two = 0, three = 0, apart = 0] = ids;
    const key = writeCallKey([one, two, three], NOW);
    await db()('deliveries').whereIn('id', [one, two, three]).update({ call_key: key });
    const tries = ids.map((deliveryId) => ({ deliveryId, botId, campaignId: campaign.id, priority: 0, dueAt: NOW }));
    await scheduleDue(
      db(),
      tries.map((later) => (later.deliveryId === three ? { ...later, dueAt: NOW + 9999 } : later)),
    );
    await db()('due_deliveries').where({ delivery_id: two }).update({ lease_owner: 'other' });
    const lease: DueLease = {
      owner: 'me',
      now: NOW,
      for: 1,
      botId,
      campaignId: campaign.id,
      limit: 2,
      withoutCalls: true,
    };
    const idsOf = (due: { deliveryId: number }[]): number[] => due.map(({ deliveryId }) => deliveryId);
    expect(idsOf(await leaseCalls(db(), lease))).to.deep.equal([]);
    expect(idsOf(await leaseDue(db(), lease))).to.deep.equal([apart]);
    await releaseDue(db(), [two]);
    expect(idsOf(await leaseCalls(db(), lease))).to.have.members([one, two, three]);
    expect(idsOf(await leaseCalls(db(), lease))).to.deep.equal([]);

    await stamp(db(), [one, two], NOW);
    const failed = { status: 'failed' as const, detail: '503' };
    const settled = settle({ attempts: 0, parts: 0, payloads: 1, idempotent: true }, failed, NOW, 0.5);
    const about = { campaignId: campaign.id, botId, subscriberId: 0, connectionId: 0, purpose: 'campaign' as const };
    const how = { ...about, priority: 0, single: true, kept: false, stampedAt: NOW, at: NOW, settled };
    await saveSettled(db(), [
      { ...how, id: one, call: { key, keep: false } },
      { ...how, id: two, call: { key, keep: true } },
    ]);
    expect(await db()('deliveries').whereIn('id', [one, two]).orderBy('id').pluck('call_key')).to.deep.equal([
      null,
      key,
    ]);
  });

  it('leaves alone what another sender has stamped since: a late failure must not send it a second time', async () => {
    const { campaign, botId, ids } = await planned(1);
    const slice = await leaseSlice(db(), {
      campaignId: campaign.id,
      botId,
      owner: 'slow',
      now: NOW,
      for: -1,
      after: 0,
    });
    const [row] = slice ? await readSlice(db(), slice, { person: true }) : [];
    if (!row) throw new Error('nothing was planned');
    await stamp(db(), ids, NOW);
    await recover(db(), lapsed(botId, 'are_dropped'));
    await stamp(db(), ids, NOW + 5);
    const failed = { status: 'failed' as const, detail: 'late' };
    const settled = settle({ attempts: 0, parts: 0, payloads: 1, idempotent: false }, failed, NOW + 6, 0.5);
    await saveSettled(db(), [
      { ...row, priority: 0, single: false, kept: false, stampedAt: NOW, at: NOW + 6, settled },
    ]);
    expect(await db()('deliveries').whereIn('id', ids).pluck('state')).to.deep.equal(['sending']);
    expect(await db()('due_deliveries').where({ campaign_id: campaign.id })).to.deep.equal([]);
  });

  it('believes a late answer to what was called unconfirmed, once, and leaves the rest of the group as it is', async () => {
    const { campaign, botId, ids } = await planned(3);
    const slice = await leaseSlice(db(), {
      campaignId: campaign.id,
      botId,
      owner: 'slow',
      now: NOW,
      for: -1,
      after: 0,
    });
    const rows = slice ? await readSlice(db(), slice, { person: true }) : [];
    await stamp(db(), ids, NOW);
    const dead = await recover(db(), lapsed(botId, 'double'));
    expect(dead).to.deep.equal({ planned: 0, unconfirmed: 3 });
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 3, unconfirmed: 3 });
    const late = rows.map((row, index): SettledDelivery => {
      const outcome =
        index < 2
          ? { status: 'accepted' as const, messageId: `m${index}` }
          : { status: 'failed' as const, detail: 'too late to tell' };
      const settled = settle({ attempts: 0, parts: 0, payloads: 1, idempotent: false }, outcome, NOW + 2, 0.5);
      return { ...row, priority: 0, single: false, kept: false, stampedAt: NOW, at: NOW + 2, settled };
    });
    await saveSettled(db(), late);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 3, sent: 2, unconfirmed: 1 });
    await saveSettled(db(), late);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 3, sent: 2, unconfirmed: 1 });
    expect(await db()('deliveries').whereIn('id', ids).orderBy('id').pluck('external_message_id')).to.deep.equal([
      'm0',
      'm1',
      null,
    ]);
    expect(await db()('due_deliveries').where({ campaign_id: campaign.id })).to.deep.equal([]);
  });

  it('takes back all of a dead sender but the one the database refuses, which stays as it is', async () => {
    const { campaign, botId, ids } = await planned(5);
    const [first, poison, third] = ids as [number, number, number];
    await leaseSlice(db(), { campaignId: campaign.id, botId, owner: 'dead', now: NOW, for: -1, after: 0 });
    await stamp(db(), [first, poison, third], NOW);
    await refuse(db(), `old.id = ${poison}`);
    const faults: unknown[] = [];
    const recovery = { ...lapsed(botId, 'double'), failed: (error: unknown) => void faults.push(error) };
    expect(await recover(db(), recovery)).to.deep.equal({ planned: 0, unconfirmed: 2 });
    expect(faults).to.have.length(1);
    const states = await db()('deliveries').whereIn('id', ids).orderBy('id').pluck('state');
    expect(states).to.deep.equal(['unconfirmed', 'sending', 'unconfirmed', 'planned', 'planned']);
    expect(await db()('slices').where({ campaign_id: campaign.id }).pluck('lease_owner')).to.deep.equal([null]);
    await accept(db());
    expect(await expectAudited(db(), campaign.id)).to.include({ planned: 5, unconfirmed: 2 });
  });
});
