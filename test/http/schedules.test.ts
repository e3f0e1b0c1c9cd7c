// Times over HTTP: what a schedule means before it is set, whom it leaves out, and what may be decided afterwards.
import { expect } from 'chai';
import type { SchedulePreview, StartList } from '../../src/http/api/engine.ts';
import type { Mailing, MailingCheck } from '../../src/http/api/mailings.ts';
import { getBot } from '../../src/store/bots.ts';
import { getCampaign, moveCampaign } from '../../src/store/campaigns.ts';
import { findOrCreateByConnection } from '../../src/store/subscribers.ts';
import { type Ask, startApp, type TestApp } from '../support/app.ts';
import { contentOf, text } from '../support/mailing.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const AT_SIX = { mode: 'person', local: '2026-11-21T18:00', overlap: 'first', passed: 'now', zoneless: 'workspace' };
const DAILY = { cron: '0 9 * * *', zone: 'Europe/Kyiv', until: null, times: null };

describe('schedules over HTTP', () => {
  let app: TestApp;
  let ask: Ask;
  let clock = NOON;

  before(async () => {
    app = await startApp({ deps: { now: () => clock } });
    ask = await app.token('read', 'write', 'send');
    const { body } = await ask('POST', '/api/v1/bots', { channel: 'plain', credentials: { token: 'good-token-1234' } });
    const bot = await getBot(app.deps.db, (body as { id: string }).id);
    const zones = ['Asia/Tokyo', 'Asia/Tokyo', 'Europe/Kyiv', 'America/New_York', undefined];
    for (const [index, timeZone] of zones.entries())
      await findOrCreateByConnection(app.deps.db, {
        botId: bot!.id,
        address: String(index),
        profile: { firstName: 'Anna', ...(timeZone === undefined ? {} : { timeZone }) },
        now: clock,
      });
  });
  after(() => app.stop());
  beforeEach(() => {
    clock = NOON;
  });

  const create = async (settings: unknown): Promise<Mailing> =>
    (await ask('POST', '/api/v1/mailings', { name: 'Times', content: contentOf(text('Hello')), settings })).body;
  const check = async ({ id }: Mailing): Promise<MailingCheck> =>
    (await ask('POST', `/api/v1/mailings/${id}/check`)).body;
  const send = async ({ id, version }: Mailing): Promise<Mailing> =>
    (await ask('POST', `/api/v1/mailings/${id}/send`, { version })).body;
  const codes = ({ findings }: MailingCheck): string[] => findings.map(({ code }) => code);
  const iso = (at: number): string => new Date(at).toISOString().slice(5, 16);

  it('count before the launch whose hour comes when, and whose zone is not known', async () => {
    const mailing = await create({ when: AT_SIX });
    const found = await check(mailing);
    expect(found.schedule.person?.instants.map(({ at, people }) => [iso(at), people])).to.deep.equal([
      ['11-21T09:00', 2],
      ['11-21T16:00', 1],
      ['11-21T18:00', 1],
      ['11-21T23:00', 1],
    ]);
    expect(found.schedule.person).to.include({ zones: 3, passed: 0, zoneless: 1 });
    expect([found.total, iso(found.startsAt)]).to.deep.equal([5, '11-21T09:00']);
    expect(found.findings.find(({ code }) => code === 'zoneless_workspace')?.message).to.equal(
      'The time zone of 1 person isn’t known: UTC is taken.',
    );
    expect(iso((await send(mailing)).dueAt!)).to.equal('11-21T09:00');
  });

  it('count those whose hour has passed, and leave them out of the number where that is the rule', async () => {
    clock = Date.UTC(2026, 10, 21, 10);
    const found = await check(await create({ when: { ...AT_SIX, passed: 'skip', zoneless: 'skip' } }));
    expect(found).to.deep.include({
      total: 2,
      skipped: { hour_passed: 2, zone_unknown: 1, frequency_cap: 0, window_closed: 0 },
    });
    expect(found.byChannel).to.deep.equal({ plain: 2 });
    expect(codes(found)).to.include.members(['hour_passed_skip', 'zoneless_skip', 'recipients']);
    clock = Date.UTC(2026, 10, 25);
    expect(codes(await check(await create({ when: { ...AT_SIX, passed: 'skip' } })))).to.include('everybody_left_out');
  });

  it('tell beforehand how many are over the frequency cap', async () => {
    const first = await create({});
    const { id: campaignId } = await getCampaign(app.deps.db, first.id);
    const people = (await app.deps.db('connections').limit(3).select('id', 'subscriber_id', 'bot_id')) as {
      id: number;
      subscriber_id: number;
      bot_id: number;
    }[];
    await app.deps.db('deliveries').insert(
      people.map(({ id, ...person }) => ({
        ...person,
        campaign_id: campaignId,
        connection_id: id,
        state: 'sent',
        planned_at: clock - 1000,
        sent_at: clock - 1000,
      })),
    );
    const found = await check(await create({ frequencyCap: { messages: 1, days: 2 } }));
    expect(found).to.deep.include({
      total: 2,
      skipped: { hour_passed: 0, zone_unknown: 0, frequency_cap: 3, window_closed: 0 },
    });
    expect(found.findings.find(({ code }) => code === 'over_cap')?.message).to.equal(
      '3 people are over the cap (1 mailings in 2 days) and are left out.',
    );
    await app.deps.db('deliveries').delete();
  });

  it('warn where the start lies in the quiet hours', async () => {
    const quiet = (from: string, to: string) => ({ quietHours: { from, to, clock: 'workspace' } });
    expect(codes(await check(await create(quiet('11:00', '13:00'))))).to.include('quiet_start');
    expect(codes(await check(await create(quiet('22:00', '11:00'))))).not.to.include('quiet_start');
  });

  it('refuse what never or too often happens, at the field, with a remedy', async () => {
    const refusal = async (settings: unknown): Promise<unknown> => {
      const { body } = await ask('POST', '/api/v1/mailings', { settings });
      const [{ path, code }] = (body as { errors: { path: string; code: string }[] }).errors as [
        { path: string; code: string },
      ];
      return [path, code];
    };
    const repeat = (change: object) => ({ repeat: { ...DAILY, ...change } });
    expect(await refusal(repeat({ cron: '*/5 * * * *' }))).to.deep.equal(['settings.repeat.cron', 'cron_too_often']);
    expect(await refusal(repeat({ cron: '0 0 30 2 *' }))).to.deep.equal(['settings.repeat.cron', 'cron_never']);
    expect(await refusal(repeat({ cron: 'at nine, please' }))).to.deep.equal(['settings.repeat.cron', 'cron_invalid']);
    expect(await refusal(repeat({ zone: 'Mars/Base' }))).to.deep.equal(['settings.repeat.zone', 'time_zone_unknown']);
    expect(await refusal({ ...repeat({}), when: AT_SIX })).to.deep.equal(['settings.repeat', 'repeat_person']);
    expect(await refusal({ when: { ...AT_SIX, local: '2026-02-30T18:00' } })).to.deep.equal([
      'settings.when.local',
      'time_invalid',
    ]);
    const over = await check(await create(repeat({ until: '2026-11-01' })));
    expect(codes(over)).to.include('repeat_over');
  });

  it('tell the next starts of a repeat, over a change of the clocks, and whether there are more', async () => {
    clock = Date.UTC(2027, 2, 26, 12);
    const preview = async (body: unknown): Promise<SchedulePreview> =>
      (await ask('POST', '/api/v1/schedule/preview', body)).body;
    const { starts, more } = await preview({ when: { mode: 'now' }, repeat: { ...DAILY, times: 3 } });
    expect(starts.map(({ at, local }) => [iso(at), local])).to.deep.equal([
      ['03-27T07:00', '2027-03-27T09:00'],
      ['03-28T06:00', '2027-03-28T09:00'],
      ['03-29T06:00', '2027-03-29T09:00'],
    ]);
    expect(more).to.equal(false);
    const skipped = await preview({ when: { mode: 'at', local: '2027-03-28T03:30', zone: 'Europe/Kyiv' } });
    expect([skipped.kind, skipped.starts[0]?.local]).to.deep.equal(['gap', '2027-03-28T04:30']);
    const night = await preview({
      when: { mode: 'at', local: '2027-04-01T23:00', zone: 'UTC' },
      quietHours: { from: '22:00', to: '07:00' },
    });
    expect(iso(night.starts[0]!.quietUntil!)).to.equal('04-02T07:00');
  });

  it('let a repeated mailing be changed between its starts, list them, and end', async () => {
    const sent = await send(await create({ repeat: DAILY }));
    expect([sent.state, iso(sent.nextStartAt!)]).to.deep.equal(['scheduled', '11-21T07:00']);
    const change = { version: sent.version, settings: { repeat: { ...DAILY, cron: '30 10 * * *' } } };
    const changed: Mailing = (await ask('PATCH', `/api/v1/mailings/${sent.id}`, change)).body;
    expect(iso(changed.dueAt!)).to.equal('11-21T08:30');
    const { id } = await getCampaign(app.deps.db, sent.id);
    clock = changed.dueAt!;
    await moveCampaign(app.deps.db, id, 'start', { now: clock, occurrence: '20261121T083000Z', planCeiling: 0 });
    await moveCampaign(app.deps.db, id, 'rest', { now: clock, dueAt: clock + 86_400_000 });
    const starts: StartList = (await ask('GET', `/api/v1/mailings/${sent.id}/starts`)).body;
    expect([starts.items, starts.next.map(iso)[0]]).to.deep.equal([[], '11-22T08:30']);
    const ended: Mailing = (await ask('POST', `/api/v1/mailings/${sent.id}/unschedule`)).body;
    expect(ended).to.include({ state: 'sent', starts: 1, nextStartAt: null });
  });

  it('ask what to do with a mailing that was too late, and obey', async () => {
    const late = async (): Promise<Mailing> => {
      const sent = await send(await create({}));
      const { id } = await getCampaign(app.deps.db, sent.id);
      await moveCampaign(app.deps.db, id, 'ask', { now: clock, dueAt: sent.dueAt, reason: 'too_late' });
      return (await ask('GET', `/api/v1/mailings/${sent.id}`)).body;
    };
    const mailing = await late();
    expect(mailing).to.deep.include({ state: 'stopped', late: { dueAt: mailing.dueAt, people: 5, nextAt: null } });
    const word = async (which: string, { id }: Mailing): Promise<Mailing> =>
      (await ask('POST', `/api/v1/mailings/${id}/${which}`)).body;
    expect(await word('continue', mailing)).to.include({ state: 'scheduled', late: null });
    expect(await word('unschedule', await late())).to.include({ state: 'draft', late: null });
    expect(await word('skip', await late())).to.include({ code: 'campaign_state' });
  });
});
