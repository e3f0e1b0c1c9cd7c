// The Bot API's methods that Herald uses, one entry each. Requests are checked as strictly as the documentation allows;
// a Refusal carries the platform's own words.
import { randomBytes } from 'node:crypto';
import { imageSize } from 'image-size';
import type { Crowd } from '../../lib/simulator/crowd.ts';
import { BLOCKED, STRANGER } from '../../lib/simulator/ledger.ts';
import { holdMessage } from '../../lib/simulator/limits.ts';
import { personAt } from '../../lib/simulator/people.ts';
import { isRecord } from '../../lib/json.ts';
import type { ReceivedButton } from '../../lib/simulator/world.ts';
import { asBotUser, asChat, indexOf, type TelegramBot, type TelegramWorld } from './bot.ts';
import {
  checkCaption,
  checkEntities,
  checkKeyboard,
  checkText,
  type Entity,
  type KeyboardButton,
  urlFault,
} from './content.ts';
import { booleanParam, integerParam, objectParam, type Params, textParam } from './params.ts';
import { badRequest, Refusal, tooMany } from './refusal.ts';

export interface Call {
  world: TelegramWorld;
  bot: TelegramBot;
  params: Params;
  /** Webhooks without https and on any port, as a Bot API server of one's own allows in its local mode. */
  local: boolean;
  gone: AbortSignal;
  receive: Crowd<TelegramBot>['receive'];
}

type Method = (call: Call) => unknown;

export const METHODS: Readonly<Record<string, Method>> = {
  getme: ({ bot }) => ({
    ...asBotUser(bot),
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
  }),
  setwebhook: setWebhook,
  deletewebhook: ({ bot, params }) => {
    bot.updates.setWebhook(null, booleanParam(params.values, 'drop_pending_updates'));
    return true;
  },
  getwebhookinfo: ({ bot }) => bot.updates.info(),
  getupdates: getUpdates,
  sendmessage: sendMessage,
  sendphoto: sendPhoto,
  answercallbackquery: answerCallbackQuery,
  getuserprofilephotos: getUserProfilePhotos,
  getfile: getFile,
};

// --- Updates --------------------------------------------------------------------------------

const WEBHOOK_PORTS = new Set(['', '443', '80', '88', '8443']);

function setWebhook({ bot, params: { values }, local }: Call): true {
  const url = textParam(values, 'url');
  const secret = textParam(values, 'secret_token');
  const connections = integerParam(values, 'max_connections', 40);
  if (url !== '' && !URL.canParse(url)) throw badRequest('invalid webhook URL specified');
  if (url !== '' && !local) {
    const { protocol, port } = new URL(url);
    if (protocol !== 'https:') throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
    if (!WEBHOOK_PORTS.has(port))
      throw badRequest('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443');
  }
  if (secret.length > 256) throw badRequest('secret token is too long');
  if (!/^[A-Za-z0-9_-]*$/.test(secret)) throw badRequest('secret token contains unallowed characters');
  if (connections < 1 || connections > 100) throw badRequest('max_connections must be between 1 and 100');
  readAllowed(bot, values);
  bot.updates.setWebhook(
    url === '' ? null : { url, secret, connections },
    booleanParam(values, 'drop_pending_updates'),
  );
  return true;
}

function readAllowed(bot: TelegramBot, values: Record<string, unknown>): void {
  const allowed = objectParam(values, 'allowed_updates', 'allowed_updates');
  if (allowed === null) return;
  if (!Array.isArray(allowed) || !allowed.every((kind): kind is string => typeof kind === 'string')) {
    throw badRequest("can't parse allowed_updates: expected an Array of String");
  }
  bot.updates.allowed = allowed;
}

function getUpdates({ bot, params: { values }, gone }: Call): unknown {
  const limit = integerParam(values, 'limit', 100);
  const timeout = integerParam(values, 'timeout', 0);
  readAllowed(bot, values);
  // Out of range is mended, not refused, as the platform does.
  return bot.updates.take(integerParam(values, 'offset', 0), clamp(limit, 1, 100), clamp(timeout, 0, 50), gone);
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));

