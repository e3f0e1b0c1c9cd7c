// The API's methods that Herald uses, one entry each. Requests are checked as strictly as the documentation allows; a
// Refusal carries the platform's own code.
import { randomBytes } from 'node:crypto';
import type { Crowd } from '../../lib/simulator/crowd.ts';
import { BLOCKED, STRANGER } from '../../lib/simulator/ledger.ts';
import { holdChat } from '../../lib/simulator/limits.ts';
import { personAt } from '../../lib/simulator/people.ts';
import type { Community, VkWorld } from './bot.ts';
import { checkContent, type Params, textParam } from './content.ts';
import { badParameter, Refusal } from './refusal.ts';
import { readScript } from './script.ts';

export interface Call {
  world: VkWorld;
  bot: Community;
  params: Params;
  /** Callback servers without https. */
  local: boolean;
  /** Where this simulator is called. */
  origin: string;
  indexOf: (address: string) => number | null;
  receive: Crowd<Community>['receive'];
}

type Method = (call: Call) => unknown;

/** Errors of single calls, told beside the result of a script. */
export class ScriptResult {
  readonly response: unknown[];
  readonly errors: { method: string; error_code: number; error_msg: string }[];
  constructor(response: unknown[], errors: ScriptResult['errors']) {
    this.response = response;
    this.errors = errors;
  }
}

export const METHODS: Readonly<Record<string, Method>> = {
  'groups.getById': ({ bot }) => ({
    groups: [{ id: bot.group, name: bot.name, screen_name: bot.screenName, is_closed: 0, type: 'group' }],
    profiles: [],
  }),
  'groups.getCallbackConfirmationCode': ({ bot, params }) => {
    ownGroup(bot, params);
    return { code: bot.updates.code };
  },
  'groups.getCallbackServers': ({ bot, params }) => {
    ownGroup(bot, params);
    const items = bot.updates.servers.map(({ id, title, url, secret_key, status }) => ({
      id,
      title,
      url,
      secret_key,
      status,
      creator_id: 1,
    }));
    return { count: items.length, items };
  },
  'groups.addCallbackServer': async (call) => ({ server_id: (await call.bot.updates.add(serverOf(call))).id }),
  'groups.editCallbackServer': async (call) => {
    await call.bot.updates.edit(integer(call.params, 'server_id'), serverOf(call));
    return 1;
  },
  'groups.deleteCallbackServer': ({ bot, params }) => {
    ownGroup(bot, params);
    bot.updates.delete(integer(params, 'server_id'));
    return 1;
  },
  'groups.setCallbackSettings': setCallbackSettings,
  'photos.getMessagesUploadServer': ({ bot, origin }) => ({
    upload_url: `${origin}/upload/${bot.group}`,
    album_id: -64,
    user_id: 0,
    group_id: bot.group,
  }),
  'photos.saveMessagesPhoto': savePhoto,
  'messages.send': send,
  'users.get': getUsers,
  execute,
};

function ownGroup(bot: Community, params: Params): void {
  if (integer(params, 'group_id') !== bot.group) throw new Refusal(15, 'Access denied');
}

function integer(params: Params, name: string): number {
  const text = textParam(params, name);
  if (!/^-?\d{1,19}$/.test(text)) throw badParameter(`${name} is undefined`);
  return Number(text);
}

// --- Callback servers -----------------------------------------------------------------------

function serverOf({ bot, params, local }: Call): { title: string; url: string; secret_key: string } {
  ownGroup(bot, params);
  const [title, url, secret] = [textParam(params, 'title'), textParam(params, 'url'), textParam(params, 'secret_key')];
  if (title === '' || title.length > 14) throw badParameter('title is invalid');
  if (!URL.canParse(url) || !(url.startsWith('https:') || local)) throw badParameter('url is invalid');
  if (!/^[A-Za-z0-9]{0,50}$/.test(secret)) throw badParameter('secret_key is invalid');
  return { title, url, secret_key: secret };
}

