import { expect } from 'chai';
import { audit } from '../../src/stats/audit.ts';
import { type Bot, getBot, getBotById, openSecrets } from '../../src/store/bots.ts';
import { closeConnections, skipWhatIsPlanned } from '../../src/store/disconnect.ts';
import { readCounters } from '../../src/store/counters.ts';
import { type Ask, startApp, type TestApp } from '../support/app.ts';
import { databaseKinds } from '../support/databases.ts';
import { aPerson } from '../support/people.ts';
import { plainChannel } from '../support/plain-channel.ts';
import { aSentMailing } from '../support/sent-mailing.ts';

const TOKEN = 'good-token-1234';

for (const kind of databaseKinds()) {
  describe(`disconnecting a bot [${kind}]`, function () {
    this.timeout(60_000);
    const plain = plainChannel('plain');
    let app: TestApp;
    let ask: Ask;
    let bot: Bot;

    before(async () => {
      app = await startApp({ kind, channels: [plain, plainChannel('site', { inbound: ['socket'] })] });
      ask = await app.person('admin');
      const { body } = await ask('POST', '/api/v1/bots', { channel: 'plain', credentials: { token: TOKEN } });
      bot = (await getBot(app.deps.db, (body as { id: string }).id))!;
    });
    after(() => app.stop());

    const connections = (): Promise<{ external_id: string; status: string; reason: string | null }[]> =>
      app.deps
        .db('connections')
        .where({ bot_id: bot.id })
        .orderBy('external_id')
        .select('external_id', 'status', 'reason');

    it('is for admins alone', async () => {
      const marketer = await app.person('marketer');
      expect((await marketer('DELETE', `/api/v1/bots/${bot.publicId}`)).status).to.equal(403);
    });

    it('lets the platform, the credentials and the people go, and keeps the figures', async () => {
      const { db, keyring } = app.deps;
      await aPerson(db, { connections: [{ bot, address: 'a-active' }] });
      await aPerson(db, { connections: [{ bot, address: 'b-blocked', status: 'blocked' }] });
      const mailing = await aSentMailing(db, { bot, states: ['sent', 'planned', 'planned'] });
      const [, first, last] = mailing.to;
      await db('slices').insert({
        campaign_id: mailing.campaign.id,
        bot_id: bot.id,
        first_delivery_id: first!.deliveryId,
        last_delivery_id: last!.deliveryId,
        done: 0,
      });
      expect((await ask('DELETE', `/api/v1/bots/${bot.publicId}`)).status).to.equal(204);

      expect(plain.disconnected.at(-1)?.credentials).to.deep.equal({ token: TOKEN });
      expect(openSecrets(keyring, (await getBotById(db, bot.id))!).credentials).to.deep.equal({});
      expect((await ask('GET', `/api/v1/bots/${bot.publicId}`)).status).to.equal(404);
      expect((await ask('GET', '/api/v1/bots')).body).to.deep.equal({ items: [] });
      expect((await ask('POST', `/webhooks/${bot.webhookKey}`, {})).status).to.equal(404);
      const [active, blocked, ...others] = await connections();
      expect(active).to.include({ status: 'unreachable', reason: 'disconnected' });
      expect(blocked).to.include({ status: 'blocked' });
      expect(others.every(({ status }) => status === 'unreachable')).to.equal(true);

      const counters = await readCounters(db, [mailing.campaign.id]);
      const figures = Object.fromEntries(counters.map(({ figure, value }) => [figure, value]));
      expect(figures).to.deep.include({ planned: 3, sent: 1, skipped: 2 });
      expect(await audit(db, mailing.campaign.id)).to.deep.equal([]);
      expect(await db('slices').where({ bot_id: bot.id, done: 0 })).to.deep.equal([]);
      const statistics = await ask('GET', `/api/v1/mailings/${mailing.campaign.publicId}/statistics`);
      expect(statistics.body).to.have.nested.property('byChannel[0].channel', 'plain');
    });

    it('does nothing when it is done again, as after a process that died half way', async () => {
      const before = await connections();
      await closeConnections(app.deps.db, bot.id, 1);
      await skipWhatIsPlanned(app.deps.db, bot.id, 1);
      expect(await connections()).to.deep.equal(before);
    });

    it('reaches nobody over it', async () => {
      const { body } = await ask('POST', '/api/v1/audience/count', {
        filter: { all: [] },
        via: { mode: 'bots', bots: [bot.publicId], each: false },
      });
      expect(body, JSON.stringify(body)).to.have.property('total', 0);
    });

    it('comes back with its people when the same account is connected again', async () => {
      const { status, body } = await ask('POST', '/api/v1/bots', { channel: 'plain', credentials: { token: TOKEN } });
      expect(status).to.equal(201);
      expect(body).to.include({ id: bot.publicId, status: 'connected' });
      const [active, blocked, ...others] = await connections();
      expect(active).to.include({ status: 'active', reason: null });
      expect(blocked).to.include({ status: 'blocked' });
      expect(others.every(({ status }) => status === 'active')).to.equal(true);
    });

    it('disconnects even when the platform does not answer', async () => {
      const disconnect = plain.disconnect!;
      plain.disconnect = () => Promise.reject(new Error('no answer'));
      expect((await ask('DELETE', `/api/v1/bots/${bot.publicId}`)).status).to.equal(204);
      plain.disconnect = disconnect;
    });

    it('only looks when credentials are checked', async () => {
      const connected = plain.connected.length;
      const { status } = await ask('POST', '/api/v1/bots/check', {
        channel: 'plain',
        credentials: { token: 'good-other' },
      });
      expect(status).to.equal(200);
      expect(plain.connected).to.have.length(connected);
    });

    it('asks the platform for nothing when the account is connected already', async () => {
      await ask('POST', '/api/v1/bots', { channel: 'plain', credentials: { token: TOKEN } });
      const connected = plain.connected.length;
      const again = await ask('POST', '/api/v1/bots', { channel: 'plain', credentials: { token: TOKEN } });
      expect(again.body).to.include({ code: 'bot_exists' });
      expect(plain.connected).to.have.length(connected);
    });

    it('shows the secret of a website chat to admins, and of no other bot', async () => {
      const { body } = await ask('POST', '/api/v1/bots', {
        channel: 'site',
        name: 'Shop',
        credentials: { token: TOKEN },
      });
      const path = `/api/v1/bots/${(body as { id: string }).id}/widget-secret`;
      const shown = await ask('POST', path);
      expect((shown.body as { secret: string }).secret).to.match(/^[0-9a-f]{64}$/);
      expect((await ask('POST', path, {})).body, 'again').to.deep.equal(shown.body);
      const renewed = await ask('POST', path, { renew: true });
      expect((renewed.body as { secret: string }).secret).to.match(/^[0-9a-f]{64}$/);
      expect(renewed.body).not.to.deep.equal(shown.body);
      expect((await ask('POST', path)).body, 'from then on').to.deep.equal(renewed.body);
      expect((await (await app.person('marketer'))('POST', path)).status).to.equal(403);
      expect((await ask('POST', `/api/v1/bots/${bot.publicId}/widget-secret`)).status).to.equal(404);
    });
  });
}
