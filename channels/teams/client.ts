// The way to the Bot Connector over our own HTTP client, with tokens of the Microsoft identity platform: one per bot, kept
// until shortly before it ends. Neither the secret nor a token ever reaches an error or a log.
import { createHash } from 'node:crypto';
import type { ChannelBot } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { rootOf } from '../lib/api-root.ts';
import { type ApiAnswer, callApi } from '../lib/json-api.ts';
import { asRecord, asText } from '../lib/json.ts';

export const LOGIN_ROOT = 'https://login.microsoftonline.com';
/** Where bots of many tenants get their tokens. */
const MANY_TENANTS = 'botframework.com';
const SCOPE = 'https://api.botframework.com/.default';
const BEFORE_END_MS = 5 * 60_000;
const MAX_TOKENS = 1000;

export const loginRootOf = (bot: ChannelBot): string => rootOf(bot, LOGIN_ROOT);

/** The identity platform gave no token. */
export class TokenRefused extends Error {
  readonly answer: ApiAnswer;
  constructor(answer: ApiAnswer) {
    super(`no token (HTTP ${answer.status})`);
    this.name = 'TokenRefused';
    this.answer = answer;
  }
}

interface Token {
  value: string;
  since: number;
  until: number;
}

export interface TeamsClient {
  /** Throws `TokenRefused` or `NoAnswer`; nothing was sent then. */
  token(bot: ChannelBot): Promise<Token>;
  /** The token is no longer believed. */
  forget(bot: ChannelBot): void;
  post(token: Token, url: string, json: object): Promise<ApiAnswer>;
}

export function createTeamsClient({ http, now }: { http: HttpClient; now: () => number }): TeamsClient {
  const tokens = new Map<string, Token>();
  /** Many messages wait for one token. */
  const asking = new Map<string, Promise<Token>>();

  const ask = async (bot: ChannelBot, key: string): Promise<Token> => {
    const since = now();
    const answer = await askToken(http, bot);
    const { access_token: value, expires_in: seconds } = asRecord(answer.body);
    if (answer.status !== 200 || asText(value) === '') throw new TokenRefused(answer);
    const until = since + Math.max(60_000, Number(seconds) * 1000 - BEFORE_END_MS || 0);
    const token = { value: asText(value), since, until };
    if (tokens.size >= MAX_TOKENS) tokens.clear();
    tokens.set(key, token);
    return token;
  };

  return {
    async token(bot) {
      const key = keyOf(bot);
      const known = tokens.get(key);
      if (known && known.until > now()) return known;
      const asked = asking.get(key) ?? ask(bot, key).finally(() => asking.delete(key));
      asking.set(key, asked);
      return asked;
    },
    forget: (bot) => void tokens.delete(keyOf(bot)),
    post: (token, url, json) =>
      callApi(http, { method: 'POST', url, headers: { authorization: `Bearer ${token.value}` }, json }),
  };
}

const keyOf = (bot: ChannelBot): string => {
  const { appId = '', tenant = '', secret = '' } = bot.credentials;
  return createHash('sha256')
    .update([loginRootOf(bot), tenant, appId, secret].join('\n'))
    .digest('base64');
};

/** The client credentials grant; without an answer it throws `NoAnswer`. */
export function askToken(http: HttpClient, bot: ChannelBot): Promise<ApiAnswer> {
  const { appId = '', tenant = '', secret = '' } = bot.credentials;
  return callApi(http, {
    method: 'POST',
    url: `${loginRootOf(bot)}/${tenant || MANY_TENANTS}/oauth2/v2.0/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: appId,
      client_secret: secret,
      scope: SCOPE,
    }).toString(),
  });
}
