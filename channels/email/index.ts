// E-mail over SMTP behind the channel contract. README.md here names limits, headers and decisions.
import type { Channel, ChannelBot, InboundRequest, ReadMedia } from '../../src/domain/channel.ts';
import { sameSecret } from '../lib/secrets.ts';
import { badge } from './badge.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { createMailClient } from './client.ts';
import { createCompose } from './compose.ts';
import { check, connect } from './connect.ts';
import { createDeliver } from './deliver.ts';
import { readMessage } from './incoming.ts';
import { createMailDoor } from './door.ts';
import { hostOf, ratesOf } from './hosts.ts';
import { parse } from './parse.ts';
import { render } from './render.ts';
import { createCompiler } from './sheets.ts';

export interface EmailDeps {
  readMedia: ReadMedia;
  now: () => number;
  /** May this origin be on a private network? `smtp://host:port`, or the API root's own. */
  allowPrivate: (origin: string) => boolean;
  /** Where what comes back is taken, for all bots; null: nowhere. */
  mail: { host: string; port: number } | null;
}

export function createEmail({ readMedia, now, allowPrivate, mail }: EmailDeps): Channel {
  const client = createMailClient(allowPrivate);
  const compose = createCompose({ compile: createCompiler(), readMedia, now });
  const door = mail && createMailDoor(mail);
  return {
    name: 'email',
    capabilities: door ? CAPABILITIES : { ...CAPABILITIES, inbound: ['webhook'] },
    badge,
    credentials: CREDENTIALS,
    hosts: { of: hostOf, rates: ratesOf },
    verify,
    read,
    parse,
    render: (message, links) => render(message, links).map((letter) => ({ ...letter })),
    sketch: ([letter]) => ({ subject: typeof letter?.subject === 'string' ? letter.subject : null }),
    check: (bot) => check(client, bot),
    connect: (bot) => connect(client, bot, door !== null),
    deliver: createDeliver({ client, compose, now }),
    ...(door && { listen: door.listen, sharedPort: { port: door.port, probe: door.probe } }),
  };
}

/** Whoever forwards messages to the webhook shows the secret the operator chose, in a header or in the address. */
const verify = ({ headers, query }: InboundRequest, bot: ChannelBot): boolean => {
  const secret = bot.credentials.inboundSecret ?? '';
  const matches = [headers['x-webhook-secret'], query.secret].map((given) => sameSecret(given, secret));
  return matches.includes(true);
};

/** The body is a raw message; to whom it was sent may stand in the address. */
const read = async ({ body, query }: InboundRequest): Promise<unknown> => {
  if (body.length === 0) return undefined;
  try {
    return await readMessage(body, query.to ? [query.to] : []);
  } catch {
    return undefined;
  }
};
