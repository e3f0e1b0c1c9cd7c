// Test sends: the draft as it is, to chosen people, marked as a test and left out of every figure. A test goes the way its
// mailing would: over the same connection, by the same window, with the same choices. The answer waits a little for the
// outcomes, since the person does too.
import { randomBytes } from 'node:crypto';
import type { DeliveryState, SkipReason } from '../domain/delivery.ts';
import { type Way, waysFor } from '../domain/fallback.ts';
import { type Content, messageFor } from '../domain/message.ts';
import { fieldProblem } from '../domain/problem.ts';
import type { Connection } from '../domain/subscriber.ts';
import { windowEnd, type WindowRule, windowsOf } from '../domain/window.ts';
import { hasText, translate } from '../i18n.ts';
import { type Bot, listBots } from '../store/bots.ts';
import type { Campaign } from '../store/campaigns.ts';
import { connectionsOf } from '../store/connections.ts';
import { planSingle, PRIORITY } from '../store/due.ts';
import { contentOf } from '../store/messages.ts';
import { type DeliveryOutcome, outcomesOf } from '../store/outcomes.ts';
import { getSubscriber } from '../store/subscribers.ts';
import type { TestAnswer } from './api/mailings.ts';
import type { HttpDeps } from './deps.ts';
import { refuseInCopy } from './instance.ts';

const WAIT_MS = 8000;
const LOOK_MS = 150;

const UNSETTLED: ReadonlySet<DeliveryState> = new Set(['planned', 'sending']);

type Result = TestAnswer['results'][number];
interface Try {
  /** Null when nothing could be planned; then `result` says why. */
  deliveryId: number | null;
  result: Result;
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
  const bots = new Map((await listBots(deps.db)).map((bot) => [bot.id, bot]));
  const rules = new Map(windowsOf(deps.channels.values(), content).map((rule) => [rule.channel, rule]));
  const tries: Try[] = [];
  for (const [index, id] of [...new Set(subscribers)].entries()) {
    tries.push(
      ...(await planTests(deps, { campaign, content, nonce, language, bots, rules }, id, `subscribers.${index}`)),
    );
  }
  deps.bus.publish('work');
  const outcomes = await settled(
    deps,
    tries.flatMap(({ deliveryId }) => (deliveryId === null ? [] : [deliveryId])),
  );
  return {
    results: tries.map(({ result, deliveryId }) => {
      const outcome = deliveryId === null ? undefined : outcomes.get(deliveryId);
      return outcome ? { ...result, ...outcome, detail: outcome.detail ?? inWords(language, outcome.reason) } : result;
    }),
  };
}

interface Test {
  campaign: Campaign;
  content: Content;
  nonce: string;
  language: string;
  bots: ReadonlyMap<number, Bot>;
  rules: ReadonlyMap<string, WindowRule>;
}

/** What a connection's window makes of a message now; null where there is no window, or it is open. */
function outsideOf({ bots, rules }: Test, { botId, lastInboundAt }: Connection, now: number): WindowRule | null {
  const rule = rules.get(bots.get(botId)?.channel ?? '');
  return rule && now >= windowEnd(lastInboundAt, rule.hours) ? rule : null;
}

async function planTests(deps: HttpDeps, test: Test, id: string, path: string): Promise<Try[]> {
  const { db } = deps;
  const person = await getSubscriber(db, id);
  if (!person) throw fieldProblem(path, 'subscriber_unknown');
  const now = deps.now();
  const connections = new Map((await connectionsOf(db, person.id)).map((one) => [one.id, one]));
  const all = [...connections.values()].map((one): Way => ({
    connectionId: one.id,
    botId: one.botId,
    status: one.status,
    usedAt: one.lastInboundAt ?? one.subscribedAt ?? 0,
    closed: outsideOf(test, one, now)?.outside === 'closed',
  }));
  const idOf = new Map([...test.bots.values()].map((bot) => [bot.publicId, bot.id]));
  const variants = [...test.bots.values()]
    .filter(({ status }) => status !== 'disconnected')
    .map((bot) => [bot.id, { variant: messageFor(test.content, bot.channel) !== null }] as const);
  const ways = waysFor({ all, main: person.mainConnectionId }, new Map(variants), test.campaign.settings.via, (bot) =>
    idOf.get(bot),
  );
  const tries: Try[] = [];
  for (const { connectionId } of ways) {
    const connection = connections.get(connectionId);
    if (connection) tries.push(await planTest(deps, test, { id, connection }));
  }
  return tries.length > 0 ? tries : [untold(test, { id, channel: null }, 'unreachable', 'problems:test_no_connection')];
}

async function planTest(
  { db, now }: HttpDeps,
  test: Test,
  { id, connection }: { id: string; connection: Connection },
): Promise<Try> {
  const channel = test.bots.get(connection.botId)?.channel ?? '';
  const who = { id, channel };
  if (connection.status !== 'active') return untold(test, who, 'unreachable', 'problems:test_no_connection');
  const message = messageFor(test.content, channel);
  if (!message) return untold(test, who, 'no_variant', 'problems:message_empty');
  const at = now();
  const rule = outsideOf(test, connection, at);
  if (rule?.outside === 'closed') return untold(test, who, 'window_closed', 'server:reasons.window_closed');
  const template = test.content.templates?.[channel];
  const choices = test.campaign.settings.choices[channel] ?? [];
  const deliveryId = await planSingle(db, {
    campaignId: test.campaign.id,
    subscriberId: connection.subscriberId,
    connectionId: connection.id,
    botId: connection.botId,
    cause: `test:${test.nonce}:${connection.id}`,
    purpose: 'test',
    content: { ...message, ...(template && { template }), ...(choices.length > 0 && { choices }) },
    priority: PRIORITY.test,
    dueAt: at,
  });
  const result = { subscriber: id, channel, form: formOf(rule), state: 'planned' as const, reason: null, detail: null };
  return { deliveryId, result };
}

const formOf = (rule: WindowRule | null): Result['form'] =>
  rule === null || rule.outside === 'closed' ? 'message' : rule.outside;

const inWords = (language: string, reason: string | null): string | null =>
  reason !== null && hasText(`server:reasons.${reason}`) ? translate(language, `server:reasons.${reason}`) : null;

/** Nothing goes out to this person, and why. */
function untold(
  { language }: Test,
  { id, channel }: { id: string; channel: string | null },
  reason: SkipReason,
  sentence: string,
): Try {
  const detail = translate(language, sentence);
  return { deliveryId: null, result: { subscriber: id, channel, form: null, state: 'skipped', reason, detail } };
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
