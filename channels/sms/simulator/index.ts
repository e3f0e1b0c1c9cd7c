// An SMS platform of our own to try things with: speaks the API's HTTP, counts parts, refuses in its codes, reports the fate
// of every message by signed callbacks, and is peopled by a crowd. README.md in the channel's folder says what it leaves out.
import { setTimeout as pause } from 'node:timers/promises';
import { createActs } from '../../lib/simulator/acts.ts';
import { createCrowd } from '../../lib/simulator/crowd.ts';
import { NO_PACE } from '../../lib/simulator/limits.ts';
import { type RunningSimulator, serve, type SimulatorOptions } from '../../lib/simulator/server.ts';
import { createWorld } from '../../lib/simulator/world.ts';
import { answerApi, Refusal } from './api.ts';
import { createMessenger, type SmsWorld } from './number.ts';

/** As a short code sends; the platform's own figure depends on the sender. */
const BOT_PACE = { rate: 100, burst: 50 };
const MAX_BODY = 64 * 1024;

export async function startSmsSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { local = false, now = Date.now, random = Math.random } = options;
  const world: SmsWorld = createWorld({ channel: 'sms', botPace: BOT_PACE, chatPace: NO_PACE, now, random });
  const messenger = createMessenger(world);
  const acts = createActs(world, messenger);
  const crowd = createCrowd(world, messenger, acts);
  const api = { world, messenger, receive: crowd.receive, local };
  return serve({
    options,
    house: { world, messenger, acts, crowd },
    maxBody: MAX_BODY,
    async answer(request) {
      if (world.behaviour.delay > 0) await pause(world.behaviour.delay);
      try {
        return answerApi(api, request);
      } catch (error) {
        const { status, code, message } =
          error instanceof Refusal ? error : new Refusal(500, 20500, error instanceof Error ? error.name : 'unknown');
        return { status, body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } };
      }
    },
  });
}
