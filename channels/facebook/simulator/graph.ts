// The Graph API's nodes and edges that Herald uses: the page and its app, what they are subscribed to, uploads, templates
// and messages. Tokens, the proof of the secret and parameters are checked as the documentation has it.
import { createHmac, randomBytes } from 'node:crypto';
import { request as fetchUrl } from 'undici';
import { isRecord, type JsonRecord, parseJson } from '../../lib/json.ts';
import { STRANGER } from '../../lib/simulator/ledger.ts';
import { splitMultipart } from '../../lib/simulator/multipart.ts';
import { personAt } from '../../lib/simulator/people.ts';
import type { ApiRequest } from '../../lib/simulator/server.ts';
import { type FacebookPage, type FacebookWorld, indexOfPsid, pageWithToken } from './page.ts';
import { badParameter, Refusal } from './refusal.ts';
import { type Sending, sendMessage } from './send.ts';
import { TEMPLATES } from './templates.ts';

export interface GraphDeps extends Omit<Sending, 'page'> {
  /** Webhooks without https. */
  local: boolean;
}

export interface Params {
  values: JsonRecord;
  file: Buffer | null;
}

export const PICTURE_PATH = '/picture.png';

/** Answers one call; throws a Refusal. */
export async function answerGraph(deps: GraphDeps, request: ApiRequest): Promise<unknown> {
  const [node = '', edge = ''] = request.url.pathname
    .replace(/^\/v\d+\.\d+(?=\/)/, '')
    .slice(1)
    .split('/');
  const params = readParams(request);
  const token = tokenOf(request, params);
  if (token.includes('|')) return answerApp(deps, pageOfApp(deps.world, token, node), request.method, edge, params);
  const page = pageWithToken(deps.world, token);
  if (!page) throw new Refusal(190, 'Invalid OAuth access token - Cannot parse access token');
  checkProof(page, params.values.appsecret_proof);
  if (node === 'app' && edge === '') return { id: page.app.id };
  if (request.method === 'GET' && edge === '' && isPsid(node)) return profileOf(deps.world, page, node);
  if (node !== 'me' && node !== page.id) throw unsupported(request.method, node);
  const answer = EDGES[`${request.method} ${edge}`];
  if (!answer) throw unsupported(request.method, `${node}/${edge}`);
  return answer({ ...deps, page }, params, request);
}

const isPsid = (node: string): boolean => indexOfPsid(node) !== null;

/** A page may ask only about people who wrote to it. */
function profileOf(world: FacebookWorld, page: FacebookPage, psid: string): unknown {
  const index = indexOfPsid(psid) ?? -1;
  if (index < 0 || index >= world.people || page.ledger.state(index) === STRANGER) throw unsupported('GET', psid);
  const { firstName, lastName } = personAt(index);
  return { id: psid, first_name: firstName, ...(lastName === '' ? {} : { last_name: lastName }) };
}

const unsupported = (method: string, path: string): Refusal =>
  new Refusal(100, `Unsupported ${method.toLowerCase()} request. Object with ID '${path}' does not exist`, {
    subcode: 33,
  });

type Edge = (sending: Sending & { local: boolean }, params: Params, request: ApiRequest) => unknown;

const EDGES: Readonly<Record<string, Edge>> = {
  'GET ': ({ page }, _params, { headers }) => ({
    id: page.id,
    name: page.name,
    username: page.username,
    category: 'Shopping & retail',
    picture: { data: { url: `http://${headers.host ?? ''}${PICTURE_PATH}`, width: 24, height: 24 } },
  }),
  'POST subscribed_apps': ({ page }, { values }) => subscribe(page, new Set(fieldsOf(values.subscribed_fields))),
  'DELETE subscribed_apps': ({ page }) => subscribe(page, null),
  'GET subscribed_apps': ({ page }) => ({
    data: page.subscribed ? [{ id: page.app.id, subscribed_fields: [...page.subscribed] }] : [],
  }),
  'GET messenger_profile': ({ page }) => ({
    data: page.getStarted === null ? [] : [{ get_started: { payload: page.getStarted } }],
  }),
  'POST messenger_profile': ({ page }, { values }) => {
    const payload = isRecord(values.get_started) ? values.get_started.payload : undefined;
    if (typeof payload !== 'string' || payload === '' || payload.length > 1000)
      throw badParameter('get_started must have a payload of at most 1000 characters');
    page.getStarted = payload;
    return { result: 'success' };
  },
  'POST message_attachments': ({ page }, { values, file }) => {
    if (!isRecord(values.message)) throw badParameter('The parameter message is required');
    if (!file || file.length === 0) throw badParameter('Upload attachment failure.');
    const id = String(BigInt(`0x${randomBytes(6).toString('hex')}`)).padStart(15, '1');
    page.attachments.set(id, file);
    return { attachment_id: id };
  },
  'GET message_templates': () => ({ data: TEMPLATES }),
  'POST messages': (sending, { values }) => sendMessage(sending, values),
};

