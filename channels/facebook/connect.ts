// Checks a page's token and the app's secret with the platform, reads the page's name and picture, and has updates sent to
// us: the app's webhook, the page's subscription to the app and the button with which a conversation begins.
import type { BotAccount, BotProfile, ChannelBot, PersonProfile } from '../../src/domain/channel.ts';
import { fieldProblem } from '../../src/domain/problem.ts';
import { setAppWebhook } from '../lib/graph/app.ts';
import { type GraphAccess, type GraphClient, GRAPH_ROOT, GraphError } from '../lib/graph/client.ts';
import { GET_STARTED } from '../lib/graph/events.ts';
import { asProblem, checkForm } from '../lib/graph/problems.ts';
import { asRecords, asText, isRecord, type JsonRecord } from '../lib/json.ts';
import { notTheApi, rootOf } from '../lib/api-root.ts';
import { CREDENTIALS } from './capabilities.ts';

/** The kinds of update we ask the platform for. */
export const FIELDS = [
  'messages',
  'messaging_postbacks',
  'messaging_referrals',
  'message_deliveries',
  'message_reads',
  // What is said while another app has the conversation in hand.
  'standby',
] as const;

export const accessOf = (bot: ChannelBot): GraphAccess & { appSecret: string } => ({
  root: rootOf(bot, GRAPH_ROOT),
  token: bot.credentials.token ?? '',
  appSecret: bot.credentials.app_secret ?? '',
});

/** Whose page the token is for; asks, and changes nothing. */
export async function check(graph: GraphClient, bot: ChannelBot): Promise<BotAccount> {
  const access = accessOf(bot);
  checkForm(bot, CREDENTIALS, access.root);
  // Only pages have a category: a person's token is told from a page's by it.
  const query = { fields: 'id,name,username,category,picture.width(160).height(160){url}' };
  const page = await graph.call(access, { method: 'GET', path: 'me', query }).catch((error: unknown) => {
    if (error instanceof GraphError && isPersons(error)) throw fieldProblem('credentials.token', 'token_not_page');
    return asProblem(access.root)(error);
  });
  const id = asText(page.id);
  if (id === '') throw notTheApi(access.root, 200);
  const username = asText(page.username) || null;
  return {
    externalId: id,
    name: asText(page.name),
    username,
    picture: await graph.picture(pictureOf(page)),
    link: `https://m.me/${username ?? id}?ref={ref}`,
  };
}

const isPersons = ({ failure }: GraphError): boolean =>
  failure.kind === 'refused' && failure.code === 100 && /nonexisting field \(category\)/i.test(failure.message);

export async function connect(graph: GraphClient, bot: ChannelBot, webhookUrl: string | null): Promise<BotProfile> {
  const account = await check(graph, bot);
  if (webhookUrl === null) return { ...account, webhook: 'none' };
  const access = accessOf(bot);
  const { webhookSecret: verifyToken } = bot;
  const set = await setAppWebhook(graph, access, { object: 'page', url: webhookUrl, verifyToken, fields: FIELDS });
  await subscribe(graph, access, set).catch(asProblem(access.root));
  return { ...account, webhook: set ? 'set' : 'manual' };
}

/** The page sends its updates to the app; and a conversation begins with our button, unless another program has one there. */
async function subscribe(graph: GraphClient, access: GraphAccess, isOurs: boolean): Promise<void> {
  const body = { subscribed_fields: FIELDS.join(',') };
  await graph.call(access, { method: 'POST', path: 'me/subscribed_apps', body });
  const path = 'me/messenger_profile';
  const before = isOurs ? null : await graph.call(access, { method: 'GET', path, query: { fields: 'get_started' } });
  if (asRecords(before?.data).some((profile) => profile.get_started !== undefined)) return;
  await graph.call(access, { method: 'POST', path, body: { get_started: { payload: GET_STARTED } } });
}

/** What people are called; who may not be asked about has no name here. */
export async function profile(graph: GraphClient, bot: ChannelBot, address: string): Promise<PersonProfile | null> {
  const query = { fields: 'first_name,last_name' };
  const person = await graph.call(accessOf(bot), { method: 'GET', path: encodeURIComponent(address), query });
  const [firstName, lastName] = [asText(person.first_name), asText(person.last_name)];
  return firstName === '' ? null : { firstName, ...(lastName === '' ? {} : { lastName }) };
}

export async function disconnect(graph: GraphClient, bot: ChannelBot): Promise<void> {
  await graph.call(accessOf(bot), { method: 'DELETE', path: 'me/subscribed_apps' });
}

function pictureOf(page: JsonRecord): string {
  const data = isRecord(page.picture) && isRecord(page.picture.data) ? page.picture.data : {};
  return asText(data.url);
}
