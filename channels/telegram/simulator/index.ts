// A Bot API of our own to try things with: speaks the platform's HTTP, checks requests and keeps limits as it does, and
// is peopled by a crowd. It runs in a process of its own; README.md in the channel's folder says what it leaves out.
import { setTimeout as pause } from 'node:timers/promises';
import { createActs } from '../../lib/simulator/acts.ts';
import { createCrowd } from '../../lib/simulator/crowd.ts';
import {
  type ApiAnswer,
  type ApiRequest,
  type RunningSimulator,
  serve,
  type SimulatorOptions,
} from '../../lib/simulator/server.ts';
import { createWorld } from '../../lib/simulator/world.ts';
import { botWithToken, createMessenger, type TelegramBot, type TelegramWorld } from './bot.ts';
import { type Call, METHODS } from './methods.ts';
import { readParams } from './params.ts';
import { Refusal } from './refusal.ts';

/** About 30 messages a second for a bot, 1 a second for a chat. The exact thresholds are unpublished; these are ours. */
const BOT_PACE = { rate: 30, burst: 15 };
const CHAT_PACE = { rate: 1, burst: 3 };
/** Uploads up to the documented 50 MB, and a little for the form around them. */
const MAX_BODY = 51 * 1024 * 1024;

export async function startTelegramSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { local = false, now = Date.now, random = Math.random } = options;
  const world: TelegramWorld = createWorld({
    channel: 'telegram',
    botPace: BOT_PACE,
    chatPace: CHAT_PACE,
    now,
    random,
  });
  const messenger = createMessenger(world);
  const acts = createActs(world, messenger);
  const crowd = createCrowd(world, messenger, acts);

  const call: Run = async (bot, method, request) => {
    const run = METHODS[method.toLowerCase()];
    if (!run) throw new Refusal(404, 'Not Found: method not found');
    return run({ ...request, world, bot, local, receive: crowd.receive });
  };

  return serve({
    options,
    house: { world, messenger, acts, crowd },
    maxBody: MAX_BODY,
    async answer(request) {
      if (request.url.pathname.startsWith('/file/bot')) return answerFile(world, request.url);
      try {
        return { status: 200, body: { ok: true, result: await answerCall(world, call, request) } };
      } catch (error) {
        return refusalOf(world, error);
      }
    },
  });
}

type Run = (bot: TelegramBot, method: string, request: Pick<Call, 'params' | 'gone'>) => Promise<unknown>;

async function answerCall(world: TelegramWorld, call: Run, { url, headers, body, gone }: ApiRequest): Promise<unknown> {
  const [, token = '', method = ''] = /^\/bot([^/]+)\/([^/]+)$/.exec(url.pathname) ?? [];
  if (body === null) throw new Refusal(413, 'Request Entity Too Large');
  if (!/^\d+:[\w-]+$/.test(token)) throw new Refusal(404, 'Not Found');
  const bot = botWithToken(world, token);
  if (!bot) throw new Refusal(401, 'Unauthorized');
  listenToReplies(bot, call);
  const params = await readParams(url.searchParams, headers['content-type'] ?? '', body);
  if (world.behaviour.delay > 0) await pause(world.behaviour.delay);
  return call(bot, method, { params, gone });
}

function refusalOf(world: TelegramWorld, error: unknown): ApiAnswer {
  if (!(error instanceof Refusal)) {
    const description = `Internal Server Error: ${error instanceof Error ? error.message : 'unknown'}`;
    return { status: 500, body: { ok: false, error_code: 500, description } };
  }
  const { code, description, parameters } = error;
  if (code === 400) world.counts.rejected += 1;
  return {
    status: code,
    body: { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) },
  };
}

/** A method call that comes as a webhook's answer is carried out, and its result is lost, as documented. */
function listenToReplies(bot: TelegramBot, call: Run): void {
  bot.updates.onReply = (method, values) => {
    const request = { params: { values, uploads: new Map() }, gone: new AbortController().signal };
    call(bot, method, request).catch(() => undefined);
  };
}

function answerFile(world: TelegramWorld, url: URL): ApiAnswer {
  const [, token = '', path = ''] = /^\/file\/bot([^/]+)\/(.+)$/.exec(url.pathname) ?? [];
  const files = botWithToken(world, token)?.files.values() ?? [];
  const file = [...files].find((candidate) => candidate.path === path);
  if (!file) return { status: 404, body: { ok: false, error_code: 404, description: 'Not Found' } };
  return { status: 200, body: file.body };
}
