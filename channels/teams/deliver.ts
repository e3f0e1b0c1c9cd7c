// Sends activities, one call each. The conversation with a person is opened once and remembered, together with the service
// it lives at.
import type { ChannelBot, Deliver, Envelope, Outcome, ReadMedia } from '../../src/domain/channel.ts';
import { type ApiAnswer, retryAt, unanswered, words } from '../lib/json-api.ts';
import { asRecord, asText } from '../lib/json.ts';
import { type Address, isAllowedService, readAddress, teamsServiceOf, withoutSlash } from './address.ts';
import { CAPABILITIES } from './capabilities.ts';
import { loginRootOf, type TeamsClient, TokenRefused } from './client.ts';
import { outcomeOf } from './outcome.ts';
import type { TeamsPayload } from './render.ts';

export interface DeliverDeps {
  client: TeamsClient;
  readMedia: ReadMedia;
  now: () => number;
}

interface Place {
  service: string;
  conversation: string;
}

type Token = Awaited<ReturnType<TeamsClient['token']>>;

const MAX_REMEMBERED = 100_000;
/** A token this young that is refused will be refused again. */
const FRESH_MS = 60_000;
const TOKEN_WAIT_MS = 5000;

export function createDeliver({ client, readMedia, now }: DeliverDeps): Deliver {
  const places = new Map<string, Place>();

  /** The token may have been taken back since it was issued: then the next try gets another. */
  const doubted = (outcome: Outcome, token: Token, bot: ChannelBot): Outcome => {
    if (outcome.status !== 'bot_refused') return outcome;
    client.forget(bot);
    return now() - token.since < FRESH_MS ? outcome : { status: 'failed', detail: outcome.detail };
  };

  const send = async ({ payload, address }: Envelope, bot: ChannelBot): Promise<Outcome> => {
    const where = readAddress(address, bot);
    if (!where)
      return { status: 'refused', reason: 'unreachable', detail: 'not an address in Teams', connection: 'unreachable' };
    // Payloads are opaque JSON outside this folder; only `render` makes them.
    const { activity, media, unfetchable } = payload as unknown as TeamsPayload;
    if (unfetchable !== undefined)
      return {
        status: 'refused',
        reason: 'content_refused',
        detail: `the picture ${unfetchable} has no https address that Teams could fetch`,
      };
    const picture = media === undefined ? null : await inlinePicture(media);
    if (picture !== null && 'status' in picture) return picture;
    const token = await tokenFor(bot);
    if ('status' in token) return token;
    const person = `${loginRootOf(bot)} ${bot.externalId} ${address}`;
    const place = where.kind === 'conversation' ? where : (places.get(person) ?? (await open(bot, token, where)));
    if ('status' in place) return doubted(place, token, bot);
    if (places.size >= MAX_REMEMBERED) places.clear();
    places.set(person, place);
    try {
      const path = `/v3/conversations/${encodeURIComponent(place.conversation)}/activities`;
      const answer = await client.post(token, withoutSlash(place.service) + path, { ...activity, ...picture });
      const outcome = outcomeOf(answer, 'send', now());
      if (answer.status !== 404) return doubted(outcome, token, bot);
      // The next try opens the conversation anew, where it can be opened.
      places.delete(person);
      return where.kind === 'person'
        ? { status: 'failed', detail: words(answer.status, 'no such conversation') }
        : outcome;
    } catch (error) {
      return unanswered(error);
    }
  };

  /** The attachment with its bytes, or why there is none. */
  async function inlinePicture(media: string): Promise<{ attachments: object[] } | Outcome> {
    const file = await readMedia(media);
    const refused = (detail: string): Outcome => ({ status: 'refused', reason: 'content_refused', detail });
    if (!file) return refused(`the picture ${media} is no longer there`);
    if (file.body.length > CAPABILITIES.imageBytes) return refused('the picture has more than 1 MB');
    const { type: contentType, name } = file;
    return {
      attachments: [{ contentType, contentUrl: `data:${contentType};base64,${file.body.toString('base64')}`, name }],
    };
  }

  async function tokenFor(bot: ChannelBot): Promise<Token | Outcome> {
    try {
      return await client.token(bot);
    } catch (error) {
      return error instanceof TokenRefused ? refusedToken(error.answer, now()) : unsent(unanswered(error));
    }
  }

  /** Where the conversation with a person is, or why there is none. Nothing is sent by it. */
  async function open(
    bot: ChannelBot,
    token: Token,
    { tenant, user }: Address & { kind: 'person' },
  ): Promise<Place | Outcome> {
    const service = teamsServiceOf(bot);
    try {
      const answer = await client.post(token, `${service}/v3/conversations`, {
        bot: { id: `28:${bot.credentials.appId ?? ''}` },
        members: [{ id: user }],
        tenantId: tenant,
        channelData: { tenant: { id: tenant } },
        isGroup: false,
      });
      const { id, serviceUrl } = asRecord(answer.body);
      const conversation = asText(id);
      const outcome = outcomeOf(answer, 'open', now());
      if (outcome.status !== 'accepted') return outcome;
      if (conversation === '') return { status: 'failed', detail: 'no conversation was opened' };
      const own = asText(serviceUrl);
      return { conversation, service: isAllowedService(own, bot) ? own : service };
    } catch (error) {
      return unsent(unanswered(error));
    }
  }

  return (envelopes, bot) => Promise.all(envelopes.map((envelope) => send(envelope, bot)));
}

/** Without an answer to what sends nothing, nothing was sent. */
const unsent = (outcome: Outcome): Outcome =>
  outcome.status === 'unknown' ? { status: 'failed', detail: outcome.detail } : outcome;

function refusedToken(answer: ApiAnswer, now: number): Outcome {
  const { error } = asRecord(answer.body);
  const detail = words(answer.status, 'no token', asText(error));
  if (answer.status === 429) return { status: 'throttled', scope: 'bot', retryAt: retryAt(answer, now, TOKEN_WAIT_MS) };
  const refused =
    answer.status >= 400 && answer.status < 500 && asText(error) !== '' && error !== 'temporarily_unavailable';
  return { status: refused ? 'bot_refused' : 'failed', detail };
}
