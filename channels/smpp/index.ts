// SMS over SMPP 3.4 behind the channel contract. README.md here names the protocol's limits and our decisions.
import type { Channel } from '../../src/domain/channel.ts';
import { checkPhone } from '../../src/domain/profile.ts';
import { partsOf } from '../lib/segments.ts';
import { badge } from './badge.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { check, connect } from './connect.ts';
import { createDeliver } from './deliver.ts';
import { listen } from './listen.ts';
import { parse } from './parse.ts';
import { render } from './render.ts';
import { phoneOf } from './settings.ts';
import { createTransmitters } from './transmitters.ts';

export interface SmppDeps {
  now: () => number;
  /** May this origin be on a private network? `smpp://host:port`, or the API root's own. */
  allowPrivate: (origin: string) => boolean;
}

export function createSmpp({ now, allowPrivate }: SmppDeps): Channel {
  const transmitters = createTransmitters({ allowPrivate, now });
  return {
    name: 'smpp',
    capabilities: CAPABILITIES,
    badge,
    credentials: CREDENTIALS,
    addressOf: (written) => phoneOf(checkPhone(written) ?? '') || null,
    // Nothing comes by webhook.
    verify: () => false,
    parse,
    render: (message, links) => render(message, links).map((payload) => ({ ...payload })),
    sketch: (payloads) => ({ parts: partsOf(payloads.map((payload) => String(payload.text))) }),
    check: (bot) => check(allowPrivate, bot),
    connect: (bot) => connect(allowPrivate, bot),
    deliver: createDeliver({ transmitters, now }),
    listen: (bot, receive, signal) => listen({ allowPrivate, now }, bot, receive, signal),
  };
}
