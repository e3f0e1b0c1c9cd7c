// Old events go, figures stay: the audit finds no difference before, after, or when a click comes in between.
import { expect } from 'chai';
import { createLog } from '../../src/log.ts';
import { receive } from '../../src/inbound/receive.ts';
import { audit } from '../../src/stats/audit.ts';
import { retain, type RetentionDeps } from '../../src/stats/retention.ts';
import { getBotById } from '../../src/store/bots.ts';
import { readCounters } from '../../src/store/counters.ts';
import { holdJob, releaseJob } from '../../src/store/job-lease.ts';
import { patchWorkspace } from '../../src/store/settings.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { aBot, NOW } from '../support/people.ts';
import { aSentMailing, fact, receiveDeps, type SentMailing } from '../support/sent-mailing.ts';
import { plainChannel } from '../support/plain-channel.ts';

const DAY_MS = 24 * 3_600_000;
const channel = plainChannel('kept');

onEveryDatabase('retention', (db) => {
  const deps = (over: Partial<RetentionDeps> = {}): RetentionDeps => ({
    db: db(),
    log: createLog('silent'),
    now: () => NOW,
    owner: 'one',
    isConfirmed: async () => true,
    ...over,
  });

  const press = async (mailing: SentMailing, person: number, button: string, at: number): Promise<void> => {
    const bot = await db()('bots').where({ channel: channel.name }).first<{ id: number }>('id');
    const { address, token } = mailing.to[person]!;
    await receive(receiveDeps(db(), at), (await getBotById(db(), bot!.id))!, [
      fact('pressed', { address, token: token(button), at }),
    ]);
  };
  const counted = async (mailing: SentMailing): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await readCounters(db(), [mailing.campaign.id])).map(({ buttonId, figure, value }) => [
        `${buttonId}.${figure}`,
        value,
      ]),
    );

  let mailing: SentMailing;
  before(async () => {
    const bot = await aBot(db(), { channel: channel.name });
    mailing = await aSentMailing(db(), { bot, states: ['sent', 'sent', 'sent'], sentAt: NOW - 100 * DAY_MS });
    // One long ago, one long ago and again today, one only today.
    await press(mailing, 0, 'more', NOW - 90 * DAY_MS);
    await press(mailing, 1, 'more', NOW - 80 * DAY_MS);
    await press(mailing, 1, 'more', NOW - DAY_MS);
    await press(mailing, 2, 'more', NOW - DAY_MS);
  });

  const events = async (): Promise<number> => Number((await db()('events').count('* as n').first<{ n: number }>())!.n);

  it('keeps everything while no time is set', async () => {
    const all = await events();
    expect(await retain(deps())).to.deep.equal({ events: 0, messages: 0 });
    expect(await events()).to.equal(all);
  });

  it('deletes nothing in a copy, nor while another process is at it', async () => {
    await patchWorkspace(db(), { retentionDays: 30 });
    expect(await retain(deps({ isConfirmed: async () => false }))).to.equal(null);
    await holdJob(db(), { name: 'retention', owner: 'other', ms: 60_000 });
    expect(await retain(deps())).to.equal(null);
    await releaseJob(db(), { name: 'retention', owner: 'other' });
  });

  it('stops when it is asked to, and gives the lease back', async () => {
    expect(await retain(deps(), AbortSignal.abort())).to.deep.equal({ events: 0, messages: 0 });
    expect(await db()('job_leases')).to.deep.equal([]);
  });

  it('deletes what is older, and every figure stays as it was', async () => {
    await db()('web_messages').insert([
      { bot_id: 1, visitor_id: 'v', direction: 'out', key: 'old', payload: '{}', at: NOW - 31 * DAY_MS },
      { bot_id: 1, visitor_id: 'v', direction: 'out', key: 'new', payload: '{}', at: NOW - 29 * DAY_MS },
    ]);
    const before = await counted(mailing);
    expect(await audit(db())).to.deep.equal([]);
    const swept = await retain(deps());
    expect(swept?.messages).to.equal(1);
    expect(swept?.events).to.be.at.least(2);
    expect(await db()('events').where('at', '<', NOW - 30 * DAY_MS)).to.deep.equal([]);
    expect(await audit(db())).to.deep.equal([]);
    expect(await counted(mailing)).to.deep.equal(before);
    expect(before['more.button_people']).to.equal(3);
    expect(await db()('web_messages').pluck('key')).to.deep.equal(['new']);
    expect(await db()('deliveries').where({ campaign_id: mailing.campaign.id, purpose: 'campaign' })).to.have.length(3);
  });

  it('goes on counting after that, and adds up what grows old later', async () => {
    await press(mailing, 1, 'more', NOW);
    expect(await audit(db())).to.deep.equal([]);
    await retain(deps({ now: () => NOW + 60 * DAY_MS }));
    expect(await db()('events').where('kind', 'button_clicked')).to.deep.equal([]);
    expect(await audit(db())).to.deep.equal([]);
    expect((await counted(mailing))['more.button_clicks']).to.equal(5);
  });

  it('sweeps sessions that ended and answers nobody asks for again', async () => {
    await db()('sessions').insert({
      token_hash: 'gone',
      staff_id: 1,
      created_at: 1,
      expires_at: NOW - 1,
      last_used_at: 1,
    });
    await db()('idempotency_keys').insert({ key: 'gone', request_hash: 'x', created_at: NOW - 2 * DAY_MS });
    await retain(deps());
    expect(await db()('sessions')).to.deep.equal([]);
    expect(await db()('idempotency_keys')).to.deep.equal([]);
  });
});
