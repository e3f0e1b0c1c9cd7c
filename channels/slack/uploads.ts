// Pictures without a public address: uploaded once per app, kept private to it, and shown by their file id. The platform looks
// a file over before it lets a message show it, which takes a moment; it is asked until then.
import { setTimeout as pause } from 'node:timers/promises';
import type { ChannelBot, Outcome, ReadMedia } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { type ApiAnswer, callApi, unanswered, words } from '../lib/json-api.ts';
import { asRecord, asText } from '../lib/json.ts';
import { apiRootOf, callSlack } from './client.ts';
import { outcomeOf } from './outcome.ts';

export interface UploadDeps {
  http: HttpClient;
  readMedia: ReadMedia;
  now: () => number;
}

/** Nothing was sent: the picture did not get there. What that means for the message. */
export class NotUploaded extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super('the picture could not be uploaded');
    this.outcome = outcome;
  }
}

export interface Uploads {
  /** The platform's id of a picture of ours; throws `NotUploaded`. */
  idOf(media: string, bot: ChannelBot): Promise<string>;
  /** The platform no longer takes it: the next message uploads it anew. */
  forget(media: string, bot: ChannelBot): void;
}

/** Files stay until somebody deletes them; a workspace may delete old ones by itself. */
const KEEP_MS = 7 * 24 * 3600 * 1000;
const MAX_REMEMBERED = 5000;
/** How long, and how often, a new file is asked after. */
const LOOKS_MS = [250, 500, 1000, 2000, 4000] as const;

export function createUploads({ http, readMedia, now }: UploadDeps): Uploads {
  const known = new Map<string, { id: Promise<string>; until: number }>();
  const keyOf = (media: string, bot: ChannelBot): string => `${bot.externalId} ${apiRootOf(bot)} ${media}`;

  const call = async (bot: ChannelBot, request: Parameters<typeof callSlack>[2]): Promise<Record<string, unknown>> => {
    const answer = await callSlack(http, bot, request).catch(notSent);
    const body = asRecord(answer.body);
    if (body.ok !== true) throw new NotUploaded(unsent(outcomeOf(answer, now())));
    return body;
  };

  const upload = async (media: string, bot: ChannelBot): Promise<string> => {
    const file = await readMedia(media);
    if (!file) throw refused(`the picture ${media} is no longer there`);
    const query = { filename: file.name, length: String(file.body.length) };
    const { upload_url: url, file_id: id } = await call(bot, { method: 'files.getUploadURLExternal', query });
    if (!isPlatforms(asText(url), bot) || asText(id) === '') throw refused('no address to upload a picture to');
    const headers = { 'content-type': 'application/octet-stream' };
    const put = await callApi(http, { method: 'POST', url: asText(url), headers, body: file.body }).catch(notSent);
    if (put.status !== 200) throw new NotUploaded(unsent(outcomeOf(put, now())));
    const files = [{ id: asText(id), title: file.name }];
    await call(bot, { method: 'files.completeUploadExternal', json: { files } });
    await looked(asText(id), bot);
    return asText(id);
  };

  /** Its type is known once it was looked over. An app that may not ask sends at once, and again where that was too early. */
  async function looked(id: string, bot: ChannelBot): Promise<void> {
    for (const wait of LOOKS_MS) {
      const answer = await callSlack(http, bot, { method: 'files.info', query: { file: id } }).catch(notSent);
      const { ok, file } = asRecord(answer.body);
      if (ok !== true || asText(asRecord(file).mimetype) !== '') return;
      await pause(wait, undefined, { ref: false });
    }
  }

  return {
    idOf(media, bot) {
      const key = keyOf(media, bot);
      const before = known.get(key);
      if (before && before.until > now()) return before.id;
      if (known.size >= MAX_REMEMBERED) known.clear();
      const entry = { id: upload(media, bot), until: now() + KEEP_MS };
      known.set(key, entry);
      // One that fails leaves it to the next.
      entry.id.catch(() => {
        if (known.get(key) === entry) known.delete(key);
      });
      return entry.id;
    },
    forget: (media, bot) => void known.delete(keyOf(media, bot)),
  };
}

/** Only to the platform itself, or to where this bot's API is: a picture goes nowhere else. */
function isPlatforms(url: string, bot: ChannelBot): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, origin } = new URL(url);
  if (origin === new URL(apiRootOf(bot)).origin) return true;
  return protocol === 'https:' && (hostname === 'slack.com' || hostname.endsWith('.slack.com'));
}

const refused = (detail: string): NotUploaded =>
  new NotUploaded({ status: 'refused', reason: 'content_refused', detail: words(detail) });

/** Whatever became of the upload, the message itself was not sent. */
const unsent = (outcome: Outcome): Outcome => {
  switch (outcome.status) {
    case 'unknown':
    case 'accepted':
      return { status: 'failed', detail: outcome.status === 'unknown' ? outcome.detail : 'the picture was not taken' };
    case 'refused':
      // It speaks of the picture and not of the person.
      return { status: 'refused', reason: 'content_refused', detail: outcome.detail };
    default:
      return outcome;
  }
};

const notSent = (error: unknown): ApiAnswer => {
  throw new NotUploaded(unsent(unanswered(error)));
};
