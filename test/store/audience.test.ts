import { expect } from 'chai';
import { DEFAULT_FILTER, type Filter } from '../../src/domain/audience.ts';
import type { Via } from '../../src/domain/mailing-settings.ts';
import { audienceInsert } from '../../src/store/audience-insert.ts';
import { type AudienceQuery, countAudience, pageOfAudience } from '../../src/store/audience.ts';
import type { Bot } from '../../src/store/bots.ts';
import { newPublicId } from '../../src/store/database.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { aBot, aPerson, NOW } from '../support/people.ts';

const EVERYONE: Filter = { all: [] };

onEveryDatabase('the audience of a mailing', (db) => {
  const bots: Record<'alpha' | 'beta', Bot> = {} as Record<'alpha' | 'beta', Bot>;
  const ids: Record<string, string> = {};
  let campaigns = 0;

  before(async () => {
    bots.alpha = await aBot(db(), { channel: 'alpha' });
    bots.beta = await aBot(db(), { channel: 'beta' });
    const { alpha, beta } = bots;
    const people = {
      both: { connections: [{ bot: alpha }, { bot: beta }], tags: ['tea'] },
      betaFirst: { connections: [{ bot: beta }, { bot: alpha }] },
      alphaBlocked: { connections: [{ bot: alpha, status: 'blocked' as const }, { bot: beta }] },
      onlyBeta: { connections: [{ bot: beta }], tags: ['tea'] },
      gone: { connections: [{ bot: alpha, status: 'unsubscribed' as const }] },
      nowhere: {},
    };
    for (const [name, spec] of Object.entries(people))
      ids[name] = (await aPerson(db(), { firstName: name, ...spec })).publicId;
  });

  const query = (part: Partial<AudienceQuery> = {}): AudienceQuery => ({
    filter: DEFAULT_FILTER,
    via: { mode: 'main', fallback: false },
    channels: null,
    excluded: [],
    ...part,
  });
  const count = (part: Partial<AudienceQuery> = {}) => countAudience(db(), query(part), { now: NOW });
  const names = async (part: Partial<AudienceQuery> = {}, limit = 50): Promise<(string | null)[]> =>
    (await pageOfAudience(db(), query(part), { limit }, { now: NOW })).items.map((row) => row.firstName);
  const planned = async (
    part: Partial<AudienceQuery> = {},
  ): Promise<{ person: string; bot: number; cause: string }[]> => {
    campaigns += 1;
    const slice = { ...query(part), campaignId: campaigns, now: NOW };
    const inserted =
      (await audienceInsert(db(), { ...slice, from: 0, to: 3 })) +
      (await audienceInsert(db(), { ...slice, from: 3, to: 1000 }));
    const rows = await db()('deliveries as d')
      .join('subscribers as s', 's.id', 'd.subscriber_id')
      .where({ campaign_id: campaigns })
      .orderBy(['d.subscriber_id', 'd.connection_id'])
      .select('s.first_name as person', 'd.bot_id as bot', 'd.cause', 'd.state', 'd.purpose', 'd.planned_at');
    expect(rows).to.have.length(inserted);
    for (const row of rows) expect(row).to.include({ state: 'planned', purpose: 'campaign', planned_at: NOW });
    return rows.map(({ person, bot, cause }) => ({ person, bot, cause }));
  };
  const over = (each: boolean, ...order: Bot[]): Via => ({
    mode: 'bots',
    bots: order.map((bot) => bot.publicId),
    each,
  });

  it('goes over main connections that are active', async () => {
    expect(await count()).to.deep.equal({
      total: 3,
      byChannel: { alpha: 1, beta: 2 },
      byBot: { [bots.alpha.publicId]: 1, [bots.beta.publicId]: 2 },
      active: 3,
      leftOut: { noVariant: 0, excluded: 0 },
      noVariantByChannel: {},
    });
    expect(await names()).to.deep.equal(['onlyBeta', 'betaFirst', 'both']);
    expect(await planned()).to.deep.equal([
      { person: 'both', bot: bots.alpha.id, cause: '' },
      { person: 'betaFirst', bot: bots.beta.id, cause: '' },
      { person: 'onlyBeta', bot: bots.beta.id, cause: '' },
    ]);
  });

  it('leaves out and counts those whose channel has no variant', async () => {
    const one = await count({ channels: ['alpha'] });
    expect(one).to.include({ total: 1, active: 3 });
    expect(one.leftOut).to.deep.equal({ noVariant: 2, excluded: 0 });
    expect(one.noVariantByChannel).to.deep.equal({ beta: 2 });
    expect(await names({ channels: ['alpha'] })).to.deep.equal(['both']);
    expect(await planned({ channels: ['alpha'] })).to.have.length(1);
  });

  it('leaves out those excluded by hand', async () => {
    const one = await count({ excluded: [ids.both!, ids.gone!, 'nobody0'] });
    expect(one).to.include({ total: 2, active: 3 });
    expect(one.leftOut).to.deep.equal({ noVariant: 0, excluded: 1 });
    expect(one.byChannel).to.deep.equal({ beta: 2 });
    expect(await names({ excluded: [ids.both!] })).to.deep.equal(['onlyBeta', 'betaFirst']);
    expect((await planned({ excluded: [ids.both!] })).map((row) => row.person)).to.deep.equal([
      'betaFirst',
      'onlyBeta',
    ]);
  });

  it('takes the first of the chosen bots at which the person matches', async () => {
    const via = over(false, bots.alpha, bots.beta);
    expect(await count({ via })).to.deep.include({ total: 4, byChannel: { alpha: 2, beta: 2 }, active: 4 });
    expect(await planned({ via })).to.deep.equal([
      { person: 'both', bot: bots.alpha.id, cause: '' },
      { person: 'betaFirst', bot: bots.alpha.id, cause: '' },
      { person: 'alphaBlocked', bot: bots.beta.id, cause: '' },
      { person: 'onlyBeta', bot: bots.beta.id, cause: '' },
    ]);
    const page = await pageOfAudience(db(), query({ via }), { limit: 2 }, { now: NOW });
    expect(page.items.map((row) => [row.firstName, row.channel])).to.deep.equal([
      ['onlyBeta', 'beta'],
      ['alphaBlocked', 'beta'],
    ]);
    const rest = await pageOfAudience(db(), query({ via }), { limit: 2, cursor: page.next! }, { now: NOW });
    expect(rest.items.map((row) => [row.firstName, row.channel])).to.deep.equal([
      ['betaFirst', 'alpha'],
      ['both', 'alpha'],
    ]);
    expect(rest.next).to.equal(null);
  });

  it('prefers a bot that has a variant', async () => {
    const via = over(false, bots.alpha, bots.beta);
    const one = await count({ via, channels: ['beta'] });
    expect(one).to.deep.include({ total: 4, byChannel: { beta: 4 }, leftOut: { noVariant: 0, excluded: 0 } });
    const other = await count({ via, channels: ['alpha'] });
    expect(other).to.deep.include({
      total: 2,
      byChannel: { alpha: 2 },
      leftOut: { noVariant: 2, excluded: 0 },
      noVariantByChannel: { beta: 2 },
    });
  });

  it('writes to each connection where the owner says so', async () => {
    const via = over(true, bots.alpha, bots.beta);
    expect(await count({ via })).to.deep.include({ total: 4, byChannel: { alpha: 2, beta: 4 } });
    const rows = await planned({ via });
    expect(rows).to.have.length(6);
    for (const row of rows) expect(row.cause).to.match(/^c:\d+$/);
  });

  it('asks about the connection the message would go over', async () => {
    const blocked: Filter = { field: 'connection.status', operator: 'is', value: 'blocked' };
    expect(await names({ filter: blocked })).to.deep.equal(['alphaBlocked']);
    expect(await names({ filter: blocked, via: over(false, bots.beta) })).to.deep.equal([]);
  });

  it('plans nobody twice, however often the slice is planned', async () => {
    campaigns += 1;
    const slice = { ...query({ filter: EVERYONE }), campaignId: campaigns, from: 0, to: 1000, now: NOW };
    expect(await audienceInsert(db(), slice)).to.equal(5);
    expect(await audienceInsert(db(), slice)).to.equal(0);
  });

  it('finds nobody behind a bot that is unknown', async () => {
    const via: Via = { mode: 'bots', bots: [newPublicId()], each: false };
    expect(await count({ via })).to.include({ total: 0, active: 0 });
    expect(await names({ via })).to.deep.equal([]);
    expect(await planned({ via })).to.deep.equal([]);
  });

  it('stops counting when the asker has gone', async () => {
    const signal = AbortSignal.abort(new Error('gone'));
    const error = await countAudience(db(), query(), { now: NOW, signal }).catch((reason: unknown) => reason);
    expect(error).to.be.an('error').with.property('message', 'gone');
  });
});
