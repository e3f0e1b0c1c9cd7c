import { expect } from 'chai';
import { createLocalBus } from '../../src/bus.ts';
import { signSharedToken, signToken, THE_MESSAGE } from '../../src/domain/tracking.ts';
import { leavingRouter } from '../../src/http/leaving.ts';
import { receive } from '../../src/inbound/receive.ts';
import { createLog } from '../../src/log.ts';
import { audit } from '../../src/stats/audit.ts';
import { type Bot } from '../../src/store/bots.ts';
import { getConnection } from '../../src/store/connections.ts';
import { readCounters } from '../../src/store/counters.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { aBot, keyring, NOW } from '../support/people.ts';
import { plainChannel } from '../support/plain-channel.ts';
import { aSentMailing, fact, receiveDeps, type SentMailing, trackingKey } from '../support/sent-mailing.ts';
import { serve, type Served } from '../support/serve.ts';

const PERSON = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36';
const GMAIL = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
/** Load pictures as a letter arrives, whether anybody opens it or not. */
const APPLE = 'Mozilla/5.0';
const GMAIL_AHEAD =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0';
const ONE_CLICK = 'List-Unsubscribe=One-Click';

onEveryDatabase('the addresses of a message itself', (db) => {
  let bot: Bot;
  let mute: Bot;
  let served: Served;
  before(async () => {
    bot = await aBot(db(), { channel: 'telling', name: 'Coffee & Co' });
    mute = await aBot(db(), { channel: 'mute' });
    const receipts = { delivered: true, opened: true };
    const channels = new Map([plainChannel('telling', { receipts }), plainChannel('mute')].map((it) => [it.name, it]));
    const deps = { db: db(), keyring, bus: createLocalBus(), now: () => NOW, log: createLog('silent'), channels };
    served = await serve(leavingRouter(deps));
  });
  after(() => served.stop());

  const get = (path: string, agent = PERSON): Promise<Response> =>
    fetch(served.url + path, { redirect: 'manual', headers: { 'user-agent': agent } });
  const post = (path: string, body: string | FormData): Promise<Response> =>
    fetch(served.url + path, {
      method: 'POST',
      redirect: 'manual',
      body,
      ...(typeof body === 'string' ? { headers: { 'content-type': 'application/x-www-form-urlencoded' } } : {}),
    });
  const figures = async ({ campaign }: SentMailing): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await readCounters(db(), [campaign.id]))
        .filter(({ figure }) => !['planned', 'sent'].includes(figure))
        .map(({ figure, value }) => [figure, value]),
    );
  const tokenOf = ({ to }: SentMailing): string => signToken(trackingKey, to[0]!.deliveryId, THE_MESSAGE);
  const statusOf = async ({ to }: SentMailing): Promise<string | undefined> =>
    (await getConnection(db(), to[0]!.connectionId))?.status;

  describe('unsubscribing', () => {
    it('asks whoever opens it, in their language, and ends nothing', async () => {
      const mailing = await aSentMailing(db(), { bot, person: { locale: 'uk' } });
      const answer = await get(`/u/${tokenOf(mailing)}`);
      expect(answer.status).to.equal(200);
      expect(await answer.text())
        .to.include('Відписатися від Coffee &amp; Co')
        .and.include('<form method="post"')
        .and.not.include('<script');
      expect(answer.headers.get('content-security-policy')).to.include("default-src 'none'");
      expect(answer.headers.get('referrer-policy')).to.equal('no-referrer');
      expect(await statusOf(mailing)).to.equal('active');
      expect(await figures(mailing)).to.deep.equal({});
    });

    const asForm = new FormData();
    asForm.set('List-Unsubscribe', 'One-Click');
    for (const [title, body] of [
      ['a form', ONE_CLICK],
      ['a form in parts', asForm],
    ] as const) {
      it(`takes one POST of ${title}, answers without a redirect, and counts once for its mailing`, async () => {
        const mailing = await aSentMailing(db(), { bot });
        const later = await aSentMailing(db(), { bot });
        await db()('deliveries')
          .where({ id: later.to[0]!.deliveryId })
          .update({ subscriber_id: mailing.to[0]!.subscriberId, connection_id: mailing.to[0]!.connectionId });
        const answers = await Promise.all([1, 2, 3].map(() => post(`/u/${tokenOf(mailing)}`, body)));
        for (const answer of answers) {
          expect([answer.status, answer.headers.get('location')]).to.deep.equal([200, null]);
          expect(await answer.text()).to.include('You are unsubscribed');
        }
        expect(await statusOf(mailing)).to.equal('unsubscribed');
        expect(await figures(mailing)).to.deep.equal({ unsubscribes: 1 });
        expect(await figures(later), 'the one that came after it').to.deep.equal({});
        const facts = await db()('events').where({ kind: 'unsubscribed', connection_id: mailing.to[0]!.connectionId });
        expect(facts).to.have.length(1);
        expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
      });
    }

    it('ends a later subscription by the same address', async () => {
      const mailing = await aSentMailing(db(), { bot });
      const { address } = mailing.to[0]!;
      await post(`/u/${tokenOf(mailing)}`, ONE_CLICK);
      await receive(receiveDeps(db(), NOW + 5000), bot, [fact('subscribed', { address, ref: null, at: NOW + 5000 })]);
      expect(await statusOf(mailing)).to.equal('active');
      // A second later, by the clock of the facts.
      await db()('connections')
        .where({ id: mailing.to[0]!.connectionId })
        .update({ since: NOW - 1000 });
      await post(`/u/${tokenOf(mailing)}`, ONE_CLICK);
      expect(await statusOf(mailing)).to.equal('unsubscribed');
      expect(await figures(mailing)).to.deep.equal({ unsubscribes: 1 });
    });

    it('knows the person of an address that is the same for a whole batch', async () => {
      const mailing = await aSentMailing(db(), { bot });
      const path = `/u/${signSharedToken(trackingKey, mailing.campaign.id, THE_MESSAGE)}`;
      expect((await post(path, ONE_CLICK)).status).to.equal(404);
      const page = await (await get(`${path}?to=${mailing.to[0]!.address}`)).text();
      expect(page).to.include(`action="${path}?to=${mailing.to[0]!.address}"`);
      expect((await post(`${path}?to=${mailing.to[0]!.address}`, ONE_CLICK)).status).to.equal(200);
      expect(await statusOf(mailing)).to.equal('unsubscribed');
      expect(await figures(mailing)).to.deep.equal({ unsubscribes: 1 });
    });

    it('takes no other form, no other token and no long one', async () => {
      const mailing = await aSentMailing(db(), { bot });
      expect((await post(`/u/${tokenOf(mailing)}`, 'a=b')).status).to.equal(422);
      expect((await post(`/u/${mailing.to[0]!.token('site')}`, ONE_CLICK)).status).to.equal(404);
      expect((await post('/u/forged-token-0123', ONE_CLICK)).status).to.equal(404);
      expect((await get('/u/forged-token-0123')).status).to.equal(404);
      expect(await statusOf(mailing)).to.equal('active');
    });
  });

  describe('the picture of one pixel', () => {
    it('tells once that the message was opened', async () => {
      const mailing = await aSentMailing(db(), { bot });
      for (let time = 0; time < 3; time += 1) {
        const answer = await get(`/o/${tokenOf(mailing)}`);
        expect([answer.status, answer.headers.get('content-type')]).to.deep.equal([200, 'image/gif']);
        expect(answer.headers.get('cache-control')).to.equal('no-store');
      }
      expect(await figures(mailing)).to.deep.equal({ delivered: 1, opened: 1 });
      const row = await db()('deliveries').where({ id: mailing.to[0]!.deliveryId }).first();
      expect([row.state, row.opened_at]).to.deep.equal(['opened', NOW]);
      expect(await db()('events').where({ campaign_id: mailing.campaign.id, kind: 'opened' })).to.have.length(1);
      expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
    });

    it('is loaded for people by their mail provider, and by scanners for nobody', async () => {
      const mailing = await aSentMailing(db(), { bot });
      for (const agent of ['', 'facebookexternalhit/1.1', 'curl/8.0', APPLE, GMAIL_AHEAD]) {
        expect((await get(`/o/${tokenOf(mailing)}`, agent)).status).to.equal(200);
      }
      expect(await figures(mailing)).to.deep.equal({});
      await get(`/o/${tokenOf(mailing)}`, GMAIL);
      expect(await figures(mailing)).to.deep.equal({ delivered: 1, opened: 1 });
    });

    it('is looked at by a mail provider as the letter arrives, before anybody can have opened it', async () => {
      const mailing = await aSentMailing(db(), { bot });
      const handedOver = (at: number): Promise<unknown> =>
        db()('deliveries').where({ id: mailing.to[0]!.deliveryId }).update({ sending_at: at });
      await handedOver(NOW - 500);
      await get(`/o/${tokenOf(mailing)}`, GMAIL);
      expect(await figures(mailing)).to.deep.equal({});
      await handedOver(NOW - 5000);
      await get(`/o/${tokenOf(mailing)}`, GMAIL);
      expect(await figures(mailing)).to.deep.equal({ delivered: 1, opened: 1 });
    });

    it('counts nothing where opening is not reported, nor for a token that is not ours', async () => {
      const mailing = await aSentMailing(db(), { bot: mute });
      expect((await get(`/o/${tokenOf(mailing)}`)).status).to.equal(200);
      expect((await get('/o/forged-token-0123')).status).to.equal(200);
      expect(await figures(mailing)).to.deep.equal({});
    });
  });
});
