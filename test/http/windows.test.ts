// Messaging windows before a mailing is sent: counts, confirmation and previewed people tell who is outside of one, and
// what happens to them.
import { expect } from 'chai';
import type { Bot } from '../../src/http/api/bots.ts';
import type { Mailing, MailingCheck } from '../../src/http/api/mailings.ts';
import type { AudienceCount } from '../../src/http/api/subscribers.ts';
import { getBot } from '../../src/store/bots.ts';
import { charge } from '../../src/store/charges.ts';
import { findOrCreateByConnection } from '../../src/store/subscribers.ts';
import { type Ask, startApp, type TestApp } from '../support/app.ts';
import { contentOf, text } from '../support/mailing.ts';
import { plainChannel } from '../support/plain-channel.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const HOUR = 3_600_000;
const FILTER = { all: [] };

describe('messaging windows over HTTP', () => {
  let app: TestApp;
  let ask: Ask;
  const ids: Record<string, number> = {};
  const bots: Record<string, string> = {};

  before(async () => {
    const channels = [
      plainChannel('open'),
      plainChannel('strict', { window: { hours: 24, outside: 'template' } }),
      plainChannel('paid', { window: { hours: 24, outside: 'charged' } }),
    ];
    app = await startApp({ channels, deps: { now: () => NOON } });
    ask = await app.token('read', 'write', 'send');
    for (const channel of ['open', 'strict', 'paid']) {
      const credentials = { token: `good-${channel}-token` };
      const { body } = await ask('POST', '/api/v1/bots', { channel, credentials });
      bots[channel] = (body as Bot).id;
      ids[channel] = (await getBot(app.deps.db, bots[channel]!))!.id;
    }
    const person = async (channel: string, address: string, inboundAt: number | null): Promise<number> => {
      const { connection } = await findOrCreateByConnection(app.deps.db, {
        botId: ids[channel]!,
        address,
        profile: { firstName: address },
        now: NOON,
      });
      await app.deps.db('connections').where({ id: connection.id }).update({ last_inbound_at: inboundAt });
      return connection.subscriberId;
    };
    await person('strict', 'inside', NOON - HOUR);
    await person('strict', 'outside', NOON - 30 * HOUR);
    const moved = await person('strict', 'never', null);
    await app.deps.db('connections').insert({
      subscriber_id: moved,
      bot_id: ids.open,
      external_id: 'other',
      status: 'active',
      since: NOON,
      subscribed_at: NOON,
    });
    await person('paid', 'session', NOON - HOUR);
    await person('paid', 'charged', NOON - 30 * HOUR);
    await person('paid', 'charged too', null);
  });
  after(() => app.stop());

  const check = async (content: object, settings = {}): Promise<MailingCheck> => {
    const { body } = await ask('POST', '/api/v1/mailings', { name: 'News', content, settings });
    return (await ask('POST', `/api/v1/mailings/${(body as Mailing).id}/check`)).body;
  };
  const HELLO = contentOf(text('Hello'));
  const WITH_TEMPLATE = { ...HELLO, templates: { strict: { name: 'news', language: 'en', parameters: [] } } };
  const sentences = ({ findings }: MailingCheck): string[] => findings.map(({ message }) => message);

  it('say how many are outside, and that they go over another messenger or are left out', async () => {
    const found = await check(HELLO);
    expect(found.total).to.equal(5);
    expect(found.skipped.window_closed).to.equal(1);
    expect(found.byChannel).to.deep.equal({ strict: 1, open: 1, paid: 3 });
    expect(found.windows.find(({ channel }) => channel === 'strict')).to.deep.include({
      bot: bots.strict,
      hours: 24,
      inside: 1,
      outside: 2,
      rule: 'closed',
      moved: 1,
      skipped: 1,
      month: null,
    });
    expect(sentences(found)).to.include.members([
      'strict: 1 person last wrote more than 24 hours ago and gets it over another messenger.',
      'strict: 1 person last wrote more than 24 hours ago and is left out.',
      'paid: 2 people last wrote more than 24 hours ago; messages to them are charged.',
    ]);
  });

  it('say that an approved template goes to them where there is one', async () => {
    const found = await check(WITH_TEMPLATE);
    expect(found.total).to.equal(6);
    expect(found.windows.find(({ channel }) => channel === 'strict')).to.include({
      rule: 'template',
      moved: 0,
      skipped: 0,
    });
    expect(sentences(found)).to.include(
      'strict: 2 people last wrote more than 24 hours ago and get the approved template.',
    );
  });

  it('stand as they will when sending starts', async () => {
    const when = { mode: 'at', local: '2026-11-22T12:00', zone: 'UTC', overlap: 'first' };
    const found = await check(HELLO, { when, via: { mode: 'main', fallback: false } });
    expect(found.windows.map(({ inside, outside }) => [inside, outside])).to.deep.equal([
      [0, 3],
      [0, 3],
    ]);
    expect([found.total, found.skipped.window_closed]).to.deep.equal([3, 3]);
  });

  it('compare what is charged this month with what is free', async () => {
    await charge(
      app.deps.db,
      [1, 2, 3].map((hours) => ({ botId: ids.paid!, at: NOON - hours * HOUR })),
    );
    await charge(app.deps.db, [{ botId: ids.paid!, at: NOON - 31 * 24 * HOUR }]);
    const free = async (monthlyFree: number | null): Promise<MailingCheck> => {
      expect((await ask('PATCH', `/api/v1/bots/${bots.paid}`, { monthlyFree })).body).to.include({ monthlyFree });
      return check(HELLO);
    };
    const enough = await free(5);
    expect(enough.windows.find(({ channel }) => channel === 'paid')?.month).to.deep.equal({ charged: 3, free: 5 });
    expect(enough.findings.find(({ code }) => code === 'window_month')).to.include({ level: 'ok' });
    const tooFew = await free(4);
    expect(tooFew.findings.find(({ code }) => code === 'window_month_over')).to.include({ level: 'warning' });
    expect(sentences(await free(null)).some((sentence) => /free/.test(sentence))).to.equal(false);
  });

  it('are told of an audience, and of the connection each person would get it over', async () => {
    const count: AudienceCount = (await ask('POST', '/api/v1/audience/count', { filter: FILTER })).body;
    expect([count.total, count.windows.length]).to.deep.equal([5, 2]);
    const templated: AudienceCount = (
      await ask('POST', '/api/v1/audience/count', { filter: FILTER, templates: ['strict'] })
    ).body;
    expect(templated.total).to.equal(6);
    const people = (await ask('POST', '/api/v1/audience/people', { filter: FILTER })).body as unknown as {
      items: { firstName: string; channel: string }[];
    };
    expect(JSON.stringify(people)).to.include('never');
    const only: AudienceCount = (
      await ask('POST', '/api/v1/audience/count', {
        filter: FILTER,
        via: { mode: 'bots', bots: [bots.open], each: false },
      })
    ).body;
    expect(only.windows, 'no messenger with a window is involved').to.deep.equal([]);
  });
});
