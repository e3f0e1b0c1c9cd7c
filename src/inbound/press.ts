// A pressed message button: whose button it was, and what pressing it does: a tag, an attribute, an answer.
import type { LinkTarget } from '../domain/links.ts';
import type { Connection } from '../domain/subscriber.ts';
import { readSharedToken, readToken, THE_MESSAGE } from '../domain/tracking.ts';
import { type ArrivalDelivery, lockDelivery, lockDeliveryTo } from '../store/arrivals.ts';
import type { Database } from '../store/database.ts';
import { planSingle, PRIORITY } from '../store/due.ts';
import { insertEvent } from '../store/events.ts';
import { findLink, type StoredLink } from '../store/links.ts';
import { setAttributes } from '../store/subscribers.ts';
import { addTag } from '../store/tags.ts';
import { countClick } from './clicks.ts';

export interface Press {
  delivery: ArrivalDelivery;
  link: StoredLink;
}

/** Null for a forged token, and for one that was made for somebody else. */
export async function findPress(
  db: Database,
  key: Buffer,
  connection: Connection,
  token: string,
): Promise<Press | null> {
  const found = await findMessage(db, key, connection, token);
  if (!found) return null;
  const link = await findLink(db, found.delivery.campaignId, found.number);
  return link?.kind === 'message' ? { delivery: found.delivery, link } : null;
}

/** The message of a token, if it went to this person. */
export async function findMessage(
  db: Database,
  key: Buffer,
  connection: Connection,
  token: string,
): Promise<{ delivery: ArrivalDelivery; number: number } | null> {
  const own = readToken(key, token);
  const shared = own ? null : readSharedToken(key, token);
  const delivery = own
    ? await lockDelivery(db, own.deliveryId)
    : shared && (await lockDeliveryTo(db, shared.campaignId, connection));
  if (delivery?.connectionId !== connection.id) return null;
  return { delivery, number: (own ?? shared)?.number ?? THE_MESSAGE };
}

type PressTarget = Exclude<LinkTarget, { url: string } | { product: unknown }>;

/** Answers whether a reply was planned, so that the sender can be woken. */
export async function takePress(
  db: Database,
  press: Press,
  event: { id: number; at: number; now: number },
): Promise<boolean> {
  const { delivery, link } = press;
  await countClick(db, { delivery, link, eventId: event.id, at: event.at });
  const { tag, attribute, reply } = link.target as PressTarget;
  const cause = {
    at: event.at,
    subscriberId: delivery.subscriberId,
    connectionId: delivery.connectionId,
    botId: delivery.botId,
    campaignId: delivery.campaignId,
    deliveryId: delivery.id,
  };
  if (tag && (await addTag(db, delivery.subscriberId, tag, event.now))) {
    await insertEvent(db, { ...cause, kind: 'tag_added', data: { tag } });
  }
  if (attribute) {
    for (const change of await setAttributes(db, delivery.subscriberId, { [attribute.key]: attribute.value })) {
      await insertEvent(db, { ...cause, kind: 'attribute_changed', data: { ...change } });
    }
  }
  if (!reply || reply.length === 0) return false;
  const planned = await planSingle(db, {
    campaignId: delivery.campaignId,
    subscriberId: delivery.subscriberId,
    connectionId: delivery.connectionId,
    botId: delivery.botId,
    cause: `press:${event.id}`,
    purpose: 'reply',
    content: { elements: [{ kind: 'text', text: reply }] },
    priority: PRIORITY.reply,
    dueAt: event.now,
  });
  return planned !== null;
}
