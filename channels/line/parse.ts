// Reads the facts out of one webhook request, which may bring several events. Chats with one person only: a group is
// nobody's subscription. Pure.
import type { Inbound } from '../../src/domain/channel.ts';
import { asList, asRecord, asText, type JsonRecord } from '../lib/json.ts';
import { readKeyword } from '../lib/keywords.ts';

const REF_MAX = 190;

export const parse = (update: unknown, now: number): Inbound[] =>
  asList(asRecord(update).events).flatMap((event) => readEvent(asRecord(event), now) ?? []);

function readEvent(event: JsonRecord, now: number): Inbound | null {
  const source = asRecord(event.source);
  const address = asText(source.userId);
  const externalId = asText(event.webhookEventId);
  if (source.type !== 'user' || address === '' || externalId === '') return null;
  const at = Number.isSafeInteger(event.timestamp) ? Number(event.timestamp) : now;
  const base = { externalId, at, address };
  switch (event.type) {
    case 'follow':
      // Whoever unblocks the account is followed again by the same event; what they had said before still holds.
      return asRecord(event.follow).isUnblocked === true
        ? { ...base, kind: 'unblocked' }
        : { ...base, kind: 'subscribed', ref: null };
    case 'unfollow':
      return { ...base, kind: 'blocked' };
    case 'message':
      return readMessage(asRecord(event.message), base);
    case 'postback': {
      const token = asText(asRecord(event.postback).data);
      return token === '' ? null : { ...base, kind: 'pressed', token };
    }
    default:
      return null;
  }
}

/** What the subscription link writes into the person's input: the word, and the campaign tag behind it. */
const START = /^start\s+([A-Za-z0-9_-]+)$/i;

function readMessage(message: JsonRecord, base: Pick<Inbound, 'externalId' | 'at' | 'address'>): Inbound {
  const text = asText(message.text);
  const ref = START.exec(text.trim())?.[1];
  if (ref !== undefined) return { ...base, kind: 'subscribed', ref: ref.slice(0, REF_MAX) };
  switch (readKeyword(text)) {
    case 'start':
      return { ...base, kind: 'subscribed', ref: null };
    case 'stop':
      return { ...base, kind: 'unsubscribed' };
    default:
      return { ...base, kind: 'replied', text };
  }
}
