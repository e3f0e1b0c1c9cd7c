import { expect } from 'chai';
import { Readable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import type { Channel } from '../../src/domain/channel.ts';
import { receive } from '../../src/inbound/receive.ts';
import { changeOrder, placeOrder } from '../../src/orders/orders.ts';
import { audit, repair } from '../../src/stats/audit.ts';
import { mailingRows } from '../../src/stats/mailing-row.ts';
import { recipientsCsv } from '../../src/stats/recipients-csv.ts';
import { createCanaryCounts } from '../../src/stats/canary.ts';
import { statistics } from '../../src/stats/statistics.ts';
import { createCampaign, getCampaignById } from '../../src/store/campaigns.ts';
import { bump, readCounters } from '../../src/store/counters.ts';
import { beat, forget } from '../../src/store/senders.ts';
import { saveWaits } from '../../src/store/waits.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { aBot, NOW } from '../support/people.ts';
import { plainChannel } from '../support/plain-channel.ts';
import { aSentMailing, fact, receiveDeps, SENT_AT, type SentMailing } from '../support/sent-mailing.ts';

const silent = plainChannel('silent');
const telling = plainChannel('telling', { receipts: { delivered: true, opened: true } });
const opening = plainChannel('opening', { receipts: { delivered: false, opened: true } });
const channels: ReadonlyMap<string, Channel> = new Map(
  [silent, telling, opening].map((channel) => [channel.name, channel]),
);

onEveryDatabase('statistics', (db) => {
  const rowOf = async (id: number) => (await mailingRows(db(), [await getCampaignById(db(), id)], channels, NOW))[0]!;

  async function busyMailing(): Promise<SentMailing> {
    const bot = await aBot(db(), { channel: 'telling' });
    const states = ['sent', 'sent', 'sent', 'failed', 'skipped', 'unconfirmed', 'planned', 'cancelled'] as const;
    const mailing = await aSentMailing(db(), { bot, states });
    const [one, two] = mailing.to as [SentMailing['to'][0], SentMailing['to'][0]];
    await db()('deliveries').where({ id: mailing.to[3]!.deliveryId }).update({ reason: 'blocked' });
    await db()('deliveries').where({ id: mailing.to[4]!.deliveryId }).update({ reason: 'unsubscribed' });
    await receive(receiveDeps(db()), bot, [
      fact('delivered', { address: one.address, messageId: `m${one.deliveryId}`, upTo: false }),
      fact('opened', { address: two.address, messageId: `m${two.deliveryId}`, upTo: false }),
      fact('pressed', { address: one.address, token: one.token('more') }),
      fact('replied', { address: two.address, text: 'Hi' }),
    ]);
    const link = mailing.links.find(({ kind }) => kind === 'buy')!;
    const deps = receiveDeps(db());
    const product = { name: 'Guji', amount: 1250, currency: 'EUR' };
    const order = await placeOrder(deps, { deliveryId: one.deliveryId, link, product, customer: {} });
    await changeOrder(deps, order.publicId, 'paid');
    await placeOrder(deps, { deliveryId: two.deliveryId, link, product, customer: {} });
    return mailing;
  }

  it('leave out of the sum of delivered what a channel that reports only opened lets us infer', async () => {
    const { campaign } = await busyMailing();
    const other = await aBot(db(), { channel: 'opening' });
    const before = (await rowOf(campaign.id)).figures;
    const counted = { campaignId: campaign.id, botId: other.id, by: 1 };
    await bump(db(), [
      { ...counted, figure: 'sent' },
      { ...counted, figure: 'delivered' },
      { ...counted, figure: 'opened' },
    ]);
    const { figures } = await rowOf(campaign.id);
    expect(figures.delivered).to.equal(before.delivered);
    expect(figures.opened).to.equal((before.opened ?? 0) + 1);
  });

  it('give every figure, and planned is the sum of its parts', async () => {
    const { campaign } = await busyMailing();
    const { figures } = await rowOf(campaign.id);
    expect(figures).to.deep.include({
      planned: 8,
      sent: 3,
      failed: 1,
      skipped: 1,
      cancelled: 1,
      unconfirmed: 1,
      remaining: 1,
      delivered: 2,
      opened: 1,
      buttonPeople: 1,
      buttonClicks: 1,
      replies: 1,
      orders: 2,
      sales: 1,
      revenue: { EUR: 1250 },
    });
    expect(await audit(db(), campaign.id)).to.deep.equal([]);
  });

  it('show by channel, by button and over time what happened, and why some failed', async () => {
    const { campaign } = await busyMailing();
    const answer = await statistics(db(), campaign, channels, {
      language: 'en',
      countCanary: createCanaryCounts(db()),
    });
    expect(answer.byChannel.map(({ channel, figures }) => [channel, figures.sent])).to.deep.equal([['telling', 3]]);
    expect(answer.byButton.find(({ buttonId }) => buttonId === 'more')).to.deep.equal({
      buttonId: 'more',
      kind: 'message',
      label: 'Tell me more',
      channel: 'telling',
      people: 1,
      clicks: 1,
      orders: 0,
      sales: 0,
    });
    expect(answer.byButton.find(({ buttonId }) => buttonId === 'buy')).to.include({ orders: 2, sales: 1 });
    expect(answer.failures).to.deep.equal([
      { reason: 'blocked', explanation: 'Blocked the bot. Nothing to do.', people: 1, retryable: false },
    ]);
    expect(answer.skips.map(({ reason, people }) => [reason, people])).to.deep.equal([['unsubscribed', 1]]);
    expect(answer.series.stepMs).to.equal(60_000);
    const sum = (curve: 'sent' | 'clicks' | 'orders') =>
      answer.series.points.reduce((total, point) => total + point[curve], 0);
    expect([sum('sent'), sum('clicks'), sum('orders')]).to.deep.equal([3, 1, 2]);
    expect(answer.series.points[0]?.at).to.equal(SENT_AT);
    expect(answer.reporting).to.deep.equal([{ channel: 'telling', delivered: true, opened: true }]);
  });

  it('say null, never 0, where no channel involved reports', async () => {
    const { campaign } = await aSentMailing(db(), { bot: await aBot(db(), { channel: 'silent' }) });
    const answer = await statistics(db(), campaign, channels, {
      language: 'en',
      countCanary: createCanaryCounts(db()),
    });
    expect([answer.figures.delivered, answer.figures.opened]).to.deep.equal([null, null]);
    expect(answer.byChannel[0]?.figures.delivered).to.equal(null);
    const draft = await createCampaign(db(), { name: 'Draft', staffId: null, now: NOW });
    expect((await rowOf(draft.id)).figures).to.include({ planned: 0, delivered: null });
  });

  it('forecast the end of what is being sent, and say what it waits for', async () => {
    const bot = await aBot(db(), { channel: 'silent' });
    const { campaign } = await aSentMailing(db(), { bot, states: ['sent', 'planned'] });
    await bump(db(), [{ campaignId: campaign.id, botId: bot.id, figure: 'planned', by: 999 }]);
    await db()('campaigns').where({ id: campaign.id }).update({ state: 'sending' });
    const row = await rowOf(campaign.id);
    expect(row).to.include({ planningDone: true });
    expect(row.waiting).to.include({ code: 'nobody_sends' });
    expect((row.expectedEndAt! - NOW) / 1000).to.be.within(40, 42);
    await db()('campaigns')
      .where({ id: campaign.id })
      .update({ started_at: NOW - 600_000, updated_at: NOW - 600_000 });
    await bump(db(), [{ campaignId: campaign.id, botId: bot.id, figure: 'sent', by: 360, at: NOW - 120_000 }]);
    const slow = (await rowOf(campaign.id)).expectedEndAt! - NOW;
    expect(slow / 1000, '640 people at the two a second of the last three minutes').to.be.within(318, 322);
    await beat(db(), { id: 'one', host: 'here' });
    expect((await rowOf(campaign.id)).waiting).to.equal(null);
    const paused = { code: 'bot_paused', params: { bot: bot.publicId, name: bot.name }, since: NOW } as const;
    await saveWaits(db(), 'one', [{ campaignId: campaign.id, wait: paused }], NOW);
    expect((await rowOf(campaign.id)).waiting).to.deep.equal(paused);
    await forget(db(), 'one');
  });

  it('find every counter that is wrong, and mend it', async () => {
    const { campaign, to } = await busyMailing();
    const { bot_id: botId } = (await db()('deliveries').where({ id: to[0]!.deliveryId }).first('bot_id')) as {
      bot_id: number;
    };
    await bump(db(), [
      { campaignId: campaign.id, botId, figure: 'sent', by: 2 },
      { campaignId: campaign.id, botId, buttonId: 'more', figure: 'button_clicks', by: -1 },
      { campaignId: campaign.id, botId, figure: 'link_people', by: 7 },
    ]);
    const wrong = (await audit(db())).filter((difference) => difference.campaign === campaign.publicId);
    expect(wrong.map(({ button, figure, counter, truth }) => [button, figure, counter, truth])).to.deep.equal([
      ['', 'link_people', 7, 0],
      ['', 'sent', 5, 3],
      ['more', 'button_clicks', 0, 1],
    ]);
    await db()('counters').where({ campaign_id: campaign.id, figure: 'orders' }).delete();
    await repair(db(), campaign.id);
    expect(await audit(db(), campaign.id)).to.deep.equal([]);
    expect(
      (await readCounters(db(), [campaign.id])).find((c) => c.figure === 'orders' && c.buttonId === '')?.value,
    ).to.equal(2);
  });

  it('export the recipients as CSV that no spreadsheet takes for a formula', async () => {
    const bot = await aBot(db(), { channel: 'silent' });
    const mailing = await aSentMailing(db(), {
      bot,
      states: ['sent', 'failed'],
      person: { firstName: '=HYPERLINK("x")', lastName: 'O"Neil, Jr' },
    });
    const csv = (filter: { state?: string }): Promise<string> =>
      readText(Readable.from(recipientsCsv(db(), mailing.campaign.id, filter)));
    const lines = (await csv({})).split('\n');
    expect(lines[0]).to.match(/^\uFEFF?subscriber,name,channel,bot,state/);
    expect(lines[1]).to.include(`"'=HYPERLINK(""x"") O""Neil, Jr"`).and.include(new Date(SENT_AT).toISOString());
    expect(lines).to.have.length(4);
    const failed = await csv({ state: 'failed' });
    expect(failed.trim().split('\n')).to.have.length(2);
  });
});
