// Reads a visitor's report into facts. Ids are made unique within the bot: the visitor's own key for what a visitor
// does, the message's number for receipts, which by their nature happen once per message.
import type { ChannelBot, Inbound, PersonProfile } from '../../src/domain/channel.ts';
import { visitorUpdateSchema } from '../../src/domain/mailbox.ts';

/** Anything that is not a visitor's report gives no facts. */
export function parse(update: unknown, _bot: ChannelBot, _now: number): Inbound[] {
  const read = visitorUpdateSchema.safeParse(update);
  if (!read.success) return [];
  const { visitor, at, fact } = read.data;
  const profile = Object.fromEntries(
    Object.entries(read.data.profile).filter(([, value]) => value !== undefined),
  ) as PersonProfile;
  const base = {
    externalId: `${visitor}:${fact.id}`,
    at,
    address: visitor,
    ...(Object.keys(profile).length > 0 && { profile }),
  };
  switch (fact.kind) {
    case 'subscribed':
      return [{ ...base, kind: 'subscribed', ref: fact.ref }];
    case 'unsubscribed':
      return [{ ...base, kind: 'unsubscribed' }];
    case 'replied':
      return [{ ...base, kind: 'replied', text: fact.text }];
    case 'pressed':
      return [{ ...base, kind: 'pressed', token: fact.token }];
    case 'delivered':
    case 'opened':
      return fact.messages.map((message) => ({
        ...base,
        externalId: `${fact.kind}:${message}`,
        kind: fact.kind,
        messageId: String(message),
        upTo: false,
      }));
    default:
      return fact satisfies never;
  }
}
