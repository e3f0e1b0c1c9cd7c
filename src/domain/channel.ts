// The contract every messenger implements, in its own folder below `channels/`. The rest of the house knows channels
// only as values of these types and never asks for a name: differences are data in `capabilities`.
import type { Badge, Capabilities, CredentialField, Sketch } from './capabilities.ts';
import type { Message } from './message.ts';
import type { Renewed } from './renewal.ts';
import type { ConnectionStatus } from './subscriber.ts';
import type { Template, TemplateInfo } from './template.ts';

// --- Bots and requests ----------------------------------------------------------------------

/** A bot as its channel sees it: secrets opened, addresses resolved. Lives in memory only. */
export interface ChannelBot {
  id: number;
  publicId: string;
  externalId: string;
  name: string;
  /** Values of the `CredentialField`s. */
  credentials: Readonly<Record<string, string>>;
  /** Where the platform's API is; a bot's own setting, else the environment's, else the channel's default. */
  apiRoot: string | null;
  /** Secret shared with the platform for webhook checks; unguessable, one per bot. */
  webhookSecret: string;
  /** Where the platform may tell what became of a message: there where messages are sent and files served. */
  webhookUrl?: string;
}

/** Who an account is, as its platform tells. */
export interface BotAccount {
  externalId: string;
  name: string;
  username: string | null;
  /** Address of a picture, or a data URL. */
  picture: string | null;
  /** Where people subscribe; `{ref}` is replaced by a campaign tag, or removed. */
  link: string | null;
}

export interface BotProfile extends BotAccount {
  /** What became of the webhook: set by us, polled instead, or to be pasted by hand. */
  webhook: 'set' | 'polling' | 'manual' | 'none';
}

export interface InboundRequest {
  method: string;
  headers: Readonly<Record<string, string | undefined>>;
  query: Readonly<Record<string, string | undefined>>;
  /** The bytes as they came: signatures are over these. */
  body: Buffer;
  /** The whole address as the platform calls it: some sign that too. */
  url: string;
}

/** Who was found at a port of this machine. */
export type PortAnswer = 'ours' | 'other' | 'nobody';

/** Where what comes back is taken for all bots of a channel. */
export interface SharedPort {
  port: number;
  /** Who listens there, asked on the server's own machine. */
  probe(): Promise<PortAnswer>;
}

export interface HttpAnswer {
  status: number;
  type: string;
  body: string;
}

// --- What comes in --------------------------------------------------------------------------

export interface PersonProfile {
  firstName?: string;
  lastName?: string;
  locale?: string;
  timeZone?: string;
  phone?: string;
  email?: string;
  username?: string;
}

interface InboundBase {
  /** The platform's own id of this fact within the bot; a repeat is a no-op. */
  externalId: string;
  /** UTC milliseconds. */
  at: number;
  /** The person's address at this bot: the connection's external id. */
  address: string;
  profile?: PersonProfile;
}

/** A fact as a channel reads it out of an update; `inbound/` turns it into an event. */
export type Inbound =
  /** With `formerly`, the same person under a new address: what was known of the old one holds for this one. */
  | (InboundBase & { kind: 'subscribed'; ref: string | null; formerly?: string })
  /** `token`: the one of the message that was answered so, where it is told; else it counts for the last one. */
  | (InboundBase & { kind: 'unsubscribed'; token?: string })
  | (InboundBase & { kind: 'blocked' })
  | (InboundBase & { kind: 'unblocked' })
  /**
   * A message from the person. With `subscribes`, where writing is how people subscribe: whoever has said neither yes nor
   * no before says yes by it.
   */
  | (InboundBase & { kind: 'replied'; text: string; subscribes?: true })
  /** A message button was pressed; `token` is the one that was rendered into it. */
  | (InboundBase & { kind: 'pressed'; token: string })
  /**
   * A receipt for one message, or (`upTo`) for every message to this person sent no later than `at`, or no later than
   * the one named.
   */
  | (InboundBase & { kind: 'delivered' | 'opened'; messageId: string | null; upTo: boolean })
  /** What the platform had accepted could not be delivered after all: a bounce, a failed status. */
  | (InboundBase & {
      kind: 'undelivered';
      messageId: string | null;
      reason: RefusalReason;
      detail: string;
      /** What the person's connection becomes, if it changes. */
      connection?: ConnectionStatus;
    });

