// The app that a token belongs to, and its webhook: one address for all accounts of the app. It is set by itself where no
// other address is set; one that another program set is left to people.
import type { GraphAccess, GraphClient } from './client.ts';
import { asRecords, asText, isRecord } from '../json.ts';

export interface AppWebhook {
  object: 'page' | 'instagram' | 'whatsapp_business_account';
  url: string;
  verifyToken: string;
  fields: readonly string[];
}

/** Whether updates of the app come to us from now on; false where they go to another program. */
export async function setAppWebhook(
  graph: GraphClient,
  access: GraphAccess & { appSecret: string },
  webhook: AppWebhook,
): Promise<boolean> {
  const app = await graph.call(access, { method: 'GET', path: 'app', query: { fields: 'id' } });
  const id = asText(app.id);
  // An app speaks for itself by its id and its secret.
  const asApp: GraphAccess = { root: access.root, token: `${id}|${access.appSecret}`, appSecret: null };
  const path = `${id}/subscriptions`;
  const before = asRecords((await graph.call(asApp, { method: 'GET', path })).data).find(
    ({ object }) => object === webhook.object,
  );
  if (before && !isOurs(asText(before.callback_url), webhook.url)) return false;
  await graph.call(asApp, {
    method: 'POST',
    path,
    body: {
      object: webhook.object,
      callback_url: webhook.url,
      verify_token: webhook.verifyToken,
      // The fields replace those of before, and what somebody chose there is kept.
      fields: [...new Set([...fieldsOf(before), ...webhook.fields])].join(','),
      include_values: true,
    },
  });
  return true;
}

/** The path holds the bot's own key, so the same path at another address is this bot, moved. */
function isOurs(set: string, url: string): boolean {
  if (set === '') return true;
  return URL.canParse(set) && new URL(set).pathname === new URL(url).pathname;
}

const fieldsOf = (subscription: unknown): string[] =>
  isRecord(subscription)
    ? asRecords(subscription.fields).flatMap(({ name }) => (typeof name === 'string' ? [name] : []))
    : [];
