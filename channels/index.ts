// The one list of messengers: adding a channel is a folder beside this file and one line here.
import type { Channel, ReadMedia } from '../src/domain/channel.ts';
import type { Mailbox } from '../src/domain/mailbox.ts';
import { createHttpClient, type HttpClient } from './lib/http.ts';
import { createTelegram, TELEGRAM } from './telegram/index.ts';
import { createWebChannel } from './web/index.ts';

/** What channels need from the house. */
export interface ChannelDeps {
  readMedia: ReadMedia;
  mailbox: Mailbox;
  /** May API roots and pictures lie on a private network? */
  allowPrivateAddresses: boolean;
  /** Origins that may be reached even so: those the operator named, and the simulator's. */
  isTrusted?: (origin: string) => boolean;
  now: () => number;
}

interface Entry {
  name: string;
  /** The messenger's own name, as people know it. */
  title: string;
  create(deps: ChannelDeps, http: HttpClient): Channel;
}

const ENTRIES: readonly Entry[] = [
  { ...TELEGRAM, create: (deps, http) => createTelegram({ http, readMedia: deps.readMedia, now: deps.now }) },
  { name: 'web', title: 'Web chat', create: ({ mailbox }) => createWebChannel({ mailbox }) },
];

export const CHANNEL_NAMES: readonly string[] = ENTRIES.map(({ name }) => name);
export const CHANNEL_TITLES: Readonly<Record<string, string>> = Object.fromEntries(
  ENTRIES.map(({ name, title }) => [name, title]),
);

export function createChannels(deps: ChannelDeps): ReadonlyMap<string, Channel> {
  const allowPrivate = (origin: string): boolean => deps.allowPrivateAddresses || (deps.isTrusted?.(origin) ?? false);
  const http = createHttpClient({ allowPrivate });
  return new Map(ENTRIES.map(({ name, create }) => [name, create(deps, http)]));
}
