// Slack behind the channel contract. README.md here names the platform's limits and quirks.
import type { Channel, ReadMedia } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { badge } from './badge.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { check, connect } from './connect.ts';
import { createDeliver } from './deliver.ts';
import { answer, parse, read } from './parse.ts';
import { readProfile } from './profile.ts';
import { LIFE_MS, renew } from './renew.ts';
import { render } from './render.ts';
import { verify } from './verify.ts';

export interface SlackDeps {
  http: HttpClient;
  readMedia: ReadMedia;
  now: () => number;
}

export function createSlack(deps: SlackDeps): Channel {
  return {
    name: 'slack',
    capabilities: CAPABILITIES,
    badge,
    credentials: CREDENTIALS,
    verify: (request, bot) => verify(request, bot, deps.now()),
    read,
    parse,
    answer,
    profile: (address, bot) => readProfile(deps.http, bot, address),
    render: (message, links) => render(message, links).map((payload) => ({ ...payload })),
    check: (bot) => check(deps, bot),
    connect: (bot, webhookUrl) => connect(deps, bot, webhookUrl),
    renewal: { minAgeMs: 0, lifeMs: LIFE_MS, renew: (bot) => renew(deps, bot) },
    deliver: createDeliver(deps),
  };
}
