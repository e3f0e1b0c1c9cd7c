// Sends payloads, one call each, into the direct conversation with a person, which is opened once and remembered. A nonce
// made from the delivery's key has the platform give back an earlier message instead of sending it again.
import { createHash } from 'node:crypto';
import type { ChannelBot, Deliver, Envelope, Outcome, ReadMedia } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { unanswered } from '../lib/json-api.ts';
import { asRecord, asText } from '../lib/json.ts';
import { formWith } from '../lib/multipart.ts';
import { apiRootOf, callDiscord, type DiscordCall, errorOf } from './client.ts';
import { outcomeOf } from './outcome.ts';
import type { DiscordPayload } from './render.ts';

export interface DeliverDeps {
  http: HttpClient;
  readMedia: ReadMedia;
  now: () => number;
}

const SNOWFLAKE = /^\d{15,21}$/;
const UNKNOWN_CHANNEL = 10003;
const MAX_REMEMBERED = 100_000;

export function createDeliver(deps: DeliverDeps): Deliver {
  /** The id of the conversation with each person. */
  const conversations = new Map<string, string>();

  const send = async (envelope: Envelope, bot: ChannelBot): Promise<Outcome> => {
    const { address } = envelope;
    if (!SNOWFLAKE.test(address))
      return { status: 'refused', reason: 'unreachable', detail: 'not a Discord user id', connection: 'unreachable' };
    const call = await prepare(deps, envelope, bot);
    if ('status' in call) return call;
    const person = `${apiRootOf(bot)} ${bot.externalId} ${address}`;
    let conversation = conversations.get(person);
    if (conversation === undefined) {
      const opened = await open(deps, bot, address);
      if (typeof opened !== 'string') return opened;
      if (conversations.size >= MAX_REMEMBERED) conversations.clear();
      conversations.set(person, opened);
      conversation = opened;
    }
    try {
      const answer = await callDiscord(deps.http, bot, { ...call, path: `/channels/${conversation}/messages` });
      // The next try opens the conversation anew.
      if (errorOf(answer).code === UNKNOWN_CHANNEL) conversations.delete(person);
      return outcomeOf(answer, 'send', deps.now());
    } catch (error) {
      return unanswered(error);
    }
  };

  return (envelopes, bot) => Promise.all(envelopes.map((envelope) => send(envelope, bot)));
}

/** The id of the conversation with a person, or why there is none. Nothing is sent by it. */
async function open({ http, now }: DeliverDeps, bot: ChannelBot, address: string): Promise<string | Outcome> {
  try {
    const call: DiscordCall = { method: 'POST', path: '/users/@me/channels', json: { recipient_id: address } };
    const answer = await callDiscord(http, bot, call);
    const id = asText(asRecord(answer.body).id);
    if (answer.status === 200 && id !== '') return id;
    const outcome = outcomeOf(answer, 'open', now());
    return outcome.status === 'accepted' ? { status: 'failed', detail: 'no conversation was opened' } : outcome;
  } catch (error) {
    const outcome = unanswered(error);
    return outcome.status === 'unknown' ? { ...outcome, status: 'failed' } : outcome;
  }
}

/** The call that sends, all but its path. */
async function prepare(
  { readMedia }: DeliverDeps,
  { payload, key, address }: Envelope,
  bot: ChannelBot,
): Promise<Omit<DiscordCall, 'path'> | Outcome> {
  // Payloads are opaque JSON outside this folder; only `render` makes them.
  const { body, upload } = payload as unknown as DiscordPayload;
  const message = { ...body, nonce: nonceOf(bot, key, address), enforce_nonce: true };
  if (!upload) return { method: 'POST', json: message };
  const file = await readMedia(upload.media);
  if (!file)
    return { status: 'refused', reason: 'content_refused', detail: `the picture ${upload.media} is no longer there` };
  const filename = `${upload.media}.${file.type.split('/')[1] ?? 'jpg'}`;
  const attachments = [{ id: 0, filename, ...(upload.description === '' ? {} : { description: upload.description }) }];
  const form = formWith(
    { payload_json: JSON.stringify({ ...message, attachments }) },
    { field: 'files[0]', name: filename, type: file.type, body: file.body },
  );
  return { method: 'POST', headers: { 'content-type': form.type }, body: form.body };
}

/** At most 25 characters, stable for this delivery and part to this person. */
export const nonceOf = ({ publicId }: ChannelBot, key: string, address: string): string =>
  createHash('sha256').update(`${publicId}\n${key}\n${address}`).digest('base64url').slice(0, 25);
