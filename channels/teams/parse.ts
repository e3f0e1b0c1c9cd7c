// Reads the facts out of one activity, and says what the platform waits to read. Personal conversations only: a team or a
// group chat is nobody's subscription. Pure.
import type { ChannelBot, HttpAnswer, Inbound, PersonProfile } from '../../src/domain/channel.ts';
import { asList, asRecord, asText, type JsonRecord } from '../lib/json.ts';
import { readKeyword } from '../lib/keywords.ts';
import { isAllowedService, teamsServiceOf, withoutSlash, writeAddress } from './address.ts';

const TEAMS = 'msteams';
const TEAMS_HOST = 'smba.trafficmanager.net';

type Base = Pick<Inbound, 'externalId' | 'at' | 'address' | 'profile'>;

export function parse(given: unknown, bot: ChannelBot, now: number): Inbound[] {
  const activity = asRecord(given);
  const address = addressOf(activity, bot);
  const id = asText(activity.id) || asText(activity.timestamp);
  if (address === null || id === '') return [];
  const time = Date.parse(asText(activity.timestamp));
  const profile = profileOf(activity);
  // Ids are unique within a conversation only.
  const base: Base = { externalId: `${id} ${address}`, at: Number.isNaN(time) ? now : time, address, profile };
  const fact = readActivity(activity, base);
  return fact ? [fact] : [];
}

/** An invoke waits for its answer; all others are content with an empty one. */
export function answer(given: unknown): HttpAnswer | null {
  const { type, name } = asRecord(given);
  if (type !== 'invoke') return null;
  const body =
    name === 'adaptiveCard/action'
      ? { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: '👍' }
      : {};
  return { status: 200, type: 'application/json', body: JSON.stringify(body) };
}

function readActivity(activity: JsonRecord, base: Base): Inbound | null {
  switch (activity.type) {
    case 'message': {
      const token = asText(asRecord(activity.value).token);
      return token === '' ? readMessage(asText(activity.text), base) : { ...base, kind: 'pressed', token };
    }
    case 'invoke': {
      const token = asText(asRecord(asRecord(asRecord(activity.value).action).data).token);
      return token === '' ? null : { ...base, kind: 'pressed', token };
    }
    case 'installationUpdate':
      if (activity.action === 'add') return { ...base, kind: 'subscribed', ref: null };
      return activity.action === 'remove' ? { ...base, kind: 'blocked' } : null;
    case 'conversationUpdate':
      // Teams tells of the same by an installation; other channels know only this.
      return activity.channelId !== TEAMS && addsBot(activity) ? { ...base, kind: 'subscribed', ref: null } : null;
    default:
      return null;
  }
}

const addsBot = ({ membersAdded, recipient }: JsonRecord): boolean =>
  asList(membersAdded).some((member) => {
    const { id } = asRecord(member);
    return asText(id) !== '' && id === asRecord(recipient).id;
  });

/** What the subscription link writes into the person's input: the word, and the campaign tag behind it. */
const START = /^start\s+([A-Za-z0-9_-]{1,190})$/i;

function readMessage(text: string, base: Base): Inbound {
  const ref = START.exec(text.trim())?.[1];
  if (ref !== undefined) return { ...base, kind: 'subscribed', ref };
  switch (readKeyword(text)) {
    case 'start':
      return { ...base, kind: 'subscribed', ref: null };
    case 'stop':
      return { ...base, kind: 'unsubscribed' };
    default:
      return { ...base, kind: 'replied', text, subscribes: true };
  }
}

function addressOf(activity: JsonRecord, bot: ChannelBot): string | null {
  const conversation = asRecord(activity.conversation);
  const from = asRecord(activity.from);
  const service = withoutSlash(asText(activity.serviceUrl));
  const id = asText(conversation.id);
  if (id === '' || asText(from.id) === '' || !isAllowedService(service, bot)) return null;
  const { conversationType: type, isGroup } = conversation;
  if (activity.channelId !== TEAMS)
    return isGroup === true ? null : writeAddress({ kind: 'conversation', service, conversation: id });
  if (type !== 'personal') return null;
  const tenant = asText(conversation.tenantId) || asText(asRecord(asRecord(activity.channelData).tenant).id);
  // Government clouds have services of their own, which a tenant does not name.
  const isGlobal = new URL(service).hostname === TEAMS_HOST || service.startsWith(teamsServiceOf(bot));
  return tenant !== '' && isGlobal
    ? writeAddress({ kind: 'person', tenant, user: asText(from.aadObjectId) || asText(from.id) })
    : writeAddress({ kind: 'conversation', service, conversation: id });
}

function profileOf(activity: JsonRecord): PersonProfile {
  const name = asText(asRecord(activity.from).name).trim();
  const [first = '', last = '', ...more] = name.includes(',') ? [name] : name.split(/\s+/);
  // A directory's names have many forms; only two words are surely a first and a last one.
  const names = more.length > 0 || last === '' ? { firstName: name } : { firstName: first, lastName: last };
  const client =
    asList(activity.entities)
      .map(asRecord)
      .find(({ type }) => type === 'clientInfo') ?? {};
  const [locale, timeZone] = [asText(activity.locale) || asText(client.locale), asText(client.timezone)];
  return { ...(name ? names : {}), ...(locale ? { locale } : {}), ...(timeZone ? { timeZone } : {}) };
}
