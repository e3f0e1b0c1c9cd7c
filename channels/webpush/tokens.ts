// Who may report what: tokens made of the bot's secret. A page's lasts a day and lets it subscribe; a subscription's lets its
// browser leave or move; a message's lets its receiver say what became of it.
import { createHmac } from 'node:crypto';
import { sameSecret } from '../lib/secrets.ts';

const PAGE_SECONDS = 24 * 3600;
/** Half of the HMAC: a token rides in every message. */
const TOKEN_LENGTH = 22;

/** The words tell what a token is for, and no word can reach into the next. */
const mac = (secret: string, ...words: readonly string[]): string =>
  createHmac('sha256', secret).update(JSON.stringify(words)).digest('base64url').slice(0, TOKEN_LENGTH);

const same = (secret: string, given: string, expected: string): boolean => secret !== '' && sameSecret(given, expected);

export function pageToken(secret: string, now: number): string {
  const until = String(Math.floor(now / 1000) + PAGE_SECONDS);
  return `${until}.${mac(secret, 'page', until)}`;
}

export function isPageToken(secret: string, token: string, now: number): boolean {
  const [until = '', given = ''] = token.split('.');
  return same(secret, given, mac(secret, 'page', until)) && Number(until) * 1000 > now;
}

export const subscriptionToken = (secret: string, address: string): string => mac(secret, 'subscription', address);

export const isSubscriptionToken = (secret: string, token: string, address: string): boolean =>
  same(secret, token, subscriptionToken(secret, address));

export const messageToken = (secret: string, message: string, address: string): string =>
  mac(secret, 'message', message, address);

export const isMessageToken = (secret: string, token: string, message: string, address: string): boolean =>
  same(secret, token, messageToken(secret, message, address));
