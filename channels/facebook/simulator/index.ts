// A Send API of our own to try things with: speaks the Graph API's HTTP, checks requests and keeps limits and windows as the
// platform does, signs its webhooks, and is peopled by a crowd. README.md in the channel's folder says what it leaves out.
import { setTimeout as pause } from 'node:timers/promises';
import { createActs } from '../../lib/simulator/acts.ts';
import { createCrowd } from '../../lib/simulator/crowd.ts';
import { NO_PACE } from '../../lib/simulator/limits.ts';
import { type ApiAnswer, type RunningSimulator, serve, type SimulatorOptions } from '../../lib/simulator/server.ts';
import { createWorld } from '../../lib/simulator/world.ts';
import { answerGraph, PICTURE_PATH } from './graph.ts';
import { createMessenger, type FacebookWorld } from './page.ts';
import { answerOf, Refusal } from './refusal.ts';

/** 300 messages a second for a page; what one conversation may get is unpublished. */
const PAGE_PACE = { rate: 300, burst: 60 };
/** Uploads up to the documented 25 MB, and a little for the form around them. */
const MAX_BODY = 26 * 1024 * 1024;

export async function startFacebookSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { local = false, now = Date.now, random = Math.random } = options;
  const world: FacebookWorld = createWorld({ channel: 'facebook', botPace: PAGE_PACE, chatPace: NO_PACE, now, random });
  const messenger = createMessenger(world);
  const acts = createActs(world, messenger);
  const crowd = createCrowd(world, messenger, acts);
  const deps = { world, receive: crowd.receive, begun: now(), local };

  return serve({
    options,
    house: { world, messenger, acts, crowd },
    maxBody: MAX_BODY,
    async answer(request) {
      if (request.url.pathname === PICTURE_PATH) return PICTURE;
      try {
        if (world.behaviour.delay > 0) await pause(world.behaviour.delay);
        return { status: 200, body: await answerGraph(deps, request) };
      } catch (error) {
        return refusalOf(world, error);
      }
    },
  });
}

function refusalOf(world: FacebookWorld, error: unknown): ApiAnswer {
  if (error instanceof Refusal) {
    if (error.code === 100 && error.subcode === null) world.counts.rejected += 1;
    return answerOf(error);
  }
  const message = `An unknown error has occurred: ${error instanceof Error ? error.message : 'unknown'}`;
  return answerOf(new Refusal(1, message, { status: 500 }));
}

/** A page's picture: a small blue square, enough to show that there is one. */
const PICTURE: ApiAnswer = {
  status: 200,
  headers: { 'content-type': 'image/png' },
  body: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAABgAAAAYCAIAAABvFaqvAAAAH0lEQVR42mNQaTxDFcQwatCoQaMGjRo0atCoQQNvEAA2QD5unvTfUQAAAABJRU5ErkJggg==',
    'base64',
  ),
};
