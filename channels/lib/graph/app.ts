// The app that a token belongs to, and its webhook: one address for all accounts of the app. It is set by itself where no
// other address is set; one that another program set is left to people.
import { fieldProblem } from '../../../src/domain/problem.ts';
import { type GraphAccess, type GraphClient, GraphError } from './client.ts';
import { detailOf } from './outcome.ts';
import { asProblem } from './problems.ts';
import { asRecords, asText, isRecord } from '../json.ts';

export interface AppWebhook {
  object: 'page' | 'instagram' | 'whatsapp_business_account';
  url: string;
  verifyToken: string;
  fields: readonly string[];
}

/** Speaks for an app: its secret is known. */
export type AppAccess = GraphAccess & { appSecret: string };

/**
 * Whether updates of the app come to us from now on. Else they go to another program, or the token may not say so: then a
 * person pastes the address, with the token that proves it, into the app's settings.
 */
export async function setAppWebhook(graph: GraphClient, access: AppAccess, webhook: AppWebhook): Promise<boolean> {
  try {
    return await set(graph, access, webhook);
  } catch (error) {
    if (!(error instanceof GraphError) || error.failure.kind !== 'refused') return asProblem(access.root)(error);
    if (error.failure.code !== CALLBACK_REFUSED) return false;
    const address = new URL(webhook.url).origin;
    throw fieldProblem('publicUrl', 'webhook_refused', { address, reason: detailOf(error.failure) });
  }
}

/** The platform tried the address and did not get its challenge back. */
export const CALLBACK_REFUSED = 2200;

async function set(graph: GraphClient, access: AppAccess, webhook: AppWebhook): Promise<boolean> {
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
