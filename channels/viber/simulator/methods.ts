// The bot API's methods that Herald uses, one entry each. Whatever happens is told in `status`, as the platform does.
import type { Crowd } from '../../lib/simulator/crowd.ts';
import { BLOCKED, STRANGER } from '../../lib/simulator/ledger.ts';
import { holdBot, holdChat } from '../../lib/simulator/limits.ts';
import { personAt } from '../../lib/simulator/people.ts';
import { idOf, indexOf, type ViberBot, type ViberWorld } from './bot.ts';
import { checkMessage } from './content.ts';

export interface Call {
  world: ViberWorld;
  bot: ViberBot;
  body: Record<string, unknown>;
  /** Webhooks without https. */
  local: boolean;
  receive: Crowd<ViberBot>['receive'];
}

export interface Result {
  status: number;
  status_message: string;
  [field: string]: unknown;
}

const OK: Result = { status: 0, status_message: 'ok' };
const INVALID_URL = 1;
const BAD_DATA = 3;
const NOT_REGISTERED = 5;
const NOT_SUBSCRIBED = 6;
const WEBHOOK_NOT_SET = 10;
const TOO_MANY = 12;

const refused = (status: number, message: string): Result => ({ status, status_message: message });

export const METHODS: Readonly<Record<string, (call: Call) => Result | Promise<Result>>> = {
  get_account_info: ({ bot }) => ({
    ...OK,
    id: bot.id,
    name: bot.name,
    uri: bot.uri,
    icon: '',
    category: 'Companies, Brands & Products',
    webhook: bot.updates.url,
    event_types: bot.updates.kinds,
    subscribers_count: bot.ledger.started,
  }),
  set_webhook: setWebhook,
  send_message: sendMessage,
  broadcast_message: broadcast,
};

async function setWebhook({ bot, body, local }: Call): Promise<Result> {
  const { url, event_types: kinds = [] } = body;
  if (typeof url !== 'string') return refused(BAD_DATA, 'badData: url');
  if (!Array.isArray(kinds) || !kinds.every((kind) => typeof kind === 'string'))
    return refused(BAD_DATA, 'badData: event_types');
  const fits = url === '' || (URL.canParse(url) && (url.startsWith('https:') || local));
  if (!fits) return refused(INVALID_URL, 'invalidUrl');
  const fault = await bot.updates.setWebhook(url, kinds);
  return fault === null ? { ...OK, event_types: kinds } : refused(INVALID_URL, `invalidUrl: ${fault}`);
}

function sendMessage(call: Call): Result {
  const { bot, body } = call;
  if (bot.updates.url === '') return refused(WEBHOOK_NOT_SET, 'webhookNotSet');
  if (typeof body.receiver !== 'string') return refused(4, 'missingData: receiver');
  const token = bot.updates.nextToken();
  const fault = deliver(call, { message: body, receiver: body.receiver, token });
  return fault ?? { ...OK, message_token: token, chat_hostname: 'SN-CHAT-01_' };
}

const RECEIVERS_MAX = 300;

function broadcast(call: Call): Result {
  const { world, bot, body } = call;
  const { broadcast_list: list, ...message } = body;
  if (bot.updates.url === '') return refused(WEBHOOK_NOT_SET, 'webhookNotSet');
  if (!Array.isArray(list) || list.length === 0 || !list.every((receiver) => typeof receiver === 'string'))
    return refused(4, 'missingData: broadcast_list');
  if (list.length > RECEIVERS_MAX) return refused(BAD_DATA, 'badData: broadcast_list is too long');
  const checked = checkMessage(message);
  if ('status' in checked) return refused(checked.status, checked.message);
  if (holdBot(world, bot) > 0) return refused(TOO_MANY, 'tooManyRequests');
  const token = bot.updates.nextToken();
  const failed: Result[] = [];
  for (const receiver of list) {
    const fault = deliver(call, { message: fillIn(message, receiver), receiver, token });
    if (fault) failed.push({ receiver, ...fault });
  }
  return { ...OK, message_token: token, failed_list: failed };
}

/** Every receiver gets their own information, wherever in the message it is asked for. */
function fillIn(message: Record<string, unknown>, receiver: string): Record<string, unknown> {
  const text = JSON.stringify(message);
  if (!text.includes('replace_me_with_')) return message;
  const index = indexOf(receiver);
  const name = index === null ? '' : personAt(index).firstName;
  const filled = text
    .replaceAll('replace_me_with_url_encoded_receiver_id', encodeURIComponent(receiver))
    .replaceAll('replace_me_with_receiver_id', receiver)
    .replaceAll('replace_me_with_user_name', JSON.stringify(name).slice(1, -1));
  return JSON.parse(filled) as Record<string, unknown>;
}

/** What is wrong with this receiver or this message; null when it is on its way. */
function deliver(
  { world, bot, receive }: Call,
  { message, receiver, token }: { message: Record<string, unknown>; receiver: string; token: string },
): Result | null {
  const checked = checkMessage(message);
  if ('status' in checked) return refused(checked.status, checked.message);
  const index = indexOf(receiver);
  if (index === null || index >= world.people) return refused(NOT_REGISTERED, 'receiverNotRegistered');
  const state = bot.ledger.state(index);
  if (state === STRANGER || state === BLOCKED) return refused(NOT_SUBSCRIBED, 'receiverNotSubscribed');
  if (holdChat(world, bot, index) > 0) return refused(TOO_MANY, 'Too many requests');
  if ('failed' in checked) {
    bot.updates.push('failed', { message_token: token, user_id: idOf(index), desc: checked.failed });
    return null;
  }
  receive(bot, index, token, checked.content);
  return null;
}
