// Who is reached over which of their connections: the three questions (count, page, plan) and their meaning in memory
// agree, on random people and random mailings.
import { expect } from 'chai';
import * as fc from 'fast-check';
import { DEFAULT_FILTER, type Filter } from '../../src/domain/audience.ts';
import { matches, type Person } from '../../src/domain/audience-match.ts';
import { type Bots, firstWay, type Way } from '../../src/domain/fallback.ts';
import { CONNECTION_STATUSES, type ConnectionStatus } from '../../src/domain/subscriber.ts';
import { windowEnd, type WindowRule } from '../../src/domain/window.ts';
import { audienceInsert } from '../../src/store/audience-insert.ts';
import { type AudienceQuery, countAudience, pageOfAudience } from '../../src/store/audience.ts';
import { countWindows } from '../../src/store/audience-windows.ts';
import type { Bot } from '../../src/store/bots.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { aBot, aPerson, NOW } from '../support/people.ts';

const PEOPLE = 150;
const RUNS = 40;
const HOURS = 24;
/** Whoever was last heard of by NOW is outside. */
const AT = NOW + HOURS * 3_600_000;
const CHANNELS = ['alpha', 'beta', 'gamma', 'alpha'];

interface Spec {
  name: string;
  tagged: boolean;
  connections: { bot: number; status: ConnectionStatus; inboundAt: number | null }[];
}

const spec: fc.Arbitrary<Spec> = fc.record({
  name: fc.constantFrom('Ann', 'Bob'),
  tagged: fc.boolean(),
  connections: fc.array(
    fc.record({
      bot: fc.integer({ min: 0, max: CHANNELS.length - 1 }),
      // More that are well than not, as in life.
      status: fc.constantFrom<ConnectionStatus>('active', 'active', 'active', ...CONNECTION_STATUSES),
      inboundAt: fc.constantFrom(null, NOW - 2, NOW + 1, NOW + 2),
    }),
    { maxLength: 4 },
  ),
});

const FILTERS: Filter[] = [
  DEFAULT_FILTER,
  { all: [] },
  { field: 'connection.status', operator: 'is_not', value: 'active' },
  { all: [DEFAULT_FILTER, { field: 'connection.channel', operator: 'any_of', value: ['alpha', 'gamma'] }] },
  {
    all: [
      DEFAULT_FILTER,
      {
        any: [
          { field: 'tag', operator: 'has', value: 'tea' },
          { field: 'first_name', operator: 'is', value: 'Bob' },
        ],
      },
    ],
  },
  { not: { all: [DEFAULT_FILTER, { field: 'tag', operator: 'has', value: 'tea' }] } },
];

