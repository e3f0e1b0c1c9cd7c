// Checks a token, of the account itself or of the page it is linked to, reads the account's name and picture, and has
// updates sent to us as far as the platform allows a program to.
import type { BotAccount, BotProfile, ChannelBot, PersonProfile } from '../../src/domain/channel.ts';
import { fieldProblem } from '../../src/domain/problem.ts';
import { setAppWebhook } from '../lib/graph/app.ts';
import { type GraphAccess, type GraphClient, GRAPH_ROOT } from '../lib/graph/client.ts';
import { asProblem, checkForm } from '../lib/graph/problems.ts';
import { asRecord, asText, type JsonRecord } from '../lib/json.ts';
import { notTheApi, rootOf } from '../lib/api-root.ts';
import { nameOf } from '../lib/names.ts';
import { CREDENTIALS } from './capabilities.ts';

export const INSTAGRAM_ROOT = 'https://graph.instagram.com/v25.0';

/** The kinds of update we ask the platform for. */
export const FIELDS = ['messages', 'messaging_postbacks', 'messaging_seen', 'messaging_referral'] as const;
/** A page that sends anything of these to the app sends its account's messages, too. */
const PAGE_FIELDS = 'messages,messaging_postbacks';

/** Whether the token is the account's own, from the login with Instagram; else it is the linked page's. */
export const isOwn = (bot: ChannelBot): boolean => (bot.credentials.token ?? '').startsWith('IG');

export const accessOf = (bot: ChannelBot): GraphAccess => ({
  root: rootOf(bot, isOwn(bot) ? INSTAGRAM_ROOT : GRAPH_ROOT),
  token: bot.credentials.token ?? '',
  // The proof is documented for tokens of the other kind only.
  appSecret: isOwn(bot) ? null : appSecretOf(bot),
});

export const appSecretOf = (bot: ChannelBot): string => bot.credentials.app_secret ?? '';

/** Whose account the token is for; asks, and changes nothing. */
export async function check(graph: GraphClient, bot: ChannelBot): Promise<BotAccount> {
  const access = accessOf(bot);
  checkForm(bot, CREDENTIALS, access.root);
  // Its webhook can be set by hand only, and that wants a token to be verified with.
  if (isOwn(bot) && !bot.credentials.verify_token)
    throw fieldProblem('credentials.verify_token', 'credential_missing', { field: 'verify_token' });
  const account = await (isOwn(bot) ? askAccount(graph, access) : askPage(graph, access)).catch(asProblem(access.root));
  const username = asText(account.username);
  const externalId = asText(account.user_id) || asText(account.id);
  if (externalId === '') throw notTheApi(access.root, 200);
  return {
    externalId,
    name: asText(account.name) || username,
    username: username || null,
    picture: await graph.picture(asText(account.profile_picture_url)),
    link: username === '' ? null : `https://ig.me/m/${username}?ref={ref}`,
  };
}

const ACCOUNT_FIELDS = 'id,username,name,profile_picture_url';

const askAccount = (graph: GraphClient, access: GraphAccess): Promise<JsonRecord> =>
  graph.call(access, { method: 'GET', path: 'me', query: { fields: `${ACCOUNT_FIELDS},user_id` } });

async function askPage(graph: GraphClient, access: GraphAccess): Promise<JsonRecord> {
  const query = { fields: `instagram_business_account{${ACCOUNT_FIELDS}}` };
  const page = await graph.call(access, { method: 'GET', path: 'me', query });
  const account = asRecord(page.instagram_business_account);
  if (asText(account.id) === '') throw fieldProblem('credentials.token', 'account_not_linked');
  return account;
}

export async function connect(graph: GraphClient, bot: ChannelBot, webhookUrl: string | null): Promise<BotProfile> {
  const account = await check(graph, bot);
  if (webhookUrl === null) return { ...account, webhook: 'none' };
  const access = accessOf(bot);
  const set = !isOwn(bot) && (await setWebhook(graph, bot, webhookUrl));
  const query = { subscribed_fields: isOwn(bot) ? FIELDS.join(',') : PAGE_FIELDS };
  await graph.call(access, { method: 'POST', path: 'me/subscribed_apps', query }).catch(asProblem(access.root));
  return { ...account, webhook: set ? 'set' : 'manual' };
}

const setWebhook = (graph: GraphClient, bot: ChannelBot, url: string): Promise<boolean> =>
  setAppWebhook(
    graph,
    { ...accessOf(bot), appSecret: appSecretOf(bot) },
    { object: 'instagram', url, verifyToken: bot.webhookSecret, fields: FIELDS },
  );

/** What people are called there. */
export async function profile(graph: GraphClient, bot: ChannelBot, address: string): Promise<PersonProfile | null> {
  const query = { fields: 'name,username' };
  const person = await graph.call(accessOf(bot), { method: 'GET', path: encodeURIComponent(address), query });
  const [name, username] = [asText(person.name), asText(person.username)];
  return name === '' && username === ''
    ? null
    : { ...nameOf(name || username), ...(username === '' ? {} : { username }) };
}

export async function disconnect(graph: GraphClient, bot: ChannelBot): Promise<void> {
  await graph.call(accessOf(bot), { method: 'DELETE', path: 'me/subscribed_apps' });
}