function setCallbackSettings({ bot, params }: Call): 1 {
  ownGroup(bot, params);
  const server = bot.updates.get(integer(params, 'server_id'));
  const asked = Object.keys(params).filter((name) => textParam(params, name) === '1');
  server.kinds = new Set([...server.kinds, ...asked]);
  server.apiVersion = textParam(params, 'api_version');
  return 1;
}

// --- People ---------------------------------------------------------------------------------

const USERS_MAX = 1000;

function getUsers({ world, params, indexOf }: Call): unknown {
  const ids = textParam(params, 'user_ids').split(',');
  if (ids.length > USERS_MAX) throw badParameter('user_ids has more than 1000 elements');
  return ids.flatMap((id) => {
    const index = indexOf(id);
    if (index === null || index < 0 || index >= world.people) return [];
    const { firstName, lastName } = personAt(index);
    return [{ id: Number(id), first_name: firstName, last_name: lastName, can_access_closed: true, is_closed: false }];
  });
}

// --- Photos ---------------------------------------------------------------------------------

function savePhoto({ bot, params }: Call): unknown {
  const upload = bot.uploads.get(textParam(params, 'hash'));
  if (!upload) throw new Refusal(118, 'Invalid server');
  bot.uploads.delete(textParam(params, 'hash'));
  const [id, key] = [457_239_000 + bot.photos.size, randomBytes(9).toString('hex')];
  bot.photos.set(`photo-${bot.group}_${id}_${key}`, upload);
  return [{ id, owner_id: -bot.group, album_id: -64, access_key: key, sizes: [], text: '' }];
}

// --- Sending --------------------------------------------------------------------------------

const PEERS_MAX = 100;
/** So many numbers of messages are remembered: an hour of a busy community. */
const SENT_MAX = 500_000;

function send(call: Call): unknown {
  const { bot, params } = call;
  const randomId = integer(params, 'random_id');
  const list = textParam(params, 'peer_ids');
  const content = checkContent(bot, params);
  if (list === '') {
    const result = sendTo(call, textParam(params, 'peer_id') || textParam(params, 'user_id'), randomId, content);
    if ('error' in result) throw new Refusal(result.error.code, result.error.description);
    return result.message_id;
  }
  const peers = list.split(',');
  if (peers.length > PEERS_MAX) throw badParameter('peer_ids has more than 100 elements');
  return peers.map((peer) => ({ peer_id: Number(peer), ...sendTo(call, peer, randomId, content) }));
}

type Sent =
  | { message_id: number; conversation_message_id: number }
  | { message_id: 0; error: { code: number; description: string } };

function sendTo(
  { world, bot, receive, indexOf }: Call,
  peer: string,
  randomId: number,
  content: ReturnType<typeof checkContent>,
): Sent {
  const no = (code: number, description: string): Sent => ({ message_id: 0, error: { code, description } });
  const index = indexOf(peer);
  if (index === null || index < 0 || index >= world.people) return no(936, 'Contact not found');
  const state = bot.ledger.state(index);
  if (state === STRANGER || state === BLOCKED) return no(901, "Can't send messages for users without permission");
  const key = `${peer} ${randomId}`;
  const before = randomId === 0 ? undefined : bot.sent.get(key);
  if (before !== undefined) return { message_id: before, conversation_message_id: bot.ledger.received(index) };
  if (holdChat(world, bot, index) > 0) return no(9, 'Flood control: too much messages sent to user');
  const id = bot.nextMessageId++;
  if (bot.sent.size >= SENT_MAX) bot.sent.clear();
  bot.sent.set(key, id);
  receive(bot, index, String(id), content);
  return { message_id: id, conversation_message_id: bot.ledger.received(index) };
}

async function execute(call: Call): Promise<ScriptResult> {
  const response: unknown[] = [];
  const errors: ScriptResult['errors'] = [];
  for (const { method, params } of readScript(textParam(call.params, 'code'))) {
    try {
      const run = METHODS[method];
      if (!run || method === 'execute') throw new Refusal(3, 'Unknown method passed');
      response.push(await run({ ...call, params }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code !== 6) call.world.counts.rejected += 1;
      response.push(false);
      errors.push({ method, error_code: error.code, error_msg: error.message });
    }
  }
  return new ScriptResult(response, errors);
}
