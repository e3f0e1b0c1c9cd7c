// Takes what a visitor reports, over HTTP or over a socket: what they wrote goes into the thread, everything goes as
// facts to the inbound side. A report that is repeated with the same ids changes nothing.
import type { Payload } from '../domain/channel.ts';
import type { VisitorFact, VisitorUpdate } from '../domain/mailbox.ts';
import { toChannelBot } from '../store/bots.ts';
import {
  appendMessages,
  latestMessages,
  messagesAfter,
  ownMessages,
  type WebMessage as StoredMessage,
} from '../store/mailbox.ts';
import { joinVisitor, visitorConnection } from '../store/visitors.ts';
import type { FactsAnswer, MessagesAnswer, WebMessage } from './api/widget.ts';
import { standingOf, type WidgetBot, type WidgetDeps } from './widget-access.ts';
import type { VisitorSession } from './widget-identity.ts';

/** Messages in one answer; a widget that missed more asks again. */
export const PAGE = 50;
/** How long a message with a lower number than one already read may take to be committed. */
const LATE_MS = 10_000;

export async function takeFacts(
  deps: WidgetDeps,
  { bot, channel }: WidgetBot,
  session: VisitorSession,
  facts: readonly VisitorFact[],
): Promise<FactsAnswer> {
  const address = { botId: bot.id, visitorId: session.visitor };
  const at = deps.now();
  const updates: VisitorUpdate[] = [];
  const written: { id: string; payload: Payload }[] = [];
  for (const fact of facts) {
    const own = await withoutOthers(deps, address, fact);
    if (own) updates.push({ visitor: session.visitor, at, profile: session.profile, fact: own });
    const payload = threadEntry(fact);
    if (payload) written.push({ id: fact.id, payload });
  }
  if (written.length > 0) {
    await appendMessages(
      deps.db,
      written.map(({ id, payload }) => ({ ...address, key: id, payload })),
      'in',
      at,
    );
    deps.bus.publish('mailbox', address);
  }
  const channelBot = toChannelBot(bot, deps.keyring, deps.config.apiRoots);
  const inbound = updates.flatMap((update) => channel.parse(update, channelBot, at));
  if (inbound.length > 0) await deps.receive(bot, inbound);
  if (session.user !== null) await joinVisitor(deps.db, address, session.user);
  return { done: facts.map(({ id }) => id), standing: await standingOf(deps, bot, session.visitor) };
}

/** Receipts count for the visitor's own messages only; null when nothing is left. */
async function withoutOthers(
  deps: WidgetDeps,
  address: { botId: number; visitorId: string },
  fact: VisitorFact,
): Promise<VisitorFact | null> {
  if (fact.kind !== 'delivered' && fact.kind !== 'opened') return fact;
  const messages = await ownMessages(deps.db, address, fact.messages);
  return messages.length > 0 ? { ...fact, messages } : null;
}

/** What the visitor's own side of the thread shows. */
function threadEntry(fact: VisitorFact): Payload | null {
  if (fact.kind === 'replied') return { id: fact.id, text: fact.text };
  if (fact.kind === 'pressed') return { id: fact.id, text: fact.label, token: fact.token };
  return null;
}

// --- Reading the thread -----------------------------------------------------------------------

// The payload was rendered by the channel or written by `threadEntry`; the column only knows that it is JSON.
const toAnswer = (messages: readonly StoredMessage[]): WebMessage[] => messages as unknown as WebMessage[];

export async function readThread(deps: WidgetDeps, { bot }: WidgetBot, visitor: string): Promise<WebMessage[]> {
  return toAnswer(await latestMessages(deps.db, { botId: bot.id, visitorId: visitor, limit: PAGE }));
}

export async function readNews(
  deps: WidgetDeps,
  { bot }: WidgetBot,
  visitor: string,
  after: number,
): Promise<MessagesAnswer> {
  const page = { botId: bot.id, visitorId: visitor, limit: PAGE };
  const messages = await messagesAfter(deps.db, page, { after, lateSince: deps.now() - LATE_MS });
  return { standing: await standingOf(deps, bot, visitor), messages: toAnswer(messages) };
}

/** The visitor to go on with: another person logged in on the same browser gets a mailbox of their own. */
export async function mayKeep(
  deps: WidgetDeps,
  { bot }: WidgetBot,
  visitor: string,
  user: string | null,
): Promise<boolean> {
  const connection = await visitorConnection(deps.db, { botId: bot.id, visitorId: visitor });
  return user === null || !connection || connection.externalKey === null || connection.externalKey === user;
}