// --- What goes out --------------------------------------------------------------------------

/** One call's worth of message for one channel. Opaque outside the channel's folder; JSON. */
export type Payload = Record<string, unknown>;

/** Addresses to be rendered: `url` of a link or buy button, `token` of a message button, by button id. */
export interface RenderLinks {
  button(id: string): { url?: string; token?: string };
  /**
   * The tracked address of a link inside the text; also of a button or an uploaded picture that `fit` made a link of
   * (`button:<id>`, `media:<id>`).
   */
  inline(url: string): string;
  /** An absolute address the messenger can fetch, or the bytes to upload. */
  image(source: string): { url: string | null; media: string | null };
  /** Where one POST (RFC 8058), or a person on a page, ends this subscription. */
  unsubscribe(): string;
  /** A picture of one pixel that tells that the message was opened. */
  pixel(): string;
}

export interface Envelope {
  payload: Payload;
  address: string;
  /** Stable for this delivery and part: the platform's idempotency key where it has one. */
  key: string;
  /**
   * There where `batch.callKey` is: what all envelopes of a call and each repeat of it have in common. `size` is how many it
   * had when it was made; a repeat may have fewer.
   */
  call?: { key: string; size: number };
}

export const REFUSAL_REASONS = [
  'blocked',
  'unreachable',
  'window_closed',
  'content_refused',
  'rate_limited_too_long',
  'platform_error',
  'no_variant',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Longest `detail` that is kept and shown, in UTF-16 units. */
export const DETAIL_MAX = 300;

/** A network call has three answers: yes, no, and "we do not know". */
export type Outcome =
  | { status: 'accepted'; messageId: string | null }
  /** For good; `connection` is what the person's connection becomes, if it changes. */
  | { status: 'refused'; reason: RefusalReason; detail: string; connection?: ConnectionStatus; address?: string }
  /** Not sent; the bot, the address's host (`hosts`) or only this chat must wait until `retryAt` (UTC ms). The try is not counted. */
  | { status: 'throttled'; scope: 'bot' | 'host' | 'chat'; retryAt: number }
  /** Not sent for certain, worth another try. */
  | { status: 'failed'; detail: string }
  /** The bot's token or account is refused: nothing more can go out over it. Not sent. */
  | { status: 'bot_refused'; detail: string }
  /** Asked and never answered: it may have arrived. */
  | { status: 'unknown'; detail: string };

/** As `Channel.deliver` promises it. */
export type Deliver = (envelopes: readonly Envelope[], bot: ChannelBot) => Promise<Outcome[]>;

/** Takes updates that came together, in their order: resolves when they are stored, rejects when none may be confirmed. */
export type Receive = (updates: readonly unknown[]) => Promise<void>;

/** Reads an uploaded picture's bytes by public id; handed to channels that must upload. */
export type ReadMedia = (publicId: string) => Promise<{ name: string; type: string; body: Buffer } | null>;

export interface Channel {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Without it a channel stands among the messengers under its first letter. */
  readonly badge?: Badge;
  readonly credentials: readonly CredentialField[];
  /** There where the messages of many people go through one gate that does not like bursts, such as the mail host of a domain. */
  readonly hosts?: {
    /** Whose gate an address lies behind. Pure. */
    of(address: string): string;
    /** How many messages a second this bot may offer a host. Pure. */
    rates(bot: ChannelBot): (host: string) => number;
  };
  /**
   * Somebody's address as people write it into a file, in the form in which updates name it; null for what is none. There where
   * there are several ways to write it: else one person has two connections, and what the platform tells of one misses the other.
   * Pure.
   */
  addressOf?(written: string): string | null;
  /**
   * Credentials completed by what no platform gives out: a pair of keys made here, once, when a bot is connected. Keeps what
   * is given.
   */
  prepare?(credentials: Readonly<Record<string, string>>): Record<string, string>;
  /**
   * The answer to a platform that asks, while its webhook is set up, whether this is the right address; null for any other
   * request. Comes before `verify`: such a request is not signed, but carries a proof of its own. Pure.
   */
  handshake?(request: InboundRequest, bot: ChannelBot): HttpAnswer | null;
  /** Is the request really from the platform? Constant time; false for anything unsigned, stale or malformed. */
  verify(request: InboundRequest, bot: ChannelBot): boolean | Promise<boolean>;
  /** The update in a request's body, where that is not JSON, or a promise of it; undefined where it cannot be read. Pure. */
  read?(request: InboundRequest): unknown;
  /** The facts in one update; unknown kinds give none. `now` for platforms that send no time. */
  parse(update: unknown, bot: ChannelBot, now: number): Inbound[];
  /**
   * Who a person is, where updates do not say it; null where the platform does not say it either. Asked once, after what they
   * did was stored and answered. May fail: then they stay without a name.
   */
  profile?(address: string, bot: ChannelBot): Promise<PersonProfile | null>;
  /** What the platform wants to read in the webhook's answer; without it an empty 200. Pure. */
  answer?(update: unknown, bot: ChannelBot): HttpAnswer | null;
  /** The calls a message takes, in order. The message already fits (`fit`) and is personalised. Pure. */
  render(message: Message, links: RenderLinks, choices: readonly string[]): Payload[];
  /** What of these calls a preview shows beside the message. Pure. */
  sketch?(payloads: readonly Payload[]): Sketch;
  /** The calls an approved template takes; there where `window.outside` is `template`. Pure. */
  renderTemplate?(template: Template, links: RenderLinks): Payload[];
  /** The templates the platform has approved for this account, for the author to choose from. */
  templates?(bot: ChannelBot): Promise<TemplateInfo[]>;
  /**
   * A file for browsers at `<base>/<path>`: a service worker, say, or a page to subscribe on. `base` is this bot's own place
   * on the server, `…/channels/<key>`; what the browser has to tell goes to `bot.webhookUrl`. Pure.
   */
  serve?(path: string, bot: ChannelBot, base: string): HttpAnswer | null;
  /** Asks the platform who the credentials belong to. Only looks: whatever uses the account now goes on undisturbed. */
  check(bot: ChannelBot): Promise<BotAccount>;
  /** Checks, and has updates sent to `webhookUrl` (null: no public address). */
  connect(bot: ChannelBot, webhookUrl: string | null): Promise<BotProfile>;
  /** Has the platform send updates no more. May fail: the account is let go of all the same. */
  disconnect?(bot: ChannelBot): Promise<void>;
  /** Sends; one outcome per envelope, in order. Never throws for what a platform or a network does. */
  deliver: Deliver;
  /** Where credentials end after a while and the platform gives new ones for those that still hold. */
  renewal?: {
    /** It gives none for credentials younger than this. */
    minAgeMs: number;
    /** How long they hold, most often: decides how soon a failure is tried again, and when it is told. */
    lifeMs: number;
    /** New ones; null where those in use do not end. Throws a `Problem` with what a person can mend. */
    renew(bot: ChannelBot): Promise<Renewed | null>;
  };
  /**
   * Fetches updates where the platform cannot reach us. Resolves when `signal` aborts. `receive` takes all that came
   * together, in their order; when it resolves they are stored and may be confirmed, when it rejects none may be.
   */
  listen?(bot: ChannelBot, receive: Receive, signal: AbortSignal): Promise<void>;
  /** There where `listen` of all its bots opens one port of this machine: then one process listens to all of them. */
  readonly sharedPort?: SharedPort;
}
