// A bot API of our own to try things with: speaks the platform's HTTP, checks requests and keeps limits as it does, and is
// peopled by a crowd. README.md in the channel's folder says what it leaves out.
import { setTimeout as pause } from 'node:timers/promises';
import { createActs } from '../../lib/simulator/acts.ts';
import { createCrowd } from '../../lib/simulator/crowd.ts';
import { isRecord, parseJson } from '../../lib/json.ts';
import {
  type ApiAnswer,
  type ApiRequest,
  type RunningSimulator,
  serve,
  type SimulatorOptions,
} from '../../lib/simulator/server.ts';
import { createWorld } from '../../lib/simulator/world.ts';
import { createMessenger, type ViberBot, type ViberWorld } from './bot.ts';
import { withNumbers } from './events.ts';
import { type Call, METHODS, type Result } from './methods.ts';

/** 500 requests in 10 seconds; 100 messages an hour to one person who does not answer. */
const BOT_PACE = { rate: 50, burst: 500 };
const CHAT_PACE = { rate: 100 / 3600, burst: 100 };
const MAX_BODY = 30_000;

export async function startViberSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { local = false, now = Date.now, random = Math.random } = options;
  const world: ViberWorld = createWorld({ channel: 'viber', botPace: BOT_PACE, chatPace: CHAT_PACE, now, random });
  const messenger = createMessenger(world);
  const acts = createActs(world, messenger);
  const crowd = createCrowd(world, messenger, acts);
  return serve({
    options,
    house: { world, messenger, acts, crowd },
    maxBody: MAX_BODY,
    answer: async (request) => asAnswer(await answer(world, request, { local, receive: crowd.receive })),
  });
}

async function answer(
  world: ViberWorld,
  { method, url, headers, body }: ApiRequest,
  rest: Pick<Call, 'local' | 'receive'>,
): Promise<Result | null> {
  const run = METHODS[/^\/pa\/(\w+)$/.exec(url.pathname)?.[1] ?? ''];
  if (!run || method !== 'POST') return null;
  const bot = botWithToken(world, headers['x-viber-auth-token']);
  if (!bot) return rejected(world, { status: 2, status_message: 'invalidAuthToken' });
  if (body === null) return rejected(world, { status: 3, status_message: 'badData: the request is too large' });
  const wish = parseJson(body.toString('utf8'));
  if (!isRecord(wish)) return rejected(world, { status: 3, status_message: 'badData: not an object' });
  if (world.behaviour.delay > 0) await pause(world.behaviour.delay);
  return rejected(world, await run({ ...rest, world, bot, body: wish }));
}

/** Bad and missing data are counted: a client that sends them has a fault. */
function rejected(world: ViberWorld, result: Result): Result {
  if ([3, 4, 14].includes(result.status)) world.counts.rejected += 1;
  return result;
}

function botWithToken(world: ViberWorld, token: unknown): ViberBot | undefined {
  return [...world.bots.values()].find((bot) => bot.token === token);
}

const asAnswer = (result: Result | null): ApiAnswer =>
  result === null
    ? { status: 404, body: { error: 'unknown method' } }
    : { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(withNumbers(result)) };
