// An API of VK's shape to try things with: speaks the platform's HTTP, checks requests and keeps limits as it does, and is
// peopled by a crowd. README.md in the channel's folder says what it leaves out.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { imageSize } from 'image-size';
import { createActs } from '../../lib/simulator/acts.ts';
import { createCrowd } from '../../lib/simulator/crowd.ts';
import { holdBot } from '../../lib/simulator/limits.ts';
import { splitMultipart } from '../../lib/simulator/multipart.ts';
import {
  type ApiAnswer,
  type ApiRequest,
  type RunningSimulator,
  serve,
  type SimulatorOptions,
} from '../../lib/simulator/server.ts';
import { createWorld } from '../../lib/simulator/world.ts';
import { type Community, createMessenger, type VkWorld } from './bot.ts';
import { type Call, METHODS, ScriptResult } from './methods.ts';
import { Refusal } from './refusal.ts';

/** 20 requests a second; a thousand messages an hour to one person. */
const BOT_PACE = { rate: 20, burst: 20 };
const CHAT_PACE = { rate: 1000 / 3600, burst: 1000 };
/** Photos up to the documented 50 MB, and a little for the form around them. */
const MAX_BODY = 51 * 1024 * 1024;
const SIDES_MAX = 14_000;
const RATIO_MAX = 20;

export async function startVkSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { local = false, now = Date.now, random = Math.random } = options;
  const world: VkWorld = createWorld({ channel: 'vk', botPace: BOT_PACE, chatPace: CHAT_PACE, now, random });
  const messenger = createMessenger(world);
  const acts = createActs(world, messenger);
  const crowd = createCrowd(world, messenger, acts);
  const rest = { world, local, indexOf: messenger.indexOf, receive: crowd.receive };
  return serve({
    options,
    house: { world, messenger, acts, crowd },
    maxBody: MAX_BODY,
    async answer(request) {
      const group = /^\/upload\/(\d+)$/.exec(request.url.pathname)?.[1];
      if (group !== undefined) return takeUpload(world.bots.get(group), request);
      const method = /^\/method\/([\w.]+)$/.exec(request.url.pathname)?.[1];
      if (method === undefined) return { status: 404, body: { error: 'unknown path' } };
      return answerCall(request, method, rest);
    },
  });
}

async function answerCall(
  { url, headers, body }: ApiRequest,
  method: string,
  rest: Omit<Call, 'bot' | 'params' | 'origin'>,
): Promise<ApiAnswer> {
  const params = {
    ...Object.fromEntries(url.searchParams),
    ...Object.fromEntries(new URLSearchParams(body?.toString('utf8') ?? '')),
  };
  const { world } = rest;
  try {
    const bot = communityOf(world, params);
    if (holdBot(world, bot) > 0) throw new Refusal(6, 'Too many requests per second');
    const run = METHODS[method];
    if (!run) throw new Refusal(3, 'Unknown method passed');
    if (world.behaviour.delay > 0) await pause(world.behaviour.delay);
    const result = await run({ ...rest, bot, params, origin: `http://${headers.host ?? 'localhost'}` });
    return { status: 200, body: asBody(result) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === 100 || error.code >= 900) world.counts.rejected += 1;
    const shown = Object.entries(params).filter(([key]) => key !== 'access_token');
    const request_params = shown.map(([key, value]) => ({ key, value }));
    return { status: 200, body: { error: { error_code: error.code, error_msg: error.message, request_params } } };
  }
}

function communityOf(world: VkWorld, { access_token: token = '', v = '' }: Record<string, string>): Community {
  if (token === '') throw new Refusal(5, 'User authorization failed: no access_token passed.');
  if (v === '') throw new Refusal(8, 'Invalid request: v (version) is required');
  const bot = [...world.bots.values()].find((candidate) => candidate.token === token);
  if (!bot) throw new Refusal(5, 'User authorization failed: invalid access_token (4).');
  return bot;
}

const asBody = (result: unknown): unknown =>
  result instanceof ScriptResult
    ? { response: result.response, ...(result.errors.length > 0 ? { execute_errors: result.errors } : {}) }
    : { response: result };

/** The upload does not say why it takes a file for no picture: its list is empty. */
function takeUpload(bot: Community | undefined, { headers, body }: ApiRequest): ApiAnswer {
  const parts = body && splitMultipart(headers['content-type'] ?? '', body);
  const file = parts?.find(({ name, fileName }) => name === 'photo' && fileName !== null);
  if (!bot || !file || !isPicture(file.body)) return { status: 200, body: { server: 1, photo: '[]', hash: '' } };
  const hash = randomBytes(16).toString('hex');
  bot.uploads.set(hash, { bytes: file.body.length });
  return { status: 200, body: { server: 626_627, photo: JSON.stringify([{ photo: hash.slice(0, 8) }]), hash } };
}

function isPicture(body: Buffer): boolean {
  try {
    const { width, height, type } = imageSize(body);
    const fits = width + height <= SIDES_MAX && Math.max(width, height) <= RATIO_MAX * Math.min(width, height);
    return fits && ['jpg', 'png', 'gif'].includes(type ?? '');
  } catch {
    return false;
  }
}
