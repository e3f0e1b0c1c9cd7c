// An example messenger behind the channel contract: the shortest channel that keeps every promise. Copy it.
import { createHmac } from 'node:crypto';
import { type HttpClient, type HttpResponse, NoAnswer } from '../../channels/lib/http.ts';
import { sameSecret } from '../../channels/lib/secrets.ts';
import type { BotAccount, Channel, ChannelBot, Envelope, InboundRequest, Outcome } from '../../src/domain/channel.ts';
import { fieldProblem } from '../../src/domain/problem.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { parse } from './parse.ts';
import { render } from './render.ts';

const DEFAULT_API_ROOT = 'https://api.example.com';
const TOLERANCE_SECONDS = 300;

export interface ExampleDeps {
  http: HttpClient;
  now: () => number;
}

export function createExample({ http, now }: ExampleDeps): Channel {
  const call = (bot: ChannelBot, path: string, body: object, key = ''): Promise<HttpResponse> =>
    http.request({
      method: 'POST',
      url: (bot.apiRoot ?? DEFAULT_API_ROOT) + path,
      headers: {
        authorization: `Bearer ${bot.credentials.token ?? ''}`,
        'content-type': 'application/json',
        ...(key && { 'idempotency-key': key }),
      },
      body: JSON.stringify(body),
    });

  /** Asks, and says what is wrong with the token or the address. */
  const ask = async (bot: ChannelBot, path: string, body: object): Promise<BotAccount> => {
    const address = bot.apiRoot ?? DEFAULT_API_ROOT;
    const answer = await call(bot, path, body).catch((error: unknown) => {
      if (!(error instanceof NoAnswer)) throw error;
      if (error.code === 'PRIVATE_ADDRESS') throw fieldProblem('apiRoot', 'api_root_private', { address });
      throw fieldProblem('apiRoot', 'api_root_unreachable', { address, reason: error.code });
    });
    if (answer.status === 401) throw fieldProblem('credentials.token', 'token_refused');
    if (answer.status !== 200) throw fieldProblem('apiRoot', 'api_root_wrong', { address, status: answer.status });
    const { id, name } = JSON.parse(answer.body.toString('utf8')) as { id: string; name: string };
    const link = `https://example.com/${id}?start={ref}`;
    return { externalId: id, name, username: id, picture: null, link };
  };

  const send = async ({ payload, address, key }: Envelope, bot: ChannelBot): Promise<Outcome> => {
    try {
      return outcomeOf(await call(bot, '/messages', { to: address, ...payload }, key), now());
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return { status: error.sent ? 'unknown' : 'failed', detail: `no answer (${error.code})` };
    }
  };

  return {
    name: 'example',
    capabilities: CAPABILITIES,
    credentials: CREDENTIALS,
    verify: (request, bot) => verify(request, bot, now()),
    parse,
    render: (message, links) => render(message, links).map((payload) => ({ ...payload })),
    check: (bot) => ask(bot, '/me', {}),
    connect: async (bot, url) => {
      const account = await ask(bot, '/webhook', { url, secret: bot.webhookSecret });
      return { ...account, webhook: url === null ? 'none' : 'set' };
    },
    deliver: (envelopes, bot) => Promise.all(envelopes.map((envelope) => send(envelope, bot))),
  };
}

/** The platform signs `<time>.<body>` with the secret it was given, and says when. */
function verify({ headers, body }: InboundRequest, { webhookSecret }: ChannelBot, now: number): boolean {
  const time = headers['x-example-time'] ?? '';
  const fresh = Math.abs(now / 1000 - Number(time)) <= TOLERANCE_SECONDS;
  const expected = createHmac('sha256', webhookSecret).update(`${time}.`).update(body).digest('hex');
  return webhookSecret !== '' && fresh && sameSecret(headers['x-example-signature'], expected);
}

/** What the platform's answer means. A gateway's 5xx says nothing about what happened behind it. */
function outcomeOf({ status, headers, body }: HttpResponse, now: number): Outcome {
  const detail = `HTTP ${status}`;
  switch (status) {
    case 200:
      return { status: 'accepted', messageId: (JSON.parse(body.toString('utf8')) as { id: string }).id };
    case 400:
      return { status: 'refused', reason: 'content_refused', detail };
    case 401:
      return { status: 'bot_refused', detail };
    case 403:
      return { status: 'refused', reason: 'blocked', detail, connection: 'blocked' };
    case 404:
      return { status: 'refused', reason: 'unreachable', detail, connection: 'unreachable' };
    case 429:
      return { status: 'throttled', scope: 'bot', retryAt: now + Number(headers['retry-after'] ?? 5) * 1000 };
    case 503:
      return { status: 'failed', detail };
    default:
      return { status: 'unknown', detail };
  }
}
