// Is a request the platform's? It bears a token signed for this bot; what the token says of the service must agree with what
// the body says, and the key must be one that may speak for the body's channel.
import { decodeProtectedHeader, jwtVerify } from 'jose';
import type { ChannelBot, InboundRequest } from '../../src/domain/channel.ts';
import { asRecord, asText, parseJson } from '../lib/json.ts';
import { isAllowedService, withoutSlash } from './address.ts';
import type { FindKey } from './keys.ts';

const ISSUER = 'https://api.botframework.com';
const ALGORITHM = 'RS256';
/** As the documentation has it. */
const CLOCK_SKEW_SECONDS = 5 * 60;
const TOKEN_MAX = 8000;

export async function verify(
  { headers, body }: InboundRequest,
  bot: ChannelBot,
  { findKey, now }: { findKey: FindKey; now: () => number },
): Promise<boolean> {
  const appId = bot.credentials.appId ?? '';
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  if (appId === '' || token === '' || token.length > TOKEN_MAX) return false;
  const { serviceUrl, channelId } = asRecord(parseJson(body.toString('utf8')));
  if (!isAllowedService(asText(serviceUrl), bot)) return false;
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    if (alg !== ALGORITHM || typeof kid !== 'string') return false;
    const signing = await findKey(bot, kid);
    if (!signing?.endorsements.includes(asText(channelId))) return false;
    const { payload } = await jwtVerify(token, signing.key, {
      issuer: ISSUER,
      audience: appId,
      algorithms: [ALGORITHM],
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: new Date(now()),
      requiredClaims: ['exp'],
    });
    return withoutSlash(asText(payload.serviceurl)) === withoutSlash(asText(serviceUrl));
  } catch {
    // Malformed, not signed by that key, for somebody else, over or not begun.
    return false;
  }
}
