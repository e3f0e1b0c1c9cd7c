// The keys by which the Bot Connector signs what it sends: read from its OpenID metadata, kept for a day, and read again when
// a key is named that is not among them, though not more than once a minute.
import { importJWK } from 'jose';
import type { ChannelBot } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { callApi } from '../lib/json-api.ts';
import { asList, asRecord, asText } from '../lib/json.ts';

export interface SigningKey {
  key: Awaited<ReturnType<typeof importJWK>>;
  /** The channels it may speak for. */
  endorsements: readonly string[];
}

/** The key of this name; null where there is none or none can be read now. */
export type FindKey = (bot: ChannelBot, kid: string) => Promise<SigningKey | null>;

const METADATA_ROOT = 'https://login.botframework.com';
const METADATA_PATH = '/v1/.well-known/openidconfiguration';
const KEEP_MS = 24 * 3_600_000;
const AGAIN_MS = 60_000;
const TIMEOUT_MS = 5000;
const ALGORITHM = 'RS256';

interface Kept {
  keys: ReadonlyMap<string, SigningKey>;
  /** When they were last asked for, in vain or not. */
  asked: number;
}

export function createKeys({ http, now }: { http: HttpClient; now: () => number }): FindKey {
  const byRoot = new Map<string, Kept>();
  const reading = new Map<string, Promise<void>>();

  const read = async (root: string): Promise<void> => {
    const asked = now();
    const before = byRoot.get(root)?.keys ?? new Map<string, SigningKey>();
    // What could not be read leaves the keys we have.
    const keys = await readKeys(http, root).catch(() => null);
    byRoot.set(root, { keys: keys ?? before, asked });
  };

  return async (bot, kid) => {
    const root = bot.apiRoot?.replace(/\/+$/, '') ?? METADATA_ROOT;
    const kept = byRoot.get(root);
    const known = kept?.keys.get(kid);
    const age = kept ? now() - kept.asked : Infinity;
    if (age > (known ? KEEP_MS : AGAIN_MS)) {
      const asked = reading.get(root) ?? read(root).finally(() => reading.delete(root));
      reading.set(root, asked);
      await asked;
    }
    return byRoot.get(root)?.keys.get(kid) ?? null;
  };
}

async function readKeys(http: HttpClient, root: string): Promise<Map<string, SigningKey> | null> {
  const url = root + METADATA_PATH;
  const metadata = await callApi(http, { method: 'GET', url, timeoutMs: TIMEOUT_MS });
  const address = asText(asRecord(metadata.body).jwks_uri);
  // The keys are where the metadata is: whoever could change the one could not lead us elsewhere.
  if (!URL.canParse(address) || new URL(address).origin !== new URL(url).origin) return null;
  const answer = await callApi(http, { method: 'GET', url: address, timeoutMs: TIMEOUT_MS });
  const keys = new Map<string, SigningKey>();
  for (const one of asList(asRecord(answer.body).keys).map(asRecord)) {
    const { kid, kty, n, e } = one;
    if (kty !== 'RSA' || asText(kid) === '' || asText(n) === '' || asText(e) === '') continue;
    keys.set(asText(kid), {
      key: await importJWK({ kty: 'RSA', n: asText(n), e: asText(e) }, ALGORITHM),
      endorsements: asList(one.endorsements).map(asText),
    });
  }
  return keys.size > 0 ? keys : null;
}
