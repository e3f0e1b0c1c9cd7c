// LINE behind the channel contract. README.md here names the platform's limits and quirks.
import { createHmac } from 'node:crypto';
import type { Channel, ChannelBot, InboundRequest } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { sameSecret } from '../lib/secrets.ts';
import { badge } from './badge.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { check, connect } from './connect.ts';
import { createDeliver } from './deliver.ts';
import { parse } from './parse.ts';
import { readProfile } from './profile.ts';
import { render } from './render.ts';

export interface LineDeps {
  http: HttpClient;
  now: () => number;
}

export function createLine(deps: LineDeps): Channel {
  return {
    name: 'line',
    capabilities: CAPABILITIES,
    badge,
    credentials: CREDENTIALS,
    verify,
    parse: (update, _bot, at) => parse(update, at),
    profile: (address, bot) => readProfile(deps.http, bot, address),
    render: (message, links, choices) => render(message, links, choices).map((payload) => ({ ...payload })),
    check: (bot) => check(deps, bot),
    connect: (bot, webhookUrl) => connect(deps, bot, webhookUrl),
    deliver: createDeliver(deps),
  };
}

/** No time is signed: what is replayed is known by its event ids and changes nothing. */
function verify({ headers, body }: InboundRequest, { credentials }: ChannelBot): boolean {
  const secret = credentials.secret ?? '';
  if (secret === '') return false;
  return sameSecret(headers['x-line-signature'], createHmac('sha256', secret).update(body).digest('base64'));
}
