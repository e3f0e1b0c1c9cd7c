// One update as facts. The wire keeps no promises: what has another shape than we know gives none. Pure.
import * as z from 'zod';
import type { Inbound } from '../../src/domain/channel.ts';

const updateSchema = z.object({
  id: z.string().min(1),
  time: z.int().positive(),
  user: z.object({ id: z.string().min(1), name: z.string().optional(), language: z.string().optional() }),
  what: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('joined'), ref: z.string().optional() }),
    z.object({ kind: z.literal('left') }),
    z.object({ kind: z.literal('wrote'), text: z.string() }),
    z.object({ kind: z.literal('pressed'), token: z.string() }),
    z.object({ kind: z.literal('received'), message: z.string() }),
  ]),
});

export function parse(update: unknown): Inbound[] {
  const read = updateSchema.safeParse(update);
  if (!read.success) return [];
  const { id, time, user, what } = read.data;
  const profile = { ...(user.name && { firstName: user.name }), ...(user.language && { locale: user.language }) };
  const base = { externalId: id, at: time * 1000, address: user.id, profile };
  switch (what.kind) {
    case 'joined':
      return [{ ...base, kind: 'subscribed', ref: what.ref ?? null }];
    case 'left':
      return [{ ...base, kind: 'unsubscribed' }];
    case 'wrote':
      return [{ ...base, kind: 'replied', text: what.text }];
    case 'pressed':
      return [{ ...base, kind: 'pressed', token: what.token }];
    case 'received':
      return [{ ...base, kind: 'delivered', messageId: what.message, upTo: false }];
    default:
      return what satisfies never;
  }
}
