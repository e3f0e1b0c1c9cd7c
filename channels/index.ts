// The one list of messengers: adding a channel is a folder beside this file and one line here.
import type { Channel, ReadMedia } from '../src/domain/channel.ts';
import type { Mailbox } from '../src/domain/mailbox.ts';
import { createEmail } from './email/index.ts';
import { createHttpClient, type HttpClient } from './lib/http.ts';
import { createSmpp } from './smpp/index.ts';
import { createSms } from './sms/index.ts';
import { createDiscord } from './discord/index.ts';
import { createLine } from './line/index.ts';
import { createFacebook } from './facebook/index.ts';
import { createSlack } from './slack/index.ts';
import { createInstagram } from './instagram/index.ts';
import { createTeams } from './teams/index.ts';
import { createTelegram } from './telegram/index.ts';
import { createViber } from './viber/index.ts';
import { createVk } from './vk/index.ts';
import { createWebChannel } from './web/index.ts';
import { createWebhook } from './webhook/index.ts';
import { createWebPush } from './webpush/index.ts';
import { createWhatsApp } from './whatsapp/index.ts';

/** What channels need from the house. */
export interface ChannelDeps {
  readMedia: ReadMedia;
  mailbox: Mailbox;
  /** May API roots and pictures lie on a private network? */
  allowPrivateAddresses: boolean;
  /** Origins that may be reached even so: those the operator named, and the simulator's. */
  isTrusted?: (origin: string) => boolean;
  /** Once it is aborted no answer is waited for any more. */
  hangUp?: AbortSignal | undefined;
  now: () => number;
  /** Where letters that come back are taken; nowhere without it. */
  mail?: { host: string; port: number } | null;
  /** For the few sentences a platform asks of a channel itself, such as a welcome. */
  translate: (language: string, key: string, params?: Record<string, string>) => string;
}

/** `allowPrivate`: may this origin (`https://host:port`) be on a private network? */
type Create = (deps: ChannelDeps, http: HttpClient, allowPrivate: (origin: string) => boolean) => Channel;

/** By name, in the order in which people are shown them. The title and the texts of the form are in `locales/`, below `channels:<name>`. */
const CREATORS: Readonly<Record<string, Create>> = {
  telegram: (deps, http) => createTelegram({ http, readMedia: deps.readMedia, now: deps.now }),
  facebook: (deps, http) => createFacebook({ http, readMedia: deps.readMedia, now: deps.now }),
  whatsapp: ({ readMedia, now }, http) => createWhatsApp({ http, readMedia, now }),
  viber: ({ translate, now }, http) => createViber({ http, translate, now }),
  instagram: ({ now }, http) => createInstagram({ http, now }),
  vk: (deps, http) => createVk({ http, readMedia: deps.readMedia, now: deps.now }),
  line: ({ now }, http) => createLine({ http, now }),
  discord: ({ readMedia, now }, http) => createDiscord({ http, readMedia, now }),
  slack: ({ readMedia, now }, http) => createSlack({ http, readMedia, now }),
  teams: ({ readMedia, now }, http) => createTeams({ http, readMedia, now }),
  email: ({ readMedia, now, mail = null }, _http, allowPrivate) => createEmail({ readMedia, now, allowPrivate, mail }),
  sms: ({ now }, http) => createSms({ http, now }),
  smpp: ({ now }, _http, allowPrivate) => createSmpp({ now, allowPrivate }),
  webpush: ({ translate, now }, http) => createWebPush({ http, translate, now }),
  webhook: ({ now }, http) => createWebhook({ http, now }),
  web: ({ mailbox }) => createWebChannel({ mailbox }),
};

export const CHANNEL_NAMES: readonly string[] = Object.keys(CREATORS);

export function createChannels(deps: ChannelDeps): ReadonlyMap<string, Channel> {
  const allowPrivate = (origin: string): boolean => deps.allowPrivateAddresses || (deps.isTrusted?.(origin) ?? false);
  const http = createHttpClient({ allowPrivate, hangUp: deps.hangUp });
  return new Map(Object.entries(CREATORS).map(([name, create]) => [name, create(deps, http, allowPrivate)]));
}
