import { expect } from 'chai';
import fc from 'fast-check';
import { matches, type Person } from '../../src/domain/audience-match.ts';
import { parseFilter } from '../../src/domain/audience-parse.ts';
import { type Field, fieldsWith, type Filter, OPERATORS } from '../../src/domain/audience.ts';
import { storedDate } from '../../src/domain/attributes.ts';
import { type AttributeDefinition, CONNECTION_STATUSES } from '../../src/domain/subscriber.ts';
import type { Bot } from '../../src/store/bots.ts';
import { applyFilter, filterContext } from '../../src/store/filter-sql.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { aBot, aPerson, NOW } from '../support/people.ts';

const DAY = 24 * 3600_000;
const RUNS = 250;
const PEOPLE = 120;

const ATTRIBUTES: AttributeDefinition[] = [
  { key: 'city', name: 'City', type: 'text', choices: [] },
  { key: 'age', name: 'Age', type: 'number', choices: [] },
  { key: 'vip', name: 'Vip', type: 'boolean', choices: [] },
  { key: 'born', name: 'Born', type: 'date', choices: [] },
  { key: 'likes', name: 'Likes', type: 'list', choices: [] },
  { key: 'size', name: 'Size', type: 'choice', choices: ['S', 'M', 'L'] },
  { key: 'sizes', name: 'Sizes', type: 'choices', choices: ['S', 'M', 'L'] },
];
const FIELDS = fieldsWith(ATTRIBUTES);
const CAMPAIGNS = ['CampaignA', 'CampaignB'];

// Few different values, so that equal ones meet; letters whose case, width or accent databases like to confuse.
const word = fc.constantFrom(
  'a',
  'A',
  'Ґанна',
  'ґанна',
  'José',
  'jose',
  'İzmir',
  'ΟΔΟΣ',
  'οδοσ',
  'Straße',
  "O'Neil",
  'a%b_c',
  '"x"',
  'é',
  'e',
  '😀',
  'null',
  '[]',
  '50',
);
const day = fc.integer({ min: -40, max: 3 });
const date = day.chain((days) => fc.constantFrom(NOW + days * DAY, NOW + days * DAY - 12 * 3600_000));
const number = fc.constantFrom(-1.5, 0, 1, 18, 18.5, 0.1, 1e9);
const size = fc.constantFrom('S', 'M', 'L');
const zone = fc.constantFrom('Europe/Kyiv', 'America/New_York', 'Asia/Ho_Chi_Minh');
const stored = (at: number): string => storedDate(at);

interface Spec {
  profile: {
    firstName?: string;
    lastName?: string;
    email?: string;
    phone?: string;
    locale?: string;
    timeZone?: string;
  };
  attributes: Record<string, unknown>;
  tags: string[];
  lastSeenAt: number | null;
  connection: { bot: number; status: (typeof CONNECTION_STATUSES)[number]; subscribedAt: number | null } | null;
  history: {
    campaign: number;
    state: 'sent' | 'failed' | 'opened' | 'planned';
    link: boolean;
    buy: boolean;
    button: boolean;
    order: 'paid' | 'cancelled' | null;
  }[];
}

const spec: fc.Arbitrary<Spec> = fc.record({
  profile: fc.record(
    {
      firstName: word,
      lastName: word,
      email: word,
      phone: word,
      locale: fc.constantFrom('uk', 'en', 'en-GB'),
      timeZone: zone,
    },
    { requiredKeys: [] },
  ),
  attributes: fc.record(
    {
      city: word,
      age: number,
      vip: fc.boolean(),
      born: date.map(stored),
      likes: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
      size,
      sizes: fc.uniqueArray(size, { minLength: 1 }),
    },
    { requiredKeys: [] },
  ),
  tags: fc.uniqueArray(word, { maxLength: 3 }),
  lastSeenAt: fc.option(date),
  connection: fc.option(
    fc.record({ bot: fc.nat(2), status: fc.constantFrom(...CONNECTION_STATUSES), subscribedAt: fc.option(date) }),
  ),
  history: fc.array(
    fc.record({
      campaign: fc.nat(1),
      state: fc.constantFrom('sent' as const, 'failed' as const, 'opened' as const, 'planned' as const),
      link: fc.boolean(),
      buy: fc.boolean(),
      button: fc.boolean(),
      order: fc.constantFrom('paid' as const, 'cancelled' as const, null),
    }),
    { maxLength: 2 },
  ),
});

