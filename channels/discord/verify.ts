// Is a request the platform's? It signs the time and the body with the application's Ed25519 key, and now and then sends
// wrong signatures on purpose: an address that takes them is removed.
import { createPublicKey, verify as verifySignature } from 'node:crypto';
import type { ChannelBot, InboundRequest } from '../../src/domain/channel.ts';

/** Retries go on for ten minutes, and may bear the time of the first try. */
const STALE_MS = 11 * 60_000;
/** What stands before the 32 bytes of an Ed25519 key in DER (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export function verify({ headers, body }: InboundRequest, { credentials }: ChannelBot, now: number): boolean {
  const [signature = '', timestamp = ''] = [headers['x-signature-ed25519'], headers['x-signature-timestamp']];
  const publicKey = credentials.publicKey ?? '';
  if (!/^[0-9a-f]{128}$/i.test(signature) || !/^\d{9,11}$/.test(timestamp) || !/^[0-9a-f]{64}$/.test(publicKey))
    return false;
  if (Math.abs(now - Number(timestamp) * 1000) > STALE_MS) return false;
  try {
    const key = createPublicKey({
      key: Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, 'hex')]),
      format: 'der',
      type: 'spki',
    });
    return verifySignature(null, Buffer.concat([Buffer.from(timestamp), body]), key, Buffer.from(signature, 'hex'));
  } catch {
    // 32 bytes that are no point of the curve.
    return false;
  }
}
