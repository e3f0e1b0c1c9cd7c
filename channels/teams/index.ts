// Microsoft Teams, over Bot Framework, behind the channel contract. README.md here names the platform's limits and quirks.
import type { Channel, ReadMedia } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { badge } from './badge.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { createTeamsClient } from './client.ts';
import { check, connect } from './connect.ts';
import { createDeliver } from './deliver.ts';
import { createKeys } from './keys.ts';
import { answer, parse } from './parse.ts';
import { render } from './render.ts';
import { verify } from './verify.ts';

export interface TeamsDeps {
  http: HttpClient;
  readMedia: ReadMedia;
  now: () => number;
}

export function createTeams(deps: TeamsDeps): Channel {
  const client = createTeamsClient(deps);
  const findKey = createKeys(deps);
  return {
    name: 'teams',
    capabilities: CAPABILITIES,
    badge,
    credentials: CREDENTIALS,
    verify: (request, bot) => verify(request, bot, { findKey, now: deps.now }),
    parse,
    answer,
    render: (message, links) => render(message, links).map((payload) => ({ ...payload })),
    check: (bot) => check(deps, bot),
    connect: (bot, webhookUrl) => connect(deps, bot, webhookUrl),
    deliver: createDeliver({ client, readMedia: deps.readMedia, now: deps.now }),
  };
}