onEveryDatabase('a filter as SQL', (db) => {
  const people: { id: number; person: Person }[] = [];
  const bots: Bot[] = [];

  before(async () => {
    for (const channel of ['alpha', 'alpha', 'beta']) bots.push(await aBot(db(), { channel }));
    for (const public_id of CAMPAIGNS) {
      await db()('campaigns').insert({
        public_id,
        kind: 'mailing',
        state: 'sent',
        name: public_id,
        audience: '{}',
        settings: '{}',
        message_id: 1,
        created_at: NOW,
        updated_at: NOW,
      });
    }
    const campaignIds: number[] = await db()('campaigns').orderBy('id').pluck('id');
    for (const one of fc.sample(spec, PEOPLE)) people.push(await store(one, campaignIds));
  });

  async function store(one: Spec, campaignIds: number[]): Promise<{ id: number; person: Person }> {
    const bot = one.connection ? bots[one.connection.bot]! : null;
    const { id, publicId, connectionIds } = await aPerson(db(), {
      ...one.profile,
      attributes: one.attributes as Person['attributes'],
      tags: one.tags,
      lastSeenAt: one.lastSeenAt,
      connections: one.connection && bot ? [{ ...one.connection, bot }] : [],
    });
    for (const [index, part] of one.history.entries()) {
      const campaign_id = campaignIds[part.campaign];
      const delivered = part.state === 'sent' || part.state === 'opened';
      await db()('deliveries').insert({
        campaign_id,
        subscriber_id: id,
        connection_id: connectionIds[0] ?? 0,
        bot_id: bot?.id ?? 0,
        cause: `t${index}`,
        state: part.state,
        planned_at: NOW,
        opened_at: part.state === 'opened' ? NOW : null,
        link_clicked_at: delivered && part.link ? NOW : null,
        buy_clicked_at: delivered && part.buy ? NOW : null,
        button_clicked_at: delivered && part.button ? NOW : null,
      });
      if (part.order) {
        await db()('orders').insert({
          public_id: `${publicId}${index}`,
          source: 'checkout',
          external_id: `${publicId}${index}`,
          campaign_id,
          subscriber_id: id,
          product: 'Tea',
          amount: 1,
          currency: 'EUR',
          state: part.order,
          customer: '{}',
          ordered_at: NOW,
        });
      }
    }
    const person: Person = {
      publicId,
      attributes: one.attributes as Person['attributes'],
      tags: one.tags,
      lastSeenAt: one.lastSeenAt,
      firstName: one.profile.firstName ?? null,
      lastName: one.profile.lastName ?? null,
      email: one.profile.email ?? null,
      phone: one.profile.phone ?? null,
      locale: one.profile.locale ?? null,
      timeZone: one.profile.timeZone ?? null,
      connection:
        one.connection && bot
          ? {
              status: one.connection.status,
              channel: bot.channel,
              bot: bot.publicId,
              subscribedAt: one.connection.subscribedAt,
            }
          : null,
      campaigns: one.history.map((part) => {
        const delivered = part.state === 'sent' || part.state === 'opened';
        return {
          campaign: CAMPAIGNS[part.campaign]!,
          received: delivered,
          opened: part.state === 'opened',
          clicked: delivered && (part.link || part.buy || part.button),
          clickedBuy: delivered && part.buy,
          ordered: part.order === 'paid',
        };
      }),
    };
    return { id, person };
  }

  const select = async (filter: Filter): Promise<number[]> => {
    const query = db()('subscribers as s').leftJoin('connections as c', 'c.id', 's.main_connection_id').orderBy('s.id');
    return applyFilter(query, filter, await filterContext(db(), NOW)).pluck('s.id') as unknown as Promise<number[]>;
  };
  const expected = (filter: Filter): number[] =>
    people.filter(({ person }) => matches(filter, person, NOW)).map(({ id }) => id);

  // --- Random filters -----------------------------------------------------------------------

  const isoText = date.chain((at) =>
    fc.constantFrom(stored(at), new Date(at).toISOString(), new Date(at).toISOString().slice(0, 10)),
  );
  const oneOf = (field: Field): fc.Arbitrary<unknown> => {
    switch (field.type) {
      case 'number':
        return number;
      case 'boolean':
        return fc.boolean();
      case 'date':
        return isoText;
      case 'campaign':
        return fc.constantFrom('any', 'Unknown', ...CAMPAIGNS);
      case 'ids':
        return fc.nat(PEOPLE - 1).map((index) => people[index]!.person.publicId);
      case 'choice':
      case 'choices':
        return size;
      default:
        if (field.name === 'connection.bot') return fc.nat(2).map((index) => bots[index]!.publicId);
        if (field.name === 'connection.channel') return fc.constantFrom('alpha', 'beta', 'gamma');
        if (field.name === 'connection.status') return fc.constantFrom(...CONNECTION_STATUSES);
        if (field.name === 'time_zone') return fc.oneof(zone, word);
        return field.name === 'locale' ? fc.constantFrom('uk', 'en', 'en-GB', 'EN') : word;
    }
  };
  const valueFor = (field: Field, operator: string): fc.Arbitrary<unknown> => {
    if (operator.endsWith('empty')) return fc.constant(undefined);
    if (operator === 'any_of' || operator === 'none_of') return fc.array(oneOf(field), { minLength: 1, maxLength: 4 });
    if (operator.endsWith('last_days')) return fc.integer({ min: 1, max: 40 });
    if (operator === 'between')
      return fc
        .tuple(oneOf(field), oneOf(field))
        .map((pair) =>
          (pair as (string | number)[]).sort((a, b) =>
            typeof a === 'number' ? a - (b as number) : Date.parse(a) - Date.parse(b as string),
          ),
        );
    return oneOf(field);
  };
  const condition = fc.constantFrom(...FIELDS).chain((field) =>
    fc.constantFrom(...OPERATORS[field.type]).chain((operator) =>
      valueFor(field, operator).map((value): Filter => ({
        field: field.name,
        operator,
        ...(value === undefined ? {} : { value }),
      })),
    ),
  );
  const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      condition,
      fc.array(tie('filter'), { maxLength: 3 }).map((all): Filter => ({ all })),
      fc.array(tie('filter'), { maxLength: 3 }).map((any): Filter => ({ any })),
      tie('filter').map((not): Filter => ({ not })),
    ),
  }));

  it('finds the same people as the same filter in memory', async () => {
    await fc.assert(
      fc.asyncProperty(filter, async (raw) => {
        const parsed = parseFilter(raw, FIELDS);
        expect(await select(parsed)).to.deep.equal(expected(parsed));
      }),
      { numRuns: RUNS },
    );
  });

  it('agrees on every field with every operator', async () => {
    for (const field of FIELDS) {
      for (const operator of OPERATORS[field.type]) {
        for (const value of fc.sample(valueFor(field, operator), 4)) {
          const parsed = parseFilter(
            { field: field.name, operator, ...(value === undefined ? {} : { value }) },
            FIELDS,
          );
          expect(await select(parsed), JSON.stringify(parsed)).to.deep.equal(expected(parsed));
        }
      }
    }
  });

  it('loses nobody between a filter and its opposite', async () => {
    await fc.assert(
      fc.asyncProperty(filter, async (raw) => {
        const parsed = parseFilter(raw, FIELDS);
        const both = [...(await select(parsed)), ...(await select({ not: parsed }))].sort((a, b) => a - b);
        expect(both).to.deep.equal(people.map(({ id }) => id));
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it('matches everyone when it asks nothing', async () => {
    expect(await select({ all: [] })).to.have.length(PEOPLE);
  });
});
