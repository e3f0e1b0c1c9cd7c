// Who is reached over which of their connections: the three questions (count, page, plan) and their meaning in memory
// agree, on random people and random mailings.
import { expect } from 'chai';
import * as fc from 'fast-check';
import { DEFAULT_FILTER, type Filter } from '../../src/domain/audience.ts';
import { matches, type Person } from '../../src/domain/audience-match.ts';
import { type Bots, firstWay, type Way } from '../../src/domain/fallback.ts';
import { CONNECTION_STATUSES, type ConnectionStatus } from '../../src/domain/subscriber.ts';
import { audienceInsert } from '../../src/store/audience-insert.ts';
import { type AudienceQuery, countAudience, pageOfAudience } from '../../src/store/audience.ts';
import type { Bot } from '../../src/store/bots.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { aBot, aPerson, NOW } from '../support/people.ts';

const PEOPLE = 150;
const RUNS = 40;
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
      for (const [index, { inboundAt }] of connections.entries())
        await db()('connections').where({ id: connectionIds[index]! }).update({ last_inbound_at: inboundAt });
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

  /** The connection of each person that the filter holds for, by the meaning in memory. */
  function expected({ filter, channels, excluded }: AudienceQuery) {
    const reach: Bots = new Map(
      bots.slice(0, 3).map((bot) => [bot.id, { variant: channels === null || channels.includes(bot.channel) }]),
    );
    const found = known.flatMap(({ id, main, ways, person }) => {
      const way = firstWay({ all: ways, main }, reach);
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
});