// --- Sending --------------------------------------------------------------------------------

interface Sent {
  method: 'sendMessage' | 'sendPhoto';
  text: string;
  entities: Entity[];
  keyboard: KeyboardButton[][];
  photo: string | null;
}

function sendMessage(call: Call): unknown {
  const { values } = call.params;
  refuseParseMode(values);
  const text = textParam(values, 'text');
  checkText(text);
  const index = chatOf(call);
  const entities = checkEntities(objectParam(values, 'entities', 'entities'), text);
  const keyboard = checkKeyboard(objectParam(values, 'reply_markup', 'reply keyboard markup'));
  const sent = accept(call, index, { method: 'sendMessage', text, entities, keyboard, photo: null });
  return { ...sent, text, ...(entities.length > 0 ? { entities } : {}), ...markupOf(values) };
}

function sendPhoto(call: Call): unknown {
  const { values } = call.params;
  refuseParseMode(values);
  const caption = textParam(values, 'caption');
  checkCaption(caption);
  const index = chatOf(call);
  const entities = checkEntities(objectParam(values, 'caption_entities', 'caption_entities'), caption);
  const keyboard = checkKeyboard(objectParam(values, 'reply_markup', 'reply keyboard markup'));
  const photo = photoOf(call);
  const sent = accept(call, index, { method: 'sendPhoto', text: caption, entities, keyboard, photo: photo.fileId });
  return {
    ...sent,
    photo: [
      {
        file_id: photo.fileId,
        file_unique_id: photo.fileId.slice(-12),
        width: photo.width,
        height: photo.height,
        file_size: photo.size,
      },
    ],
    ...(caption === '' ? {} : { caption }),
    ...(entities.length > 0 ? { caption_entities: entities } : {}),
    ...markupOf(values),
  };
}

/** Messages with `parse_mode` are beyond this simulator; better a refusal than a false acceptance. */
function refuseParseMode(values: Record<string, unknown>): void {
  if (textParam(values, 'parse_mode') !== '')
    throw badRequest('unsupported parse_mode (this simulator reads entities only)');
}

const markupOf = (values: Record<string, unknown>): Record<string, unknown> => {
  const markup = objectParam(values, 'reply_markup', 'reply keyboard markup');
  return isRecord(markup) && markup.inline_keyboard !== undefined ? { reply_markup: markup } : {};
};

/** The index of the person written to. */
function chatOf({ world, bot, params: { values } }: Call): number {
  const text = textParam(values, 'chat_id');
  if (text === '') throw badRequest('chat_id is empty');
  const index = indexOf(Number(text));
  if (!Number.isSafeInteger(index) || index < 0 || index >= world.people) throw badRequest('chat not found');
  const state = bot.ledger.state(index);
  if (state === STRANGER) throw badRequest('chat not found');
  if (state === BLOCKED) throw new Refusal(403, 'Forbidden: bot was blocked by the user');
  return index;
}

/** Holds the call to the platform's pace, then hands the message to its person. */
function accept({ world, bot, receive }: Call, index: number, content: Sent): Record<string, unknown> {
  const waitMs = holdMessage(world, bot, index);
  if (waitMs > 0) throw tooMany(Math.ceil(waitMs / 1000));
  const messageId = bot.nextMessageId++;
  const { method, text, entities, keyboard, photo } = content;
  const { at } = receive(bot, index, String(messageId), {
    method,
    text,
    picture: photo,
    buttons: keyboard.map((row) => row.map(asButton)),
    links: entities.flatMap(({ url }) => url ?? []),
    details: { entities },
  });
  return {
    message_id: messageId,
    from: asBotUser(bot),
    chat: asChat(personAt(index)),
    date: Math.floor(at / 1000),
  };
}

