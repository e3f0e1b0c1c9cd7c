// People who start a bot for the first time, many in one go: after a link went round, thousands come within a minute.
// What becomes of each is decided by `applyEvent`, as for everyone; only the writing is done for all at once.
import type { Inbound } from '../domain/channel.ts';
import { applyEvent, newConnection } from '../domain/event.ts';
import type { Database } from '../store/database.ts';
import { insertEvents } from '../store/events.ts';
import { insertNewcomers, knownAddresses, type Newcomer } from '../store/newcomers.ts';
import { sumUp } from './changes.ts';

/** Most are short; a browser's subscription is an address with two keys. */
export const ADDRESS_LENGTH = 700;

type Start = Extract<Inbound, { kind: 'subscribed' }>;

/** Takes the facts of people who are unknown and of whom nothing else is told; answers which these are. */
export async function takeNewcomers(
  trx: Database,
  botId: number,
  facts: readonly Inbound[],
): Promise<ReadonlySet<Inbound>> {
  const only = onlyStarts(facts);
  const known =
    only.length > 1
      ? await knownAddresses(
          trx,
          botId,
          only.map(({ address }) => address),
        )
      : null;
  const starts = known ? only.filter(({ address }) => !known.has(address)) : [];
  if (starts.length === 0) return new Set();
  const people = await insertNewcomers(trx, botId, starts.map(newcomer));
  const added = await insertEvents(
    trx,
    starts.map(({ at, externalId, ref }, index) => ({
      at,
      kind: 'subscribed' as const,
      subscriberId: people[index]!.subscriberId,
      connectionId: people[index]!.connectionId,
      botId,
      externalId,
      data: { ref },
    })),
  );
  // Told before, of somebody who is gone by now: rare enough to look at each fact by itself.
  if (added !== starts.length) throw new Error('a newcomer is told of twice');
  return new Set(starts);
}

/** The starts of people who are named once in the list. */
function onlyStarts(facts: readonly Inbound[]): Start[] {
  const times = new Map<string, number>();
  for (const { address } of facts) times.set(address, (times.get(address) ?? 0) + 1);
  return facts.filter(
    (fact): fact is Start =>
      fact.kind === 'subscribed' &&
      fact.formerly === undefined &&
      fact.address.length <= ADDRESS_LENGTH &&
      times.get(fact.address) === 1,
  );
}

function newcomer(fact: Start): Newcomer {
  const begun = { ...newConnection, since: fact.at, externalId: fact.address, lastInboundAt: null };
  const { columns } = sumUp(begun, applyEvent(begun, fact));
  return { profile: fact.profile, connection: { ...begun, ...columns }, lastSeenAt: fact.at };
}
