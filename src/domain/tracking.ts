// The short signed token inside every tracked link and message button: which delivery, which link of its campaign.
// 64 bits of HMAC make guessing one hopeless online; a token leads only to targets stored with the campaign, so it
// can never become an open redirect.
import { createHmac, timingSafeEqual } from 'node:crypto';

const MAC_BYTES = 8;

/** A number below 2^53 as base-128 bytes, low groups first. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

const mac = (key: Buffer, body: Buffer): Buffer =>
  createHmac('sha256', key).update(body).digest().subarray(0, MAC_BYTES);

const sign = (key: Buffer, numbers: readonly number[]): string => {
  const body = Buffer.from(numbers.flatMap(varint));
  return Buffer.concat([mac(key, body), body]).toString('base64url');
};

/** At most 24 characters of base64url. */
export const signToken = (key: Buffer, deliveryId: number, number: number): string => sign(key, [deliveryId, number]);

/** One token for all who get a mailing in one payload: who it was must be told beside it. */
export const signSharedToken = (key: Buffer, campaignId: number, number: number): string =>
  sign(key, [NOBODY, campaignId, number]);

/** In the place of a delivery's id, which begin at 1. */
const NOBODY = 0;

/** In a token: no link of the message but the message itself. */
export const THE_MESSAGE = 0;

export interface TokenTarget {
  deliveryId: number;
  number: number;
}

export interface SharedTarget {
  campaignId: number;
  number: number;
}

/** Null for anything that we did not sign for one person. */
export function readToken(key: Buffer, token: string): TokenTarget | null {
  const [deliveryId, number, ...more] = numbersIn(key, token);
  return deliveryId !== undefined && number !== undefined && more.length === 0 ? { deliveryId, number } : null;
}

/** Null for anything that we did not sign for all. */
export function readSharedToken(key: Buffer, token: string): SharedTarget | null {
  const [nobody, campaignId, number, ...more] = numbersIn(key, token);
  const isShared = nobody === NOBODY && campaignId !== undefined && number !== undefined && more.length === 0;
  return isShared ? { campaignId, number } : null;
}

/** None in what we did not sign. */
function numbersIn(key: Buffer, token: string): number[] {
  if (!/^[A-Za-z0-9_-]{12,40}$/.test(token)) return [];
  const bytes = Buffer.from(token, 'base64url');
  const body = bytes.subarray(MAC_BYTES);
  if (body.length === 0 || !timingSafeEqual(bytes.subarray(0, MAC_BYTES), mac(key, body))) return [];
  const numbers: number[] = [];
  let value = 0;
  let unit = 1;
  for (const byte of body) {
    value += (byte % 128) * unit;
    unit *= 128;
    if (byte < 128) {
      numbers.push(value);
      value = 0;
      unit = 1;
    }
  }
  return numbers;
}