const asButton = ({ text, url, callback_data: data, request_contact: contact }: KeyboardButton): ReceivedButton => ({
  label: text,
  ...(contact === undefined ? {} : { contact }),
  ...(url === undefined ? {} : { url }),
  ...(data === undefined ? {} : { data }),
});

// --- Pictures and files ---------------------------------------------------------------------

const MAX_PHOTO_BYTES = 10 * 1024 * 1024;

interface Photo {
  fileId: string;
  width: number;
  height: number;
  size: number;
}

function photoOf({ bot, params }: Call): Photo {
  const given = textParam(params.values, 'photo');
  const upload = params.uploads.get(given.startsWith('attach://') ? given.slice('attach://'.length) : 'photo');
  if (upload) return keepPhoto(bot, upload.body);
  if (given === '') throw badRequest('there is no photo in the request');
  const known = bot.files.get(given);
  if (known) return { fileId: given, ...sizeOf(known.body), size: known.body.length };
  // An address is looked at, not fetched: the simulator calls nobody but Herald.
  if (/^https?:/i.test(given) && urlFault(given) === null)
    return { fileId: newFileId(), width: 1280, height: 720, size: 0 };
  throw badRequest('wrong file identifier/HTTP URL specified');
}

function keepPhoto(bot: TelegramBot, body: Buffer): Photo {
  if (body.length === 0) throw badRequest('file must be non-empty');
  if (body.length > MAX_PHOTO_BYTES) throw badRequest('file is too big');
  const { width, height } = sizeOf(body);
  if (width + height > 10_000 || Math.max(width, height) > 20 * Math.min(width, height))
    throw badRequest('PHOTO_INVALID_DIMENSIONS');
  const fileId = newFileId();
  bot.files.set(fileId, { body, path: `photos/file_${bot.files.size}.jpg` });
  return { fileId, width, height, size: body.length };
}

const newFileId = (): string => `AgACAgIAAx${randomBytes(30).toString('base64url')}`;

function sizeOf(body: Buffer): { width: number; height: number } {
  try {
    const { width, height } = imageSize(body);
    return { width, height };
  } catch {
    throw badRequest('IMAGE_PROCESS_FAILED');
  }
}

/** A bot's picture: a small blue square, enough to show that there is one. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAABgAAAAYCAIAAABvFaqvAAAAH0lEQVR42mNQaTxDFcQwatCoQaMGjRo0atCoQQNvEAA2QD5unvTfUQAAAABJRU5ErkJggg==',
  'base64',
);
const PROFILE_FILE = 'AgACAgIAAxUAprofile';

function getUserProfilePhotos({ bot, params: { values } }: Call): unknown {
  if (integerParam(values, 'user_id', 0) !== Number(bot.id)) return { total_count: 0, photos: [] };
  bot.files.set(PROFILE_FILE, { body: PICTURE, path: 'photos/profile.png' });
  const photo = { file_id: PROFILE_FILE, file_unique_id: 'profile', width: 24, height: 24, file_size: PICTURE.length };
  return { total_count: 1, photos: [[photo]] };
}

function getFile({ bot, params: { values } }: Call): unknown {
  const id = textParam(values, 'file_id');
  const file = bot.files.get(id);
  if (!file) throw badRequest('invalid file_id');
  return { file_id: id, file_unique_id: id.slice(-12), file_size: file.body.length, file_path: file.path };
}

// --- Presses --------------------------------------------------------------------------------

const PRESS_LIFE_MS = 60_000;

function answerCallbackQuery({ world, bot, params: { values } }: Call): true {
  const id = textParam(values, 'callback_query_id');
  if (textParam(values, 'text').length > 200) throw badRequest('MESSAGE_TOO_LONG');
  const pressedAt = bot.presses.get(id);
  bot.presses.delete(id);
  if (pressedAt === undefined || world.now() - pressedAt > PRESS_LIFE_MS) {
    throw badRequest('query is too old and response timeout expired or query ID is invalid');
  }
  return true;
}
