// Takes facts in: each becomes an event, changes its connection and moves the figures it counts for, all in one
// transaction that is over when this resolves. So whoever told the fact may be told it is stored, and a fact told
// twice changes nothing.
import { createHash } from 'node:crypto';
import type { Bus } from '../bus.ts';
import type { Inbound } from '../domain/channel.ts';
import { applyEvent, type EventKind } from '../domain/event.ts';
import type { Connection } from '../domain/subscriber.ts';
import type { Logger } from '../log.ts';
import { type ArrivalDelivery, lockLastSent, type Mark, markOnce } from '../store/arrivals.ts';
import { type Bot, recordBotHealth } from '../store/bots.ts';
import { lockConnection } from '../store/connection-lock.ts';
import { updateConnection } from '../store/connections.ts';
import { bump } from '../store/counters.ts';
import type { Database } from '../store/database.ts';
import { insertEvent } from '../store/events.ts';
import { findOrCreateByConnection } from '../store/subscribers.ts';
import { transact } from '../store/transact.ts';
import type { Figure } from '../domain/stats.ts';
import { saveChanges } from './changes.ts';
import { ADDRESS_LENGTH, takeNewcomers } from './newcomers.ts';
import { findMessage, findPress, takePress } from './press.ts';
import { findReceipted, takeReceipt, toldOf } from './receipts.ts';

export interface ReceiveDeps {
  db: Database;
  bus: Bus;
  now: () => number;
  /** `keyring.derive('tracking')` */
  trackingKey: Buffer;
  log: Logger;
}

export interface Received {
  stored: number;
  repeated: number;
}

/** What one fact did, as far as others must hear of it. */
interface Taken {
  isNew: boolean;
  /** A message waits for the sender. */
  planned?: boolean;
  /** The id of a receipt's event that overtook what it speaks of. */
  early?: number | undefined;
}

const ID_LENGTH = 190;
const HEALTH_STEP_MS = 1000;

/** All of it or nothing. Each person's facts are taken in their order. */
export async function receive(
  deps: ReceiveDeps,
  bot: Pick<Bot, 'id' | 'lastInboundAt'>,
  facts: readonly Inbound[],
): Promise<Received> {
  if (facts.length === 0) return { stored: 0, repeated: 0 };
  const now = deps.now();
  const taken = await transact(deps.db, (trx) =>
    takeAll(
      trx,
      { ...deps, now },
      bot.id,
      facts.map((fact) => fit(fact, now)),
    ),
  );
  if (taken.some(({ planned }) => planned)) deps.bus.publish('work');
  if (taken.some(({ isNew }) => isNew)) deps.bus.publish('live');
  for (const { early } of taken) if (early !== undefined) deps.bus.publish('receipt', { eventId: early });
  // Once a second is enough for a person to look at, and keeps busy bots from queueing for one row.
  if (now - (bot.lastInboundAt ?? 0) >= HEALTH_STEP_MS) await recordBotHealth(deps.db, bot.id, { lastInboundAt: now });
  const stored = taken.filter(({ isNew }) => isNew).length;
  return { stored, repeated: taken.length - stored };
}

/** People met for the first time are written together; what else there is, one by one. */
async function takeAll(trx: Database, deps: TakeDeps, botId: number, facts: readonly Inbound[]): Promise<Taken[]> {
  const met = facts.length > 1 ? await takeNewcomers(trx, botId, facts) : new Set<Inbound>();
  const results: Taken[] = [...met].map(() => ({ isNew: true }));
  for (const fact of facts) if (!met.has(fact)) results.push(await take(trx, deps, botId, fact));
  return results;
}

/** Nothing from outside may be longer than its column or later than now. */
function fit(fact: Inbound, now: number): Inbound {
  const externalId =
    fact.externalId.length > ID_LENGTH ? createHash('sha256').update(fact.externalId).digest('hex') : fact.externalId;
  return { ...fact, externalId, at: Number.isFinite(fact.at) ? Math.min(fact.at, now) : now };
}

interface TakeDeps {
  now: number;
  trackingKey: Buffer;
  log: Logger;
}

