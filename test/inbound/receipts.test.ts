import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Inbound } from '../../src/domain/channel.ts';
import { retakeReceipt, startLateReceipts } from '../../src/inbound/late.ts';
import { receive } from '../../src/inbound/receive.ts';
import { audit } from '../../src/stats/audit.ts';
import type { Bot } from '../../src/store/bots.ts';
import { readCounters, readMinutes } from '../../src/store/counters.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { aBot, aPerson, NOW } from '../support/people.ts';
import { aSentMailing, fact, receiveDeps, type SentMailing, SENT_AT } from '../support/sent-mailing.ts';
import { until } from '../support/services.ts';

interface Row {
  state: string;
  sent_at: number | null;
  delivered_at: number | null;
  opened_at: number | null;
}

onEveryDatabase('receipts', (db) => {
  let bot: Bot;
  before(async () => {
    bot = await aBot(db());
  });

  const take = (...facts: Inbound[]) => receive(receiveDeps(db()), bot, facts);
  const figures = async ({ campaign }: SentMailing): Promise<Record<string, number>> =>
    Object.fromEntries((await readCounters(db(), [campaign.id])).map(({ figure, value }) => [figure, value]));
  const row = async (deliveryId: number): Promise<Row> =>
    (await db()('deliveries').where({ id: deliveryId }).first('state', 'sent_at', 'delivered_at', 'opened_at')) as Row;

  it('move a message forward, and opened implies delivered', async () => {
    const mailing = await aSentMailing(db(), { bot });
    const [{ address, deliveryId }] = mailing.to as [SentMailing['to'][0]];
    await take(fact('opened', { address, messageId: `m${deliveryId}`, upTo: false, at: NOW - 500 }));
    expect(await figures(mailing)).to.include({ delivered: 1, opened: 1 });
    await take(fact('delivered', { address, messageId: `m${deliveryId}`, upTo: false, at: NOW - 1500 }));
    expect(await row(deliveryId)).to.include({ state: 'opened', delivered_at: NOW - 1500, opened_at: NOW - 500 });
    expect(await figures(mailing)).to.include({ sent: 1, delivered: 1, opened: 1 });
  });

  it('with a watermark move every earlier message of that connection and no later one', async () => {
    const first = await aSentMailing(db(), { bot });
    const [to] = first.to as [SentMailing['to'][0]];
    const laterId = await again(first, SENT_AT + 60_000);
    await take(fact('opened', { address: to.address, messageId: null, upTo: true, at: SENT_AT + 30_000 }));
    expect((await row(to.deliveryId)).state).to.equal('opened');
    expect((await row(laterId)).state).to.equal('sent');
  });

  it('with a watermark that names a message move that one and every earlier one', async () => {
    const first = await aSentMailing(db(), { bot });
    const [to] = first.to as [SentMailing['to'][0]];
    const second = await again(first, SENT_AT + 60_000);
    const third = await again(first, SENT_AT + 120_000);
    const seen = (messageId: string) => take(fact('opened', { address: to.address, messageId, upTo: true, at: NOW }));
    await seen('of something else');
    expect((await row(to.deliveryId)).state, 'an unknown message says nothing').to.equal('sent');
    await seen(`m${second}`);
    const states = [(await row(to.deliveryId)).state, (await row(second)).state, (await row(third)).state];
    expect(states).to.deep.equal(['opened', 'opened', 'sent']);
    await seen(`m${to.deliveryId}`);
    expect((await row(second)).state, 'a late one moves nothing back').to.equal('opened');
    expect(await audit(db(), first.campaign.id)).to.deep.equal([]);
  });

  describe('that the message could not be delivered', () => {
    const bounce = (address: string, deliveryId: number, externalId = 'bounce') =>
      fact('undelivered', {
        address,
        messageId: `m${deliveryId}`,
        reason: 'unreachable',
        detail: '550 5.1.1 no such person',
        connection: 'unreachable',
        externalId: `${externalId}-${deliveryId}`,
      });

    for (const [title, before, state, expected] of [
      ['make a sent one failed', [], 'sent', { sent: 0, failed: 1 }],
      ['take back that it was delivered', ['delivered'], 'sent', { sent: 0, failed: 1, delivered: 0 }],
      ['make one of unknown fate failed', [], 'unconfirmed', { unconfirmed: 0, failed: 1 }],
    ] as const) {
      it(`${title}, with the reason, and change the connection`, async () => {
        const mailing = await aSentMailing(db(), { bot, states: [state] });
        const [{ address, deliveryId, connectionId }] = mailing.to as [SentMailing['to'][0]];
        for (const kind of before) await take(fact(kind, { address, messageId: `m${deliveryId}`, upTo: false }));
        await take(bounce(address, deliveryId));
        const stored = await db()('deliveries').where({ id: deliveryId }).first();
        expect([stored.state, stored.reason, stored.detail]).to.deep.equal([
          'failed',
          'unreachable',
          '550 5.1.1 no such person',
        ]);
        expect(await figures(mailing)).to.include(expected);
        expect(await db()('connections').where({ id: connectionId }).first()).to.include({ status: 'unreachable' });
        const event = await db()('events').where({ kind: 'undelivered', connection_id: connectionId }).first();
        expect(event).to.include({ delivery_id: deliveryId, campaign_id: mailing.campaign.id });
        expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
      });
    }

    it('come once, whatever is told afterwards', async () => {
      const mailing = await aSentMailing(db(), { bot });
      const [{ address, deliveryId }] = mailing.to as [SentMailing['to'][0]];
      await take(bounce(address, deliveryId), bounce(address, deliveryId), bounce(address, deliveryId, 'again'));
      await take(fact('opened', { address, messageId: `m${deliveryId}`, upTo: false }));
      await take(fact('delivered', { address, messageId: null, upTo: true }));
      expect(await row(deliveryId)).to.include({ state: 'failed', delivered_at: null, opened_at: null });
      expect(await figures(mailing)).to.deep.equal({ planned: 1, sent: 0, failed: 1 });
      expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
    });

    it('are not believed of one that was opened', async () => {
      const mailing = await aSentMailing(db(), { bot });
      const [{ address, deliveryId }] = mailing.to as [SentMailing['to'][0]];
      await take(fact('opened', { address, messageId: `m${deliveryId}`, upTo: false }));
      await take(bounce(address, deliveryId));
      expect((await row(deliveryId)).state).to.equal('opened');
      expect(await figures(mailing)).to.include({ sent: 1, opened: 1 });
    });

    it('wait for the answer to the call, where they overtook it', async () => {
      const mailing = await aSentMailing(db(), { bot, states: ['sending'] });
      const [{ address, deliveryId }] = mailing.to as [SentMailing['to'][0]];
      await take(bounce(address, deliveryId));
      const event = await db()('events')
        .where({ external_id: `bounce-${deliveryId}` })
        .first('id');
      expect(await retakeReceipt(db(), event.id), 'still too early').to.equal(true);
      await db()('deliveries')
        .where({ id: deliveryId })
        .update({ state: 'sent', sent_at: NOW, external_message_id: `m${deliveryId}` });
      expect(await retakeReceipt(db(), event.id)).to.equal(false);
      expect((await row(deliveryId)).state).to.equal('failed');
    });
  });

  it('resolve a message of unknown fate, by watermark and by an id we never learned', async () => {
    for (const receipt of [
      { messageId: null, upTo: true },
      { messageId: 'never-told', upTo: false },
    ]) {
      const mailing = await aSentMailing(db(), { bot, states: ['unconfirmed'] });
      const [{ address, deliveryId }] = mailing.to as [SentMailing['to'][0]];
      await take(fact('delivered', { address, ...receipt }));
      expect(await row(deliveryId)).to.include({ state: 'delivered', sent_at: SENT_AT - 20 });
      expect(await figures(mailing)).to.include({ sent: 1, unconfirmed: 0, delivered: 1 });
      const minutes = await readMinutes(db(), mailing.campaign.id);
      expect(minutes.map(({ figure, value }) => [figure, value])).to.deep.equal([['sent', 1]]);
      expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
    }
  });

  it('leave what failed or was never sent alone', async () => {
    const mailing = await aSentMailing(db(), { bot, states: ['failed', 'skipped', 'planned'] });
    for (const { address } of mailing.to) await take(fact('opened', { address, messageId: null, upTo: true }));
    expect(await figures(mailing)).to.deep.equal({ planned: 3, failed: 1, skipped: 1 });
  });

  it('of another person’s message are ignored', async () => {
    const mailing = await aSentMailing(db(), { bot, states: ['sent', 'sent'] });
    const [one, other] = mailing.to as [SentMailing['to'][0], SentMailing['to'][0]];
    await take(fact('opened', { address: one.address, messageId: `m${other.deliveryId}`, upTo: false }));
    expect((await row(other.deliveryId)).state).to.equal('sent');
  });

  it('that overtake the answer to the call are taken when it is there', async () => {
    const mailing = await aSentMailing(db(), { bot, states: ['sending'] });
    const [{ address, deliveryId }] = mailing.to as [SentMailing['to'][0]];
    const deps = receiveDeps(db());
    const late = startLateReceipts(deps);
    await receive(deps, bot, [fact('delivered', { address, messageId: 'quick', upTo: false })]);
    expect(deps.topics).to.include('receipt');
    expect((await row(deliveryId)).state).to.equal('sending');
    await db()('deliveries')
      .where({ id: deliveryId })
      .update({ state: 'sent', sent_at: NOW, external_message_id: 'quick' });
    await until('the receipt is taken', async () => (await row(deliveryId)).state === 'delivered');
    await late.stop();
    const event = (await db()('events').where({ kind: 'delivered', delivery_id: deliveryId }).first('id')) as {
      id: number;
    };
    expect(await retakeReceipt(db(), event.id)).to.equal(false);
    expect((await row(deliveryId)).delivered_at).to.equal(NOW);
  });

  it('that overtake the answer still find their message where they found an earlier one', async () => {
    const mailing = await aSentMailing(db(), { bot });
    const [{ address, deliveryId }] = mailing.to as [SentMailing['to'][0]];
    const onItsWay = await again(mailing, SENT_AT + 60_000, 'unconfirmed');
    await db()('deliveries').where({ id: onItsWay }).update({ state: 'sending' });
    await take(fact('delivered', { address, messageId: null, upTo: true, externalId: `mark-${address}` }));
    expect((await row(deliveryId)).state).to.equal('delivered');
    const event = await db()('events')
      .where({ external_id: `mark-${address}` })
      .first('id');
    expect(await retakeReceipt(db(), event.id), 'still too early').to.equal(true);
    await db()('deliveries')
      .where({ id: onItsWay })
      .update({ state: 'sent', sent_at: SENT_AT + 60_000 });
    expect(await retakeReceipt(db(), event.id)).to.equal(false);
    expect((await row(onItsWay)).state).to.equal('delivered');
  });

  it('in any order, and repeated, end in the same state with figures that equal the rows', async () => {
    const receipts = fc.array(
      fc.record({
        kind: fc.constantFrom('delivered' as const, 'opened' as const),
        which: fc.constantFrom(0, 1, 2, null),
        at: fc.integer({ min: 0, max: 90 }).map((minutes) => SENT_AT + minutes * 60_000),
        copies: fc.integer({ min: 1, max: 2 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(receipts, fc.infiniteStream(fc.nat()), async (list, noise) => {
        const told = list.flatMap((one, index) =>
          Array.from({ length: one.copies }, () => ({ ...one, index, key: noise.next().value ?? 0 })),
        );
        const orders = [told, told.toSorted((a, b) => a.key - b.key)];
        const results: Row[][] = [];
        for (const order of orders) {
          const mailing = await aSentMailing(db(), { bot });
          const [{ address, deliveryId }] = mailing.to as [SentMailing['to'][0]];
          const ids = [
            deliveryId,
            await again(mailing, SENT_AT + 1_800_000),
            await again(mailing, SENT_AT + 3_000_000, 'unconfirmed'),
          ];
          for (const { kind, which, at, index } of order) {
            const messageId = which === null ? null : which === 2 ? 'unknown' : `m${ids[which]}`;
            // A receipt for one message is never older than the message.
            const time = which === null ? at : Math.max(at, SENT_AT + 3_000_000);
            await take(
              fact(kind, { address, messageId, upTo: which === null, at: time, externalId: `${address}-${index}` }),
            );
          }
          results.push(await Promise.all(ids.map(row)));
          expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
        }
        expect(results[1]).to.deep.equal(results[0]);
      }),
      { numRuns: 15 },
    );
  });

  /** Another message of the same mailing to the same person. */
  async function again(
    { campaign, to }: SentMailing,
    sentAt: number,
    state: 'sent' | 'unconfirmed' = 'sent',
  ): Promise<number> {
    const [id] = (await db()('deliveries').insert({
      campaign_id: campaign.id,
      subscriber_id: to[0]!.subscriberId,
      connection_id: to[0]!.connectionId,
      bot_id: bot.id,
      cause: `again:${sentAt}`,
      purpose: 'campaign',
      state,
      planned_at: sentAt,
      sending_at: sentAt - 20,
      settled_at: sentAt,
      sent_at: state === 'sent' ? sentAt : null,
    })) as [number];
    if (state === 'sent')
      await db()('deliveries')
        .where({ id })
        .update({ external_message_id: `m${id}` });
    for (const figure of ['planned', state]) {
      await db()('counters')
        .insert({ campaign_id: campaign.id, bot_id: bot.id, button_id: '', figure, value: 1 })
        .onConflict(['campaign_id', 'bot_id', 'button_id', 'figure'])
        .merge({ value: db().raw('counters.value + 1') });
    }
    return id;
  }

  it('tell nothing of people without a message', async () => {
    await aPerson(db(), { connections: [{ bot, address: 'quiet' }] });
    expect((await take(fact('delivered', { address: 'quiet', messageId: null, upTo: true }))).stored).to.equal(1);
  });
});
