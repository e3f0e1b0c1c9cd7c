import { expect } from 'chai';
import * as fc from 'fast-check';
import { createLocalBus } from '../../src/bus.ts';
import { signSharedToken, signToken } from '../../src/domain/tracking.ts';
import { publicRouter } from '../../src/http/public.ts';
import { createLog } from '../../src/log.ts';
import { changeOrder } from '../../src/orders/orders.ts';
import { audit } from '../../src/stats/audit.ts';
import { type Bot, updateBot } from '../../src/store/bots.ts';
import { readCounters } from '../../src/store/counters.ts';
import { listOrders } from '../../src/store/orders.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { aBot, keyring, NOW } from '../support/people.ts';
import { aSentMailing, type SentMailing, type SentTo, trackingKey } from '../support/sent-mailing.ts';
import { serve, type Served } from '../support/serve.ts';

const PERSON = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36';
const PREVIEW = 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)';
const PAGE_LIMIT = 50 * 1024;

onEveryDatabase('the pages subscribers see', (db) => {
  let bot: Bot;
  let served: Served;
  before(async () => {
    bot = await aBot(db());
    const deps = { db: db(), keyring, bus: createLocalBus(), now: () => NOW, log: createLog('silent') };
    served = await serve(publicRouter(deps));
  });
  after(() => served.stop());

  const open = (path: string, init: RequestInit & { agent?: string } = {}): Promise<Response> =>
    fetch(served.url + path, {
      redirect: 'manual',
      ...init,
      headers: { 'user-agent': init.agent ?? PERSON, ...(init.headers as Record<string, string>) },
    });
  const submit = (path: string, fields: Record<string, string> = {}): Promise<Response> =>
    open(path, { method: 'POST', body: new URLSearchParams(fields) });
  const figures = async ({ campaign }: SentMailing): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await readCounters(db(), [campaign.id]))
        .filter(({ figure }) => !['planned', 'sent'].includes(figure))
        .map(({ buttonId, figure, value }) => [`${buttonId}${buttonId && ' '}${figure}`, value]),
    );
  const sentToOne = async (
    spec: Partial<Parameters<typeof aSentMailing>[1]> = {},
  ): Promise<SentMailing & { one: SentTo }> => {
    const mailing = await aSentMailing(db(), { bot, ...spec });
    return { ...mailing, one: mailing.to[0]! };
  };

  describe('a tracked link', () => {
    it('leads to the stored address and counts the person once, the clicks always', async () => {
      const mailing = await sentToOne();
      const answer = await open(`/r/${mailing.one.token('site')}`);
      expect([answer.status, answer.headers.get('location')]).to.deep.equal([302, 'https://shop.example/?a=1&b=2']);
      expect(answer.headers.get('cache-control')).to.equal('no-store');
      expect(answer.headers.get('referrer-policy')).to.equal('no-referrer');
      expect(answer.headers.get('set-cookie')).to.equal(null);
      await open(`/r/${mailing.one.token('site')}`);
      const inline = await open(`/r/${mailing.one.token('inline-1')}`);
      expect(inline.headers.get('location')).to.equal('https://shop.example/inline');
      expect(await figures(mailing)).to.deep.equal({
        link_people: 1,
        link_clicks: 3,
        'site link_people': 1,
        'site link_clicks': 2,
        'inline-1 link_people': 1,
        'inline-1 link_clicks': 1,
      });
      expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
    });

    it('tells previews, scanners and browsers that fetch ahead from people', async () => {
      const mailing = await sentToOne();
      const path = `/r/${mailing.one.token('site')}`;
      const visits = [
        open(path, { agent: PREVIEW }),
        open(path, { method: 'HEAD' }),
        open(path, { headers: { 'sec-purpose': 'prefetch;prerender' } }),
        open(path, { agent: '' }),
      ];
      for (const answer of await Promise.all(visits)) expect(answer.status).to.equal(302);
      expect(await figures(mailing)).to.deep.equal({ scanner_clicks: 4 });
      const about = await db()('events').where({ subscriber_id: mailing.one.subscriberId });
      expect(about, 'nothing is said about the person').to.have.length(0);
      expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
    });

    it('counts every one of many clicks at the same time', async () => {
      const mailing = await sentToOne({ states: ['sent', 'sent', 'sent'] });
      await Promise.all(mailing.to.flatMap((to) => Array.from({ length: 5 }, () => open(`/r/${to.token('site')}`))));
      expect(await figures(mailing)).to.include({ link_people: 3, link_clicks: 15, 'site link_people': 3 });
      expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
    });

    it('leads on however often it is opened, and counts ten clicks a minute of each person on each link', async () => {
      const mailing = await sentToOne();
      const path = `/r/${mailing.one.token('site')}`;
      for (let click = 0; click < 14; click += 1) {
        expect((await open(path)).status).to.equal(302);
        expect((await open(path, { agent: PREVIEW })).status).to.equal(302);
      }
      await open(`/r/${mailing.one.token('inline-1')}`);
      expect(await figures(mailing)).to.include({ link_clicks: 11, 'site link_clicks': 10, scanner_clicks: 10 });
      const events = await db()('events').where({ campaign_id: mailing.campaign.id, kind: 'link_clicked' });
      expect(events).to.have.length(21);
      expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
    });

    it('in a test leads there and counts nothing', async () => {
      const mailing = await sentToOne({ purpose: 'test' });
      expect((await open(`/r/${mailing.one.token('site')}`)).status).to.equal(302);
      await open(`/r/${mailing.one.token('site')}`, { agent: PREVIEW });
      expect(await figures(mailing)).to.deep.equal({});
    });

    it('never leads anywhere that was not stored with the message', async () => {
      const mailing = await sentToOne();
      const stored = new Set(mailing.links.flatMap(({ target }) => ('url' in target ? [target.url] : [])));
      const anything = fc.oneof(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
        fc.base64String({ minLength: 12, maxLength: 40 }),
        fc.tuple(fc.nat(), fc.nat(20)).map(([id, number]) => signToken(Buffer.alloc(32), id, number)),
        fc
          .tuple(fc.nat(mailing.one.deliveryId + 5), fc.nat(20))
          .map(([id, number]) => signToken(trackingKey, id, number)),
      );
      await fc.assert(
        fc.asyncProperty(
          anything,
          fc.constantFrom('', '?url=https://evil.example', '?next=//evil.example'),
          async (token, query) => {
            const answer = await open(`/r/${encodeURIComponent(token)}${query}`);
            if (answer.status === 302) expect(stored).to.include(answer.headers.get('location'));
            else expect(answer.status).to.equal(404);
          },
        ),
        { numRuns: 60 },
      );
    });

    it('does not lead to an address a browser must not open', async () => {
      const message = {
        elements: [
          {
            kind: 'buttons' as const,
            rows: [[{ kind: 'link' as const, id: 'bad', label: 'x', url: 'javascript:alert(1)' }]],
          },
        ],
      };
      const mailing = await sentToOne({ message });
      expect((await open(`/r/${mailing.one.token('bad')}`)).status).to.equal(404);
    });

    it('that is not ours says so kindly, in the visitor’s language', async () => {
      const answer = await open('/r/forged-token-0123', { headers: { 'accept-language': 'uk-UA,uk;q=0.9' } });
      expect(answer.status).to.equal(404);
      expect(await answer.text())
        .to.include('Це посилання не працює')
        .and.include('lang="uk"');
    });
  });

  describe('an address that is the same for a whole batch', () => {
    const shared = ({ campaign, links }: SentMailing, buttonId: string): string =>
      signSharedToken(trackingKey, campaign.id, links.find((link) => link.buttonId === buttonId)!.number);

    it('counts the person whose id the platform put there', async () => {
      const mailing = await sentToOne({ states: ['sent', 'sent'] });
      const [one, other] = mailing.to as [SentTo, SentTo];
      for (const { address } of [one, one, other]) {
        const answer = await open(`/r/${shared(mailing, 'site')}?to=${encodeURIComponent(address)}`);
        expect([answer.status, answer.headers.get('location')]).to.deep.equal([302, 'https://shop.example/?a=1&b=2']);
      }
      expect(await figures(mailing)).to.include({ link_people: 2, link_clicks: 3, 'site link_people': 2 });
      const clicks = await db()('events').where({ kind: 'link_clicked', subscriber_id: one.subscriberId });
      expect(clicks).to.have.length(2);
      expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
    });

    it('leads there and counts nobody for somebody else’s, an unknown and no id at all', async () => {
      const mailing = await sentToOne();
      const stranger = await sentToOne();
      const unsent = await sentToOne({ states: ['planned'] });
      await db()('deliveries').where({ id: unsent.one.deliveryId }).update({ campaign_id: mailing.campaign.id });
      for (const query of [
        '',
        '?to=',
        '?to=nobody',
        `?to=${stranger.one.address}`,
        `?to=${unsent.one.address}`,
        `?to=${'x'.repeat(500)}`,
        '?to=replace_me',
        '?to=a&to=b',
      ]) {
        const answer = await open(`/r/${shared(mailing, 'site')}${query}`);
        expect([query, answer.status]).to.deep.equal([query, 302]);
      }
      expect(await figures(mailing)).to.deep.equal({});
      expect(await figures(stranger)).to.deep.equal({});
      const forged = signSharedToken(Buffer.alloc(32), mailing.campaign.id, 1);
      expect((await open(`/r/${forged}?to=${mailing.one.address}`)).status).to.equal(404);
    });

    it('goes on to the person’s own checkout', async () => {
      const mailing = await sentToOne();
      const answer = await open(`/b/${shared(mailing, 'buy')}?to=${mailing.one.address}`);
      expect([answer.status, answer.headers.get('location')]).to.deep.equal([302, `/b/${mailing.one.token('buy')}`]);
      expect(await figures(mailing), 'counted there').to.deep.equal({});
      expect((await open(`/b/${shared(mailing, 'buy')}?to=nobody`)).status).to.equal(404);
      expect((await open(`/b/${shared(mailing, 'site')}?to=${mailing.one.address}`)).status).to.equal(404);
    });
  });

  describe('the checkout of a Buy button', () => {
    it('is a small page without scripts that escapes everything, in the person’s language', async () => {
      const mailing = await sentToOne({ person: { locale: 'es-MX', firstName: '<script>alert(1)</script>' } });
      const answer = await open(`/b/${mailing.one.token('buy')}`);
      const page = await answer.text();
      expect(answer.status).to.equal(200);
      expect(Buffer.byteLength(page)).to.be.below(PAGE_LIMIT);
      expect(page).to.include('lang="es"').and.include('Guji &lt;b&gt;250 g&lt;/b&gt;').and.include('12,50');
      expect(page).to.not.match(/<script|<b>|javascript:/);
      expect(answer.headers.get('content-security-policy')).to.match(/default-src 'none'.*frame-ancestors 'none'/);
      expect(answer.headers.get('set-cookie')).to.equal(null);
      expect(await figures(mailing)).to.deep.equal({
        buy_people: 1,
        buy_clicks: 1,
        'buy buy_people': 1,
        'buy buy_clicks': 1,
      });
    });

    it('places one order however often the form is sent off', async () => {
      const mailing = await sentToOne();
      const path = `/b/${mailing.one.token('buy')}`;
      const answers = await Promise.all(
        Array.from({ length: 4 }, () =>
          submit(path, { name: 'Anna "><img src=x>', contact: 'a@example.com', note: ' ' }),
        ),
      );
      for (const answer of answers) {
        expect([answer.status, answer.headers.get('location')]).to.deep.equal([303, `${path}/order`]);
      }
      const { items } = await listOrders(db(), { mailing: mailing.campaign.publicId, limit: 10 });
      expect(items).to.have.length(1);
      expect(items[0]).to.deep.include({
        product: 'Guji <b>250 g</b>',
        amount: 1250,
        currency: 'EUR',
        state: 'ordered',
        customer: { name: 'Anna "><img src=x>', contact: 'a@example.com' },
      });
      expect(await figures(mailing)).to.deep.equal({ orders: 1, 'buy orders': 1 });
      const order = await (await open(`${path}/order`)).text();
      expect(order).to.include(items[0]!.id).and.not.include('<img').and.not.include('/pay');
      expect((await open(path)).headers.get('location')).to.equal(`${path}/order`);
      expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
    });

    it('lets a cancelled order be placed again', async () => {
      const mailing = await sentToOne();
      const path = `/b/${mailing.one.token('buy')}`;
      await submit(path);
      const [first] = (await listOrders(db(), { mailing: mailing.campaign.publicId, limit: 10 })).items;
      await changeOrder({ db: db(), bus: createLocalBus(), now: () => NOW }, first!.id, 'cancelled');
      expect(await (await open(`${path}/order`)).text()).to.include('Order again');
      expect((await open(path)).status).to.equal(200);
      await submit(path);
      expect((await listOrders(db(), { mailing: mailing.campaign.publicId, limit: 10 })).items).to.have.length(2);
      expect(await figures(mailing)).to.include({ orders: 1 });
      expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
    });

    it('names a field that is too long and keeps what was typed, without placing anything', async () => {
      const mailing = await sentToOne();
      const answer = await submit(`/b/${mailing.one.token('buy')}`, { name: 'x'.repeat(201), note: '"><script>' });
      expect(answer.status).to.equal(422);
      const page = await answer.text();
      expect(page).to.include('aria-invalid="true"').and.include('200').and.include('&quot;&gt;&lt;script&gt;');
      expect(page).to.not.include('<script');
      expect((await listOrders(db(), { mailing: mailing.campaign.publicId, limit: 10 })).items).to.have.length(0);
    });

    it('takes a test payment only where a bot is for trying', async () => {
      const mailing = await sentToOne();
      const path = `/b/${mailing.one.token('buy')}`;
      await submit(path);
      expect((await submit(`${path}/pay`)).status).to.equal(404);
      await updateBot(db(), bot.id, { settings: { simulated: true } });
      expect(await (await open(`${path}/order`)).text()).to.include(`${path}/pay`);
      await Promise.all([submit(`${path}/pay`), submit(`${path}/pay`), submit(`${path}/pay`)]);
      await updateBot(db(), bot.id, { settings: {} });
      expect(await figures(mailing)).to.deep.equal({
        orders: 1,
        sales: 1,
        'revenue:EUR': 1250,
        'buy orders': 1,
        'buy sales': 1,
        'buy revenue:EUR': 1250,
      });
      expect(await (await open(`${path}/order`)).text()).to.include('state paid');
      expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
    });

    it('stays below 50 KB whatever is typed into it', async () => {
      const mailing = await sentToOne();
      const fields = { name: "'".repeat(5000), contact: "'".repeat(5000), note: "'".repeat(5500) };
      const body = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
      const answer = await open(`/b/${mailing.one.token('buy')}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: body.join('&'),
      });
      expect(answer.status).to.equal(422);
      expect(Buffer.byteLength(await answer.text())).to.be.below(PAGE_LIMIT);
    });

    it('is not reached by the token of another button, a forged one or a foreign form', async () => {
      const mailing = await sentToOne();
      expect((await open(`/b/${mailing.one.token('site')}`)).status).to.equal(404);
      expect((await submit(`/b/${mailing.one.token('site')}`)).status).to.equal(404);
      expect((await submit('/b/forged-token-0123')).status).to.equal(404);
      expect((await open(`/b/${mailing.one.token('buy')}/order`)).status).to.equal(404);
      expect((await submit(`/b/${mailing.one.token('buy')}`, { note: 'x'.repeat(40_000) })).status).to.equal(413);
      expect(await figures(mailing)).to.deep.equal({});
    });
  });
});
