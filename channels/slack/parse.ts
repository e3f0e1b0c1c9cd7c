// Reads the facts out of an event or a pressed button. Conversations of one person with the app only: a channel is nobody's
// subscription. Pure.
import type { ChannelBot, HttpAnswer, Inbound, InboundRequest } from '../../src/domain/channel.ts';
import { asList, asRecord, asText, type JsonRecord, parseJson } from '../lib/json.ts';
import { readKeyword } from '../lib/keywords.ts';

/** Events come as JSON; presses as a form whose field `payload` is JSON. */
export function read({ headers, body }: Pick<InboundRequest, 'headers' | 'body'>): unknown {
  const text = body.toString('utf8');
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return parseJson(text);
  return parseJson(new URLSearchParams(text).get('payload') ?? '');
}

/** While the address is set up, the platform wants its challenge back. */
export function answer(given: unknown): HttpAnswer | null {
  const { type, challenge } = asRecord(given);
  return type === 'url_verification' && asText(challenge) !== ''
    ? { status: 200, type: 'text/plain', body: asText(challenge) }
    : null;
}

export function parse(given: unknown, bot: Pick<ChannelBot, 'externalId'>, now: number): Inbound[] {
  const update = asRecord(given);
  if (!isOfTeam(update, bot.externalId.split('-')[0] ?? '')) return [];
  switch (update.type) {
    case 'event_callback':
      return fromEvent(asRecord(update.event), asText(update.event_id), update.event_time, now);
    case 'block_actions':
      return fromPresses(update, now);
    default:
      return [];
  }
}

/** An app in several workspaces has one address for all of them, and another workspace's people are not this bot's. */
function isOfTeam(update: JsonRecord, team: string): boolean {
  const authorizations = asList(update.authorizations).map(asRecord);
  // An installation for a whole organisation is at home in each of its workspaces.
  if (update.is_enterprise_install === true || authorizations.some((one) => one.is_enterprise_install === true))
    return true;
  const named = [
    update.team_id,
    update.context_team_id,
    asRecord(update.team).id,
    ...authorizations.map((one) => one.team_id),
  ]
    .map(asText)
    .filter((id) => id !== '');
  return named.length === 0 || named.includes(team);
}

function fromEvent(event: JsonRecord, externalId: string, time: unknown, now: number): Inbound[] {
  const address = asText(event.user);
  if (externalId === '' || address === '') return [];
  const at = secondsOf(event.ts ?? event.event_ts ?? time, now);
  const base = { externalId, at, address };
  switch (event.type) {
    case 'message':
      return isOwnWords(event) ? [readMessage(asText(event.text), base)] : [];
    case 'app_home_opened':
      // Whoever looks in can be reached; looking is no consent, so nothing else comes of it.
      return event.tab === 'messages' ? [{ ...base, kind: 'unblocked' }] : [];
    default:
      return [];
  }
}

/** Neither ours nor another bot's, nor news about a message, such as that it was edited. */
const isOwnWords = ({ channel_type: type, bot_id: bot, subtype }: JsonRecord): boolean =>
  type === 'im' && bot === undefined && (subtype === undefined || subtype === 'file_share');

const START = /^start\s+([A-Za-z0-9_-]{1,190})$/i;

function readMessage(text: string, base: Pick<Inbound, 'externalId' | 'at' | 'address'>): Inbound {
  const words = unescape(text);
  const ref = START.exec(words.trim())?.[1];
  if (ref !== undefined) return { ...base, kind: 'subscribed', ref };
  switch (readKeyword(words)) {
    case 'start':
      return { ...base, kind: 'subscribed', ref: null };
    case 'stop':
      return { ...base, kind: 'unsubscribed' };
    default:
      return { ...base, kind: 'replied', text: words, subscribes: true };
  }
}

/** What the platform escapes in a text. */
const unescape = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

function fromPresses(update: JsonRecord, now: number): Inbound[] {
  const user = asRecord(update.user);
  const address = asText(user.id);
  const username = asText(user.username) || asText(user.name);
  if (address === '') return [];
  return asList(update.actions).flatMap((one): Inbound[] => {
    const action = asRecord(one);
    const [token, time] = [asText(action.value), asText(action.action_ts)];
    // A button with an address tells of its press too, without a value.
    if (action.type !== 'button' || token === '' || time === '') return [];
    const base = { externalId: `${address} ${time} ${asText(action.action_id)}`, at: secondsOf(time, now), address };
    return [{ ...base, kind: 'pressed', token, ...(username ? { profile: { username } } : {}) }];
  });
}

/** Times are seconds, as a number or as a text with a fraction. */
function secondsOf(value: unknown, now: number): number {
  const seconds = typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN;
  return seconds > 0 && seconds < 1e11 ? Math.round(seconds * 1000) : now;
}
