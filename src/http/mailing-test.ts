// Test sends: the draft as it is, to chosen people, marked as a test and left out of every figure. The answer waits a
// little for the outcomes, since the person does too.
import { randomBytes } from 'node:crypto';
import type { DeliveryState } from '../domain/delivery.ts';
import { type Content, messageFor } from '../domain/message.ts';
import { fieldProblem } from '../domain/problem.ts';
import { listBots } from '../store/bots.ts';
import type { Campaign } from '../store/campaigns.ts';
import { connectionsOf } from '../store/connections.ts';
import { planSingle, PRIORITY } from '../store/due.ts';
import { contentOf } from '../store/messages.ts';
import { type DeliveryOutcome, outcomesOf } from '../store/outcomes.ts';
import { getSubscriber } from '../store/subscribers.ts';
import type { TestAnswer } from './api/mailings.ts';
import type { HttpDeps } from './deps.ts';
import { refuseInCopy } from './instance.ts';
import { sentence } from './problems.ts';

const WAIT_MS = 8000;
const LOOK_MS = 150;

const UNSETTLED: ReadonlySet<DeliveryState> = new Set(['planned', 'sending']);

type Result = TestAnswer['results'][number];
interface Try {
  subscriber: string;
  channel: string | null;
  /** Null when nothing could be planned; then `result` says why. */
  deliveryId: number | null;
  result: Result | null;
}

export async function sendTest(
  deps: HttpDeps,
  campaign: Campaign,
  subscribers: readonly string[],
  language: string,
): Promise<TestAnswer> {
  await refuseInCopy(deps);
  const content = await contentOf(deps.db, campaign);
  const nonce = randomBytes(6).toString('hex');
  const tries: Try[] = [];
  for (const [index, id] of [...new Set(subscribers)].entries()) {
    tries.push(await planTest(deps, { campaign, content, nonce, language }, id, `subscribers.${index}`));
  }
  deps.bus.publish('work');
  const outcomes = await settled(
    deps,
    tries.flatMap(({ deliveryId }) => (deliveryId === null ? [] : [deliveryId])),
  );
  return {
    results: tries.map(({ subscriber, channel, deliveryId, result }) => {
      const outcome = deliveryId === null ? undefined : outcomes.get(deliveryId);
      return (
        result ?? {
          subscriber,
          channel,
          state: outcome?.state ?? 'planned',
          reason: outcome?.reason ?? null,
          detail: outcome?.detail ?? null,
        }
      );
    }),
  };
}

interface Test {
  campaign: Campaign;
  content: Content;
  nonce: string;
  language: string;
}

async function planTest({ db, now }: HttpDeps, test: Test, id: string, path: string): Promise<Try> {
  const person = await getSubscriber(db, id);
  if (!person) throw fieldProblem(path, 'subscriber_unknown');
  const bots = new Map((await listBots(db)).map((bot) => [bot.id, bot]));
  const active = (await connectionsOf(db, person.id)).filter(({ status }) => status === 'active');
  const mainFirst = active.toSorted(
    (a, b) => Number(b.id === person.mainConnectionId) - Number(a.id === person.mainConnectionId),
  );
  const options = mainFirst.flatMap((connection) => {
    const channel = bots.get(connection.botId)?.channel;
    const message = channel === undefined ? null : messageFor(test.content, channel);
    return channel === undefined ? [] : [{ connection, channel, message }];
  });
  const best = options.find(({ message }) => message !== null);
  if (!best?.message) {
    const [reason, code] = options.length > 0 ? ['no_variant', 'message_empty'] : ['unreachable', 'test_no_connection'];
    const result: Result = {
      subscriber: id,
      channel: options[0]?.channel ?? null,
      state: 'skipped',
      reason: reason ?? null,
      detail: sentence(test.language, code ?? ''),
    };
    return { subscriber: id, channel: result.channel, deliveryId: null, result };
  }
  const deliveryId = await planSingle(db, {
    campaignId: test.campaign.id,
    subscriberId: person.id,
    connectionId: best.connection.id,
    botId: best.connection.botId,
    cause: `test:${test.nonce}`,
    purpose: 'test',
    content: best.message,
    priority: PRIORITY.test,
    dueAt: now(),
  });
  return { subscriber: id, channel: best.channel, deliveryId, result: null };
}

/** Looks when figures moved and a few times a second besides: another process may be the one that sends. */
async function settled({ db, bus }: HttpDeps, ids: readonly number[]): Promise<Map<number, DeliveryOutcome>> {
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    const outcomes = await outcomesOf(db, ids);
    const waiting = [...outcomes.values()].some(({ state }) => UNSETTLED.has(state));
    if (!waiting || performance.now() > deadline) return outcomes;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        unsubscribe();
        resolve();
      };
      const timer = setTimeout(done, LOOK_MS);
      const unsubscribe = bus.subscribe('live', done);
    });
  }
}