onEveryDatabase('an audience that falls back on other connections', (db) => {
  const bots: Bot[] = [];
  const known: { id: number; main: number | null; ways: Way[]; person: Omit<Person, 'connection'> }[] = [];
  /** When each connection was last heard of. */
  const inbound = new Map<number, number | null>();
  let campaigns = 0;

  before(async () => {
    for (const channel of CHANNELS) bots.push(await aBot(db(), { channel }));
    await db()('bots').where({ id: bots[3]!.id }).update({ status: 'disconnected' });
    for (const { name, tagged, connections } of fc.sample(spec, PEOPLE)) {
      const tags = tagged ? ['tea'] : [];
      const { id, publicId, connectionIds } = await aPerson(db(), {
        firstName: name,
        tags,
        connections: connections.map(({ bot, status }) => ({ bot: bots[bot]!, status })),
      });
      for (const [index, { inboundAt }] of connections.entries()) {
        inbound.set(connectionIds[index]!, inboundAt);
        await db()('connections').where({ id: connectionIds[index]! }).update({ last_inbound_at: inboundAt });
      }
      known.push({
        id,
        main: connectionIds[0] ?? null,
        ways: connections.map(({ bot, status, inboundAt }, index) => ({
          connectionId: connectionIds[index]!,
          botId: bots[bot]!.id,
          status,
          usedAt: inboundAt ?? NOW,
        })),
        person: {
          publicId,
          firstName: name,
          lastName: null,
          email: null,
          phone: null,
          locale: null,
          timeZone: null,
          lastSeenAt: null,
          attributes: {},
          tags,
          campaigns: [],
        },
      });
    }
  });

  const botOf = (id: number): Bot => bots.find((bot) => bot.id === id)!;

  const isOut = (way: Way, rules: readonly WindowRule[]): boolean =>
    rules.some(({ channel }) => channel === botOf(way.botId).channel) &&
    windowEnd(inbound.get(way.connectionId)!, HOURS) <= AT;

  /** The connection of each person that the filter holds for, by the meaning in memory. */
  function expected({ filter, channels, excluded }: AudienceQuery, rules: readonly WindowRule[] = []) {
    const shut = rules.filter(({ outside }) => outside === 'closed');
    const reach: Bots = new Map(
      bots.slice(0, 3).map((bot) => [bot.id, { variant: channels === null || channels.includes(bot.channel) }]),
    );
    const found = known.flatMap(({ id, main, ways, person }) => {
      const way = firstWay({ all: ways.map((one) => ({ ...one, closed: isOut(one, shut) })), main }, reach);
      if (!way) return [];
      const { channel, publicId: bot } = botOf(way.botId);
      const connection = { status: way.status, channel, bot, subscribedAt: NOW };
      const fits = matches(filter, { ...person, connection }, NOW);
      return [
        { id, way, channel, fits, variant: reach.get(way.botId)!.variant, out: excluded.includes(person.publicId) },
      ];
    });
    const reached = found.filter(({ fits, variant, out }) => fits && variant && !out);
    const byChannel: Record<string, number> = {};
    for (const { channel } of reached) byChannel[channel] = (byChannel[channel] ?? 0) + 1;
    return {
      reached: reached.map(({ id, way }) => ({
        subscriber_id: id,
        connection_id: way.connectionId,
        bot_id: way.botId,
      })),
      byChannel,
      active: found.filter(({ way }) => way.status === 'active').length,
      noVariant: found.filter(({ fits, variant, out }) => fits && !variant && !out).length,
      excluded: found.filter(({ fits, variant, out }) => fits && variant && out).length,
    };
  }

  it('counts, shows and plans the same people over the same connections, as the rule says', async () => {
    const query = fc.record({
      filter: fc.constantFrom(...FILTERS),
      via: fc.constant({ mode: 'main', fallback: true } as const),
      channels: fc.option(fc.subarray(['alpha', 'beta', 'gamma'])),
      excluded: fc
        .array(fc.nat(PEOPLE - 1), { maxLength: 4 })
        .map((at) => at.map((one) => known[one]!.person.publicId)),
    });
    await fc.assert(
      fc.asyncProperty(query, fc.nat(PEOPLE), async (asked, cut) => {
        const truth = expected(asked);
        const count = await countAudience(db(), asked, { now: NOW });
        expect(count.total).to.equal(truth.reached.length);
        expect(count.byChannel).to.deep.equal(truth.byChannel);
        expect(count.active).to.equal(truth.active);
        expect(count.leftOut).to.deep.equal({ noVariant: truth.noVariant, excluded: truth.excluded });

        const page = await pageOfAudience(db(), asked, { limit: PEOPLE }, { now: NOW });
        const publicIds = new Map(known.map(({ id, person }) => [id, person.publicId]));
        expect(page.items.map(({ id }) => id)).to.deep.equal(
          truth.reached.map((row) => publicIds.get(row.subscriber_id)).toReversed(),
        );
        expect(page.items.map(({ channel }) => channel)).to.deep.equal(
          truth.reached.map((row) => botOf(row.bot_id).channel).toReversed(),
        );

        campaigns += 1;
        const slice = { ...asked, campaignId: campaigns, now: NOW };
        await audienceInsert(db(), { ...slice, from: 0, to: cut });
        await audienceInsert(db(), { ...slice, from: cut, to: 1e6 });
        const rows: unknown = await db()('deliveries')
          .where({ campaign_id: campaigns })
          .orderBy('subscriber_id')
          .select('subscriber_id', 'connection_id', 'bot_id');
        expect(JSON.parse(JSON.stringify(rows))).to.deep.equal(truth.reached);
      }),
      { numRuns: RUNS },
    );
  });

  it('keeps to messaging windows: the same people are counted, moved and left out as the rule says', async () => {
    const rule = fc.record({
      channel: fc.constantFrom('alpha', 'beta', 'gamma'),
      hours: fc.constant(HOURS),
      outside: fc.constantFrom('closed' as const, 'closed' as const, 'template' as const, 'charged' as const),
    });
    const query = fc.record({
      filter: fc.constantFrom(...FILTERS),
      via: fc.constant({ mode: 'main', fallback: true } as const),
      channels: fc.option(fc.subarray(['alpha', 'beta', 'gamma'], { minLength: 1 })),
      excluded: fc.constant([]),
    });
    const rules = fc.uniqueArray(rule, { minLength: 1, maxLength: 3, selector: ({ channel }) => channel });
    await fc.assert(
      fc.asyncProperty(query, rules, async (asked, kept) => {
        const windowed = { ...asked, windows: { at: AT, rules: kept } };
        const shut = kept.filter(({ outside }) => outside === 'closed');
        const ways = (list: { connection_id: number }[]): Way[] =>
          list.map(({ connection_id: id }) => known.flatMap((one) => one.ways).find((one) => one.connectionId === id)!);
        const before = ways(expected(asked).reached);
        const truth = expected(asked, kept).reached;
        const skipped = ways(truth).filter((way) => isOut(way, shut));

        const count = await countWindows(db(), windowed, { now: NOW });
        const reach = kept.filter(({ channel }) => asked.channels?.includes(channel) ?? true);
        expect(count === null).to.equal(reach.length === 0);
        expect(count?.total ?? truth.length).to.equal(truth.length - skipped.length);
        for (const one of count?.windows ?? []) {
          const own = (list: readonly Way[]): Way[] => list.filter(({ botId }) => botOf(botId).publicId === one.bot);
          const out = own(before).filter((way) => isOut(way, kept)).length;
          expect([one.inside, one.out, one.skipped]).to.deep.equal([
            own(before).length - out,
            out,
            own(skipped).length,
          ]);
          expect(one.moved).to.equal(one.outside === 'closed' ? out - one.skipped : 0);
        }
        expect(Object.values(count?.byBot ?? {}).reduce((sum, people) => sum + people, 0)).to.equal(count?.total ?? 0);

        campaigns += 1;
        await audienceInsert(db(), {
          ...windowed,
          campaignId: campaigns,
          now: NOW,
          from: 0,
          to: 1e6,
          rules: { occurrence: '', zones: null, cap: null },
        });
        const rows = (await db()('deliveries')
          .where({ campaign_id: campaigns })
          .orderBy('subscriber_id')
          .select('subscriber_id', 'connection_id', 'bot_id', 'state', 'reason')) as Record<string, unknown>[];
        const left = new Set(skipped.map(({ connectionId }) => connectionId));
        expect(rows.map((row) => ({ ...row }))).to.deep.equal(
          truth.map((row) => ({
            ...row,
            state: left.has(row.connection_id) ? 'skipped' : 'planned',
            reason: left.has(row.connection_id) ? 'window_closed' : null,
          })),
        );
      }),
      { numRuns: RUNS },
    );
  });
});
