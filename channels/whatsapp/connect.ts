// Checks a token, the app's secret, the number and its account with the platform, reads name and picture, and has the
// number's updates sent to us, past the app's own webhook.
import type { BotAccount, BotProfile, ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem } from '../../src/domain/problem.ts';
import { CALLBACK_REFUSED } from '../lib/graph/app.ts';
import { type GraphAccess, type GraphClient, GRAPH_ROOT, GraphError } from '../lib/graph/client.ts';
import { detailOf } from '../lib/graph/outcome.ts';
import { asProblem, checkForm } from '../lib/graph/problems.ts';
import { asRecords, asText, type JsonRecord } from '../lib/json.ts';
import { notTheApi, rootOf } from '../lib/api-root.ts';
import { CREDENTIALS } from './capabilities.ts';
import { START_WORD } from './parse.ts';

export const accessOf = (bot: ChannelBot): GraphAccess & { appSecret: string } => ({
  root: rootOf(bot, GRAPH_ROOT),
  token: bot.credentials.token ?? '',
  appSecret: bot.credentials.app_secret ?? '',
});

export const phoneOf = (bot: ChannelBot): string => bot.credentials.phone_number_id ?? '';
export const accountOf = (bot: ChannelBot): string => bot.credentials.waba_id ?? '';

/** Which number that is; asks, and changes nothing. */
export async function check(graph: GraphClient, bot: ChannelBot): Promise<BotAccount> {
  const access = accessOf(bot);
  checkForm(bot, CREDENTIALS, access.root);
  const ask = (path: string, fields: string, field: string): Promise<JsonRecord> =>
    graph.call(access, { method: 'GET', path, query: { fields } }).catch((error: unknown) => {
      if (isNotThere(error)) throw fieldProblem(`credentials.${field}`, 'credential_wrong', { field });
      return asProblem(access.root)(error);
    });
  const number = await ask(phoneOf(bot), 'id,verified_name,display_phone_number', 'phone_number_id');
  const shown = asText(number.display_phone_number);
  if (asText(number.id) === '') throw notTheApi(access.root, 200);
  await ask(accountOf(bot), 'id', 'waba_id');
  const digits = shown.replace(/\D/g, '');
  return {
    externalId: asText(number.id),
    name: asText(number.verified_name) || shown,
    username: null,
    picture: await readPicture(graph, bot),
    link: digits === '' ? null : `https://wa.me/${digits}?text=${START_WORD}%20{ref}`,
  };
}

/** 33: there is nothing of this id, or nothing this token may see. */
const isNotThere = (error: unknown): boolean =>
  error instanceof GraphError &&
  error.failure.kind === 'refused' &&
  error.failure.code === 100 &&
  error.failure.subcode === 33;

async function readPicture(graph: GraphClient, bot: ChannelBot): Promise<string | null> {
  try {
    const path = `${phoneOf(bot)}/whatsapp_business_profile`;
    const profile = await graph.call(accessOf(bot), { method: 'GET', path, query: { fields: 'profile_picture_url' } });
    return await graph.picture(asText(asRecords(profile.data)[0]?.profile_picture_url));
  } catch (error) {
    // A number without a profile simply has no picture.
    if (error instanceof GraphError) return null;
    throw error;
  }
}

export async function connect(graph: GraphClient, bot: ChannelBot, webhookUrl: string | null): Promise<BotProfile> {
  const account = await check(graph, bot);
  if (webhookUrl === null) return { ...account, webhook: 'none' };
  const access = accessOf(bot);
  const subscribed = graph.call(access, { method: 'POST', path: `${accountOf(bot)}/subscribed_apps` });
  await subscribed.catch(asProblem(access.root));
  const override = { override_callback_uri: webhookUrl, verify_token: bot.webhookSecret };
  await setOverride(graph, bot, override).catch((error: unknown) => {
    if (!isCallbackRefused(error)) return asProblem(access.root)(error);
    const address = new URL(webhookUrl).origin;
    throw fieldProblem('publicUrl', 'webhook_refused', { address, reason: detailOf(error.failure) });
  });
  return { ...account, webhook: 'set' };
}

const setOverride = (graph: GraphClient, bot: ChannelBot, override: Record<string, string>): Promise<JsonRecord> =>
  graph.call(accessOf(bot), { method: 'POST', path: phoneOf(bot), body: { webhook_configuration: override } });

const isCallbackRefused = (error: unknown): error is GraphError & { failure: { kind: 'refused' } } =>
  error instanceof GraphError && error.failure.kind === 'refused' && error.failure.code === CALLBACK_REFUSED;

/** Updates of the number go to the app's own webhook again. Its account stays subscribed: it may have other numbers. */
export async function disconnect(graph: GraphClient, bot: ChannelBot): Promise<void> {
  await setOverride(graph, bot, { override_callback_uri: '' });
}
