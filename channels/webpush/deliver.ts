// Encrypts a notification for one browser and hands it to that browser's push service, signed with the bot's keys (VAPID).
import { createHash } from 'node:crypto';
import webpush, { type RequestDetails } from 'web-push';
import type { ChannelBot, Envelope, Outcome } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { unanswered } from '../lib/json-api.ts';
import { RECORD_BYTES } from './capabilities.ts';
import { subjectOf } from './keys.ts';
import { outcomeOf } from './outcome.ts';
import type { PushPayload } from './render.ts';
import { type Subscription, subscriptionOf } from './subscription.ts';
import { messageToken } from './tokens.ts';

export interface DeliverDeps {
  http: HttpClient;
  now: () => number;
}

/** Three days: an offer that waits longer for a browser to be opened is an old one. */
const TTL_SECONDS = 3 * 24 * 3600;
const ANSWER_TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const TITLE_LENGTH = 60;

/** What the service worker gets. */
export interface Notice extends Omit<PushPayload, 'urgent'> {
  title: string;
  id: string;
  token: string;
}

export async function deliver({ http, now }: DeliverDeps, envelope: Envelope, bot: ChannelBot): Promise<Outcome> {
  const subscription = subscriptionOf(envelope.address);
  if (!subscription) return gone('not a subscription');
  // Payloads are opaque JSON outside this folder; only `render` makes them.
  const { urgent, ...payload } = envelope.payload as unknown as PushPayload;
  const { address, key } = envelope;
  const notice: Notice = {
    title: [...bot.name].slice(0, TITLE_LENGTH).join(''),
    id: key,
    token: messageToken(bot.webhookSecret, key, address),
    ...payload,
    text: shown(payload.text),
  };
  const details = encrypt(subscription, notice, bot, urgent === true);
  if (!details) return gone('a key that is none');
  if (details.body.length > RECORD_BYTES) {
    return {
      status: 'refused',
      reason: 'content_refused',
      detail: `${details.body.length} bytes, ${RECORD_BYTES} fit`,
    };
  }
  try {
    const answer = await http.request({
      method: 'POST',
      url: dialled(subscription.endpoint, bot.apiRoot),
      headers: Object.fromEntries(Object.entries(details.headers).map(([name, value]) => [name, String(value)])),
      body: details.body,
      timeoutMs: ANSWER_TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
    });
    return outcomeOf(answer, key, now());
  } catch (error) {
    return unanswered(error);
  }
}

/** JSON writes six bytes for one control character, and no system shows any. */
const shown = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cs}]/gu, (found) => (found === '\n' ? found : ' '));

const gone = (detail: string): Outcome => ({
  status: 'refused',
  reason: 'unreachable',
  detail,
  connection: 'unreachable',
});

/** Null where the browser's key is no point of the curve. */
function encrypt(
  subscription: Subscription,
  notice: Notice,
  bot: ChannelBot,
  urgent: boolean,
): (RequestDetails & { body: Buffer }) | null {
  const { publicKey = '', privateKey = '' } = bot.credentials;
  try {
    const details = webpush.generateRequestDetails(subscription, JSON.stringify(notice), {
      vapidDetails: { subject: subjectOf(bot.credentials), publicKey, privateKey },
      TTL: TTL_SECONDS,
      urgency: urgent ? 'high' : 'normal',
      // Comes it twice, the service keeps one: of what was not delivered yet, the later takes the earlier's place.
      topic: createHash('sha256').update(notice.id).digest('base64url').slice(0, 32),
    });
    return { ...details, body: Buffer.from(details.body ?? []) };
  } catch {
    return null;
  }
}

/** `apiRoot` puts a forwarder in place of the push service's host. */
function dialled(endpoint: string, apiRoot: string | null): string {
  if (apiRoot === null) return endpoint;
  const { pathname, search } = new URL(endpoint);
  return apiRoot.replace(/\/+$/, '') + pathname + search;
}
