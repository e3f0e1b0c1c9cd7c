import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Inbound } from '../../src/domain/channel.ts';
import { openGroup } from '../../src/inbound/group.ts';
import { receive } from '../../src/inbound/receive.ts';
import { type Bot, getBot } from '../../src/store/bots.ts';
import { findConnection } from '../../src/store/connections.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { getSubscriberById } from '../../src/store/subscribers.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { aBot, NOW } from '../support/people.ts';
import { fact, receiveDeps } from '../support/sent-mailing.ts';

onEveryDatabase('openGroup', (db) => {
  const take = (bot: Bot, ...facts: Inbound[]): Promise<void> =>
    openGroup(receiveDeps(db()), bot)(facts.map((one) => () => [one]));
  const start = (address: string, at = NOW): Inbound => fact('subscribed', { address, ref: null, at });

  /** Everything that facts decide about, person by person, without ids. */
  const stateOf = async (bot: Bot): Promise<unknown> => {
    const people = await db()('connections as c')
      .join('subscribers as s', 's.id', 'c.subscriber_id')
      .where({ 'c.bot_id': bot.id })
      .whereRaw('s.main_connection_id = c.id')
      .orderBy('c.external_id')
      .select('c.external_id', 'c.status', 'c.reason', 'c.since', 'c.subscribed_at', 'c.last_inbound_at', 'c.ref')
      .select('s.first_name', 's.search_text', 's.created_at', 's.last_seen_at');
    const events = await db()('events as e')
      .join('connections as c', 'c.id', 'e.connection_id')
      .where({ 'e.bot_id': bot.id })
      .whereRaw('c.subscriber_id = e.subscriber_id')
      .orderBy(['c.external_id', 'e.external_id'])
      .select('c.external_id', 'e.kind', 'e.at', 'e.external_id as fact');
    return { people, events };
  };

  it('leaves the same behind as one fact after the other', async () => {
    const facts = fc.array(
      fc.record({
        kind: fc.constantFrom('subscribed' as const, 'replied' as const, 'blocked' as const, 'unsubscribed' as const),
        who: fc.nat(5),
        name: fc.constantFrom(undefined, 'Олена', 'Bo'),
        second: fc.nat(20),
        repeated: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(facts, fc.integer({ min: 1, max: 12 }), async (list, size) => {
        const told = list.flatMap(({ kind, who, name, second, repeated }, index): Inbound[] => {
          const base = {
            externalId: `u${index}`,
            at: NOW - second * 1000,
            address: `p${who}`,
            ...(name === undefined ? {} : { profile: { firstName: name } }),
          };
          const one: Inbound =
            kind === 'subscribed'
              ? { ...base, kind, ref: `ref${index}` }
              : kind === 'replied'
                ? { ...base, kind, text: 'Hi' }
                : { ...base, kind };
          return repeated ? [one, one] : [one];
        });
        const [together, apart] = [await aBot(db()), await aBot(db())];
        for (let from = 0; from < told.length; from += size) await take(together, ...told.slice(from, from + size));
        for (const one of told) await receive(receiveDeps(db()), apart, [one]);
        expect(await stateOf(together)).to.deep.equal(await stateOf(apart));
      }),
      { numRuns: 25 },
    );
  });

  it('keeps what is good of a group with updates that cannot be read or stored, and says so at the bot', async () => {
    const bot = await aBot(db());
    const unstorable = {
      toJSON: () => {
        throw new Error('not storable');
      },
    } as unknown as string;
    const facts = [start('anna'), fact('replied', { address: 'ben', text: unstorable }), start('cleo')];
    const deps = receiveDeps(db());
    await openGroup(
      deps,
      bot,
    )([
      ...facts.map((one) => () => [one]),
      () => {
        throw new TypeError('not readable');
      },
      () => [start('dora')],
    ]);
    for (const address of ['anna', 'cleo', 'dora'])
      expect((await findConnection(db(), bot.id, address))?.status).to.equal('active');
    expect(await findConnection(db(), bot.id, 'ben')).to.equal(null);
    expect((await getBot(db(), bot.publicId))?.lastError).to.match(/could not be stored/);
  });

  it('takes each by itself when a newcomer was told of before', async () => {
    const bot = await aBot(db());
    const [old, fresh] = [start('gone'), start('here')];
    await take(bot, old);
    await db()('connections').where({ bot_id: bot.id, external_id: 'gone' }).update({ external_id: 'moved' });
    await take(bot, old, fresh);
    expect((await findConnection(db(), bot.id, 'here'))?.status).to.equal('active');
    const events = await db()('events').where({ bot_id: bot.id });
    expect(events).to.have.length(2);
  });

  it('makes a whole person of each of hundreds that come at once', async () => {
    const bot = await aBot(db());
    await take(bot, ...Array.from({ length: 450 }, (_, index) => start(`many-${index}`)));
    const connection = await findConnection(db(), bot.id, 'many-449');
    expect(connection).to.include({ status: 'active', subscribedAt: NOW, lastInboundAt: NOW });
    expect(await getSubscriberById(db(), connection!.subscriberId)).to.include({ mainConnectionId: connection!.id });
    const [{ people }] = (await db()('connections').where({ bot_id: bot.id }).count({ people: '*' })) as [
      { people: number },
    ];
    expect(Number(people)).to.equal(450);
  });

  it('gives up nothing while the store is away', async () => {
    const bot = await aBot(db());
    const away = openDatabase('sqlite::memory:');
    await away.destroy();
    const failure: unknown = await openGroup(
      { ...receiveDeps(db()), db: away },
      bot,
    )([() => [start('later')]]).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error);
  });

  it('gives up nothing either where the store is back by the time that would be noted', async () => {
    for (const trouble of [
      { code: 'PROTOCOL_CONNECTION_LOST' },
      { code: 'SQLITE_BUSY' },
      { name: 'KnexTimeoutError' },
    ]) {
      const bot = await aBot(db());
      const flaky = new Proxy(db(), {
        get: (target, name) =>
          name === 'transaction'
            ? () => Promise.reject(Object.assign(new Error('not now'), trouble))
            : Reflect.get(target, name),
        apply: (target, _self, args) => Reflect.apply(target, undefined, args),
      }) as Database;
      const failure: unknown = await openGroup(
        { ...receiveDeps(db()), db: flaky },
        bot,
      )([() => [start('later')], () => [start('too')]]).catch((error: unknown) => error);
      expect(failure).to.have.property('message', 'not now');
      expect((await getBot(db(), bot.publicId))?.lastError).to.equal(null);
    }
  });
});
