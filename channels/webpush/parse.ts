// What our page and our service worker report: read, believed only with the token that goes with it, and turned into facts.
import * as z from 'zod';
import type { ChannelBot, Inbound, InboundRequest } from '../../src/domain/channel.ts';
import { parseJson } from '../lib/json.ts';
import { addressOf, subscriptionSchema } from './subscription.ts';
import { isMessageToken, isPageToken, isSubscriptionToken } from './tokens.ts';

const token = z.string().min(1).max(64);
/** Made by the browser for each act: a report that comes again is a no-op. */
const id = z.string().regex(/^[\w-]{8,64}$/);
const word = (most: number) => z.string().trim().min(1).max(most).optional().catch(undefined);

const who = { subscription: subscriptionSchema, token };
const about = { ...who, message: z.string().min(1).max(64) };

const reportSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('subscribe'), id, ...who, ref: word(190), locale: word(35), timeZone: word(64) }),
  z.object({ type: z.literal('unsubscribe'), id, ...who }),
  /** The browser has a new subscription in place of the one that `token` is of. */
  z.object({ type: z.literal('changed'), id, ...who, formerly: subscriptionSchema }),
  z.object({ type: z.literal('received'), ...about }),
  z.object({ type: z.literal('clicked'), ...about, button: token.optional() }),
  /** Put away unread; that it was there is all it proves. */
  z.object({ type: z.literal('closed'), ...about }),
]);
export type Report = z.output<typeof reportSchema>;

export function readReport(update: unknown): Report | null {
  const read = reportSchema.safeParse(update);
  return read.success ? read.data : null;
}

/** Only our own pages report, each of them only what its token is for. */
export function verify({ headers, body, url }: InboundRequest, bot: ChannelBot, now: number): boolean {
  if (headers.origin === undefined || headers.origin !== new URL(url).origin) return false;
  const report = readReport(parseJson(body.toString('utf8')));
  return report !== null && isAllowed(report, bot.webhookSecret, now);
}

function isAllowed(report: Report, secret: string, now: number): boolean {
  const address = addressOf(report.subscription);
  switch (report.type) {
    case 'subscribe':
      return isPageToken(secret, report.token, now);
    case 'unsubscribe':
      return isSubscriptionToken(secret, report.token, address);
    case 'changed':
      return isSubscriptionToken(secret, report.token, addressOf(report.formerly));
    case 'received':
    case 'clicked':
    case 'closed':
      return isMessageToken(secret, report.token, report.message, address);
    default:
      return report satisfies never;
  }
}

export function parse(update: unknown, now: number): Inbound[] {
  const report = readReport(update);
  if (!report) return [];
  // A browser's clock may be anything: what it reports happens when it comes.
  const base = { at: now, address: addressOf(report.subscription) };
  switch (report.type) {
    case 'subscribe': {
      const { locale, timeZone, ref = null } = report;
      const profile = { ...(locale !== undefined && { locale }), ...(timeZone !== undefined && { timeZone }) };
      return [{ ...base, externalId: report.id, kind: 'subscribed', ref, profile }];
    }
    case 'unsubscribe':
      return [{ ...base, externalId: report.id, kind: 'unsubscribed' }];
    case 'changed':
      return [{ ...base, externalId: report.id, kind: 'subscribed', ref: null, formerly: addressOf(report.formerly) }];
    case 'received':
    case 'closed':
      return [receipt('delivered', report.message, base)];
    case 'clicked': {
      const opened = receipt('opened', report.message, base);
      if (report.button === undefined) return [opened];
      const externalId = `pressed:${report.message}:${report.button}`;
      return [opened, { ...base, externalId, kind: 'pressed', token: report.button }];
    }
    default:
      return report satisfies never;
  }
}

/** Happens once per message, however often it is told. */
const receipt = (kind: 'delivered' | 'opened', message: string, base: { at: number; address: string }): Inbound => ({
  ...base,
  externalId: `${kind}:${message}`,
  kind,
  messageId: message,
  upTo: false,
});