async function take(trx: Database, deps: TakeDeps, botId: number, fact: Inbound): Promise<Taken> {
  if (fact.address.length > ADDRESS_LENGTH) {
    deps.log.warn({ event: 'fact.dropped', botId, reason: 'address too long' });
    return { isNew: false };
  }
  const connection = await connectionOf(trx, botId, fact);
  // A receipt from someone we do not know speaks of nothing we sent.
  if (!connection) return { isNew: false };
  const event = {
    at: fact.at,
    kind: EVENT_OF[fact.kind],
    subscriberId: connection.subscriberId,
    connectionId: connection.id,
    botId,
    externalId: fact.externalId,
  };
  const store = async (
    about: { campaignId: number; id: number } | null,
    data: Record<string, unknown>,
  ): Promise<number | null> => {
    const id = await insertEvent(trx, {
      ...event,
      campaignId: about?.campaignId ?? null,
      deliveryId: about?.id ?? null,
      data,
    });
    if (id !== null) await saveChanges(trx, connection, applyEvent(connection, fact));
    return id;
  };

  switch (fact.kind) {
    case 'subscribed':
      return { isNew: (await store(null, { ref: fact.ref })) !== null };
    case 'blocked':
    case 'unblocked':
      return { isNew: (await store(null, {})) !== null };
    case 'unsubscribed': {
      const found = fact.token === undefined ? null : await findMessage(trx, deps.trackingKey, connection, fact.token);
      return takeAnswer(
        trx,
        found?.delivery ?? (await lastSent(trx, connection, fact.at)),
        fact.at,
        UNSUBSCRIBE,
        (about) => store(about, {}),
      );
    }
    case 'replied':
      return takeAnswer(trx, await lastSent(trx, connection, fact.at), fact.at, REPLY, (about) =>
        store(about, { text: fact.text }),
      );
    case 'pressed': {
      const press = await findPress(trx, deps.trackingKey, connection, fact.token);
      const button = press ? { buttonId: press.link.buttonId, label: press.link.label } : {};
      const id = await store(press?.delivery ?? null, button);
      if (id === null) return { isNew: false };
      return { isNew: true, planned: press ? await takePress(trx, press, { id, at: fact.at, now: deps.now }) : false };
    }
    case 'delivered':
    case 'opened':
    case 'undelivered': {
      const { deliveries, early } = await findReceipted(trx, connection, fact);
      // As long as it may find more it is not tied to what it has found.
      const only = !early && deliveries.length === 1 ? deliveries[0]! : null;
      const id = await store(only, toldOf(fact));
      if (id === null) return { isNew: false };
      await takeReceipt(trx, deliveries, fact);
      return { isNew: true, early: early ? id : undefined };
    }
    default:
      return fact satisfies never;
  }
}

const EVENT_OF = {
  subscribed: 'subscribed',
  unsubscribed: 'unsubscribed',
  blocked: 'blocked',
  unblocked: 'unblocked',
  replied: 'replied',
  pressed: 'button_clicked',
  delivered: 'delivered',
  opened: 'opened',
  undelivered: 'undelivered',
} as const satisfies Record<Inbound['kind'], EventKind>;

const RECEIPTS: ReadonlySet<Inbound['kind']> = new Set(['delivered', 'opened', 'undelivered']);

/** The person's connection, locked; who says or does something is known from then on. */
async function connectionOf(trx: Database, botId: number, fact: Inbound): Promise<Connection | null> {
  const known = await lockConnection(trx, botId, fact.address);
  if (known || RECEIPTS.has(fact.kind)) return known;
  const moved = fact.kind === 'subscribed' && fact.formerly !== undefined ? await move(trx, botId, fact) : null;
  if (moved) return moved;
  const made = await findOrCreateByConnection(trx, {
    botId,
    address: fact.address,
    profile: fact.profile,
    status: 'pending',
    now: fact.at,
  });
  return made.connection;
}

/** The connection under the former address, which goes by the new one from now on. */
async function move(trx: Database, botId: number, fact: Inbound & { kind: 'subscribed' }): Promise<Connection | null> {
  const connection = await lockConnection(trx, botId, fact.formerly ?? '');
  if (!connection) return null;
  await updateConnection(trx, connection.id, { externalId: fact.address });
  return { ...connection, externalId: fact.address };
}

/** What a person does after a mailing is counted for the last one they got, within this time. */
const ATTRIBUTION_MS = 7 * 24 * 3600 * 1000;
const REPLY: { mark: Mark; figure: Figure } = { mark: 'replied_at', figure: 'replies' };
const UNSUBSCRIBE: { mark: Mark; figure: Figure } = { mark: 'unsubscribed_at', figure: 'unsubscribes' };
/** Facts may be dated to the second, ours are exact. */
const SECOND_MS = 1000;

const lastSent = (trx: Database, to: Connection, at: number): Promise<ArrivalDelivery | null> =>
  lockLastSent(trx, to, { from: at - ATTRIBUTION_MS, to: at + SECOND_MS });

async function takeAnswer(
  trx: Database,
  delivery: ArrivalDelivery | null,
  at: number,
  { mark, figure }: { mark: Mark; figure: Figure },
  store: (about: { campaignId: number; id: number } | null) => Promise<number | null>,
): Promise<Taken> {
  if ((await store(delivery)) === null) return { isNew: false };
  if (delivery && (await markOnce(trx, delivery.id, mark, at)) && delivery.purpose === 'campaign') {
    await bump(trx, [{ campaignId: delivery.campaignId, botId: delivery.botId, figure, by: 1 }]);
  }
  return { isNew: true };
}