function subscribe(page: FacebookPage, fields: ReadonlySet<string> | null): { success: true } {
  if (fields?.size === 0)
    throw badParameter('Param subscribed_fields must be one of {messages, messaging_postbacks, …}');
  page.subscribed = fields;
  page.updates.wake();
  return { success: true };
}

// --- The app --------------------------------------------------------------------------------

function pageOfApp(world: FacebookWorld, token: string, node: string): FacebookPage {
  const [id, secret] = token.split('|');
  const page = [...world.bots.values()].find(({ app }) => app.id === id && app.secret === secret);
  if (!page) throw new Refusal(190, 'Error validating application. Cannot get application info due to a system error.');
  if (node !== id) throw unsupported('GET', node);
  return page;
}

async function answerApp(
  { local }: GraphDeps,
  page: FacebookPage,
  method: string,
  edge: string,
  { values }: Params,
): Promise<unknown> {
  const { app } = page;
  if (edge === 'subscriptions' && method === 'GET') {
    const set = app.subscription;
    const fields = [...(set?.fields ?? [])].map((name) => ({ name, version: 'v25.0' }));
    return { data: set ? [{ object: 'page', callback_url: set.callbackUrl, active: true, fields }] : [] };
  }
  if (edge !== 'subscriptions' || method !== 'POST') throw unsupported(method, `${app.id}/${edge}`);
  const { object, callback_url: url, verify_token: token } = values;
  if (object !== 'page') throw badParameter('Param object must be one of {page}');
  if (typeof url !== 'string' || !URL.canParse(url) || typeof token !== 'string')
    throw badParameter('callback_url and verify_token are required');
  if (!local && new URL(url).protocol !== 'https:') throw badParameter('callback_url must be a secure URL (https)');
  const fields = new Set(fieldsOf(values.fields));
  await challenge(url, token);
  app.subscription = { callbackUrl: url, fields };
  page.updates.wake();
  return { success: true };
}

/** The address is tried before it is kept: it must send back what only whoever reads the question knows. */
async function challenge(url: string, token: string): Promise<void> {
  const nonce = String(1_000_000_000 + (randomBytes(4).readUInt32BE() % 1_000_000_000));
  const asked = new URL(url);
  asked.searchParams.set('hub.mode', 'subscribe');
  asked.searchParams.set('hub.challenge', nonce);
  asked.searchParams.set('hub.verify_token', token);
  const failed = (what: string): Refusal =>
    new Refusal(2200, `(#2200) Callback verification failed with the following errors: ${what}`);
  const answer = await fetchUrl(asked, { method: 'GET' }).catch(() => {
    throw failed('curl_errno = 7; HTTP Status Code = 0');
  });
  const body = await answer.body.text();
  if (answer.statusCode !== 200) throw failed(`HTTP Status Code = ${answer.statusCode}; HTTP Message = refused`);
  if (body !== nonce) throw failed('the challenge was not sent back');
}

// --- Parameters -----------------------------------------------------------------------------

const fieldsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(',') : [])
    .map((field) => field.trim())
    .filter((field) => field !== '');

/** Query and body together; in all but JSON objects are written as JSON into a text. */
function readParams({ url, headers, body }: ApiRequest): Params {
  if (body === null) throw new Refusal(100, 'Request entity too large', { status: 413 });
  const query = Object.fromEntries(url.searchParams);
  const type = headers['content-type'] ?? '';
  if (body.length === 0) return { values: query, file: null };
  if (type.startsWith('multipart/form-data')) {
    const parts = splitMultipart(type, body) ?? [];
    const texts = parts.filter(({ fileName }) => fileName === null);
    const values = Object.fromEntries(texts.map((part) => [part.name, opened(part.body.toString('utf8'))]));
    return { values: { ...query, ...values }, file: parts.find(({ name }) => name === 'filedata')?.body ?? null };
  }
  const given = type.startsWith('application/json')
    ? parseJson(body.toString('utf8'))
    : Object.fromEntries([...new URLSearchParams(body.toString('utf8'))].map(([name, value]) => [name, opened(value)]));
  if (!isRecord(given)) throw badParameter('The request body is not a JSON object');
  return { values: { ...query, ...given }, file: null };
}

const opened = (text: string): unknown => (/^[[{]/.test(text) ? (parseJson(text) ?? text) : text);

function tokenOf({ headers }: ApiRequest, { values }: Params): string {
  const bearer = /^(?:Bearer|OAuth) (.+)$/.exec(headers.authorization ?? '')?.[1];
  const token = bearer ?? values.access_token;
  if (typeof token === 'string' && token !== '') return token;
  throw new Refusal(104, 'An access token is required to request this resource.');
}

/** Apps may do without the proof; a wrong one is refused. */
function checkProof({ app, token }: FacebookPage, proof: unknown): void {
  if (proof === undefined) return;
  const right = createHmac('sha256', app.secret).update(token).digest('hex');
  if (proof !== right) throw new Refusal(100, 'Invalid appsecret_proof provided in the API argument');
}
