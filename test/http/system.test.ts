// The owner's look at the server itself, on both databases.
import { expect } from 'chai';
import type { HealthReport } from '../../src/http/api/engine.ts';
import { saveFindings } from '../../src/store/findings.ts';
import { beat } from '../../src/store/senders.ts';
import { saveWaits } from '../../src/store/waits.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { databaseKinds } from '../support/databases.ts';
import { aBot } from '../support/people.ts';
import { aSentMailing } from '../support/sent-mailing.ts';

for (const kind of databaseKinds()) {
  describe(`GET /health [${kind}]`, function () {
    this.timeout(60_000);
    let app: TestApp;
    before(async () => {
      app = await startApp({ kind });
    });
    after(() => app.stop());

    it('tells who sends, what waits and is stuck, and the latest errors', async () => {
      const { db } = app.deps;
      const bot = await aBot(db, { channel: 'plain', name: 'Shop' });
      const { campaign } = await aSentMailing(db, { bot, states: ['sent', 'planned'], sentAt: Date.now() });
      await db('campaigns').where({ id: campaign.id }).update({ state: 'sending' });
      await db('bots').where({ id: bot.id }).update({ last_error_at: Date.now(), last_error: 'ECONNRESET' });
      await beat(db, { id: 'one', host: 'here' });
      const wait = { code: 'bot_paused', params: { bot: bot.publicId, name: 'Shop' }, since: 5 } as const;
      await saveWaits(db, 'one', [{ campaignId: campaign.id, wait }], 5);
      await saveFindings(db, 'one', [{ kind: 'lane', about: campaign.publicId, since: 7 }]);
      const owner = await app.person('owner');
      const { status, body } = await owner('GET', '/api/v1/health');
      expect(status).to.equal(200);
      const report = body as HealthReport;
      expect(report.senders.map(({ host }) => host)).to.deep.equal(['here']);
      expect(report.queue).to.equal(1);
      expect(report.queueByChannel).to.deep.equal([{ channel: 'plain', title: 'plain', remaining: 1, due: 0 }]);
      expect(report.waits[0]?.waiting.text).to.equal('Waiting: the bot Shop is paused.');
      expect(report.findings[0]).to.include({ kind: 'lane', about: campaign.publicId, host: 'here', since: 7 });
      expect(report.errors[0]).to.include({ bot: bot.publicId, text: 'Shop: ECONNRESET' });
      expect(report.database.ms).to.be.a('number');
      expect(report.database.kind).to.equal(kind);
    });

    it('is for owners and admins', async () => {
      const statuses = await Promise.all(
        ['admin', 'marketer', 'analyst'].map(async (role) => {
          const ask = await app.person(role);
          return (await ask('GET', '/api/v1/health')).status;
        }),
      );
      expect(statuses).to.deep.equal([200, 403, 403]);
    });
  });
}
