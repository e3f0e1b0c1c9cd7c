// What may come between a refusal and the next connection: the same answer twice, a sender that died, a person who says
// no meanwhile, a sender that does not know yet. In none of it may anybody be lost, doubled or miscounted.
import { expect } from 'chai';
import { settle } from '../../src/domain/delivery.ts';
import { plan } from '../../src/outbound/planner.ts';
import { audit } from '../../src/stats/audit.ts';
import type { Bot } from '../../src/store/bots.ts';
import { type Campaign, moveCampaign } from '../../src/store/campaigns.ts';
import { newestVersion } from '../../src/store/messages.ts';
import { highestSubscriber } from '../../src/store/planning.ts';
import { recover } from '../../src/store/recovery.ts';
import { stamp } from '../../src/store/sending.ts';
import type { SettledDelivery } from '../../src/store/settled.ts';
import { saveSettled } from '../../src/store/settling.ts';
import { skipDeliveries } from '../../src/store/skipping.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { dueMailing } from '../support/mailing.ts';
import { aBot, aPerson } from '../support/people.ts';

const NOW = 1_700_000_000_000;

onEveryDatabase('a delivery between two connections', (db) => {
  let bots: [Bot, Bot];
  let campaign: Campaign;
  let connections: number[];
  let id: number;

  /** One person with two connections, and the delivery over the first, stamped. */
  beforeEach(async () => {
    await db()('connections').update({ status: 'unsubscribed' });
    bots = [await aBot(db(), { channel: 'fake' }), await aBot(db(), { channel: 'fake' })];
    ({ connectionIds: connections } = await aPerson(db(), { connections: bots.map((bot) => ({ bot })) }));
    const draft = await dueMailing(db());
    const { id: messageVersionId } = await newestVersion(db(), draft.messageId);
    const planCeiling = await highestSubscriber(db());
    campaign = await moveCampaign(db(), draft.id, 'start', { now: NOW, planCeiling, messageVersionId });
    await plan({ db: db(), channels: new Map(), now: () => NOW }, campaign, new AbortController().signal, () => {});
    ({ id } = await db()('deliveries').where({ campaign_id: campaign.id }).first('id'));
    await stamp(db(), [id], NOW, null, new Map([[id, 'some-call']]));
  });
  afterEach(async () => expect(await audit(db(), campaign.id)).to.deep.equal([]));

  const refusedAt = (index: 0 | 1, stampedAt: number): SettledDelivery => ({
    id,
    campaignId: campaign.id,
    botId: bots[index].id,
    subscriberId: 0,
    connectionId: connections[index]!,
    purpose: 'campaign',
    priority: 0,
    single: index === 1,
    kept: false,
    stampedAt,
    at: stampedAt + 5,
    settled: settle(
      { attempts: 0, parts: 0, payloads: 1, idempotent: false },
      { status: 'refused', reason: 'blocked', detail: '' },
      NOW,
      0.5,
    ),
  });
  const row = () =>
    db()('deliveries').where({ id }).first('state', 'reason', 'connection_id', 'bot_id', 'tried', 'call_key');
  const due = () => db()('due_deliveries').where({ delivery_id: id }).select('bot_id', 'lease_owner');
  const fellBack = async (): Promise<number> =>
    (await db()('events').where({ delivery_id: id, kind: 'fell_back' })).length;
  const moved = async (): Promise<void> => {
    expect(await row()).to.deep.equal({
      state: 'planned',
      reason: null,
      connection_id: connections[1],
      bot_id: bots[1].id,
      tried: `${connections[0]}:blocked`,
      // It was the first bot's.
      call_key: null,
    });
    expect(await due()).to.deep.equal([{ bot_id: bots[1].id, lease_owner: null }]);
    expect(await fellBack()).to.equal(1);
  };

  it('moves once, however often and at once the same answer is written', async () => {
    const refused = refusedAt(0, NOW);
    await Promise.all([saveSettled(db(), [refused]), saveSettled(db(), [refused])]);
    await moved();
    await saveSettled(db(), [refused]);
    await moved();
  });

  it('does not move what was called unconfirmed meanwhile', async () => {
    await db()('slices').where({ campaign_id: campaign.id }).update({ lease_owner: 'dead', lease_until: 1 });
    await recover(db(), {
      of: 'everyone',
      held: { slices: [], singles: [] },
      now: NOW,
      botIds: [bots[0].id],
      repeats: () => 'double',
    });
    expect(await row()).to.include({ state: 'unconfirmed' });
    await saveSettled(db(), [refusedAt(0, NOW)]);
    expect(await row()).to.include({ state: 'unconfirmed', connection_id: connections[0], tried: null });
    expect(await due()).to.deep.equal([]);
    expect(await fellBack()).to.equal(0);
  });

  it('is out of reach for a sender that read it in its slice before, and holds that still', async () => {
    await saveSettled(db(), [refusedAt(0, NOW)]);
    await db()('slices')
      .where({ campaign_id: campaign.id })
      .update({ lease_owner: 'late', lease_until: NOW + 99 });
    const slices: number[] = await db()('slices').where({ campaign_id: campaign.id }).pluck('id');
    const late = await stamp(db(), [id], NOW + 9, { owner: 'late', botId: bots[0].id, slices });
    expect([...late.stamped]).to.deep.equal([]);
    expect(late.held).to.deep.equal([{ id, why: 'gone' }]);
    await moved();
  });

  it('ends for those who say no at the next connection meanwhile', async () => {
    await saveSettled(db(), [refusedAt(0, NOW)]);
    await db()('connections').where({ id: connections[1]! }).update({ status: 'unsubscribed' });
    const { stamped, held } = await stamp(db(), [id], NOW + 9);
    expect([...stamped]).to.deep.equal([]);
    expect(held).to.deep.equal([{ id, why: 'skipped', reason: 'unsubscribed' }]);
    await skipDeliveries(db(), [{ id, reason: 'unsubscribed' }], NOW + 9);
    expect(await row()).to.include({ state: 'skipped', reason: 'unsubscribed', bot_id: bots[1].id });
    expect(await due()).to.deep.equal([]);
  });

  it('ends for the first reason when the next connection is found blocked, or refuses too', async () => {
    const late = { ...refusedAt(0, NOW) };
    late.settled = { ...late.settled, reason: 'window_closed', connection: null };
    await saveSettled(db(), [late]);
    await skipDeliveries(db(), [{ id, reason: 'blocked' }], NOW + 9);
    expect(await row()).to.include({ state: 'skipped', reason: 'window_closed', bot_id: bots[1].id });
    expect(await due()).to.deep.equal([]);
  });

  it('goes on where the answer was written and the sender died: whoever takes what is due has it', async () => {
    await saveSettled(db(), [refusedAt(0, NOW)]);
    await db()('due_deliveries').where({ delivery_id: id }).update({ lease_owner: 'dead', lease_until: 1 });
    await stamp(db(), [id], NOW + 9);
    await recover(db(), {
      of: 'everyone',
      held: { slices: [], singles: [] },
      now: NOW,
      botIds: bots.map((bot) => bot.id),
      repeats: () => 'are_dropped',
    });
    await moved();
  });

  it('stays where it is when nothing can be written to', async () => {
    await db()('connections').where({ id: connections[1]! }).update({ status: 'blocked' });
    await saveSettled(db(), [refusedAt(0, NOW)]);
    expect(await row()).to.include({ state: 'failed', reason: 'blocked', connection_id: connections[0], tried: null });
  });
});
