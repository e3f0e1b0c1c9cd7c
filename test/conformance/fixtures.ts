// What a channel's own tests hand to the conformance kit: a bot, signed requests, real updates, and ways to make the
// platform answer. docs/add-a-channel.md explains each fixture.
import { readFileSync } from 'node:fs';
import type {
  Channel,
  ChannelBot,
  HttpAnswer,
  InboundRequest,
  Outcome,
  Payload,
  RenderLinks,
} from '../../src/domain/channel.ts';

/** What one payload holds, told by the channel's own tests: payloads are opaque to everyone else. */
export interface Inspected {
  /** Text that stands alone. */
  text: string;
  /** Text that rides on a picture. */
  caption: string;
  /** Labels by row. */
  rows: string[][];
  /** Addresses and tokens of the buttons. */
  targets: string[];
}

export interface OutcomeCase {
  title: string;
  expected: Partial<Outcome>;
  /** Sends one message, with the platform prepared to answer so. */
  deliver(channel: Channel): Promise<Outcome[]>;
}

/** A call to several receivers, with an outcome for each. */
export interface BatchCase {
  title: string;
  expected: readonly Partial<Outcome>[];
  deliver(channel: Channel): Promise<Outcome[]>;
}

export interface SignedRequests {
  /** Signed as the platform signs. */
  right: InboundRequest[];
  /** All the ways that are not. */
  wrong: { title: string; request: InboundRequest }[];
  /** Signed well, but too long ago; where the platform dates its signatures. */
  stale?: InboundRequest[];
  /** The platform sends a bare secret or token, which says nothing about the body it comes with. */
  bare?: true;
}

export interface ConformanceFixtures {
  bot: ChannelBot;
  /** What must never be seen in an outcome or an error. */
  secrets: readonly string[];
  inspect(payload: Payload): Inspected;
  /** The characters of the channel's markup, where it has no other: they are left out when words are compared. */
  marks?: RegExp;
  /** Null where there is no webhook. Every `url` is the webhook's own: `https://…/webhooks/<key>`. */
  requests: SignedRequests | null;
  /** Questions of a platform that looks whether the address is right, and what it must read; null: not answered. */
  handshakes?: readonly { title: string; request: InboundRequest; answer: HttpAnswer | null }[];
  /** Real updates and the facts in them, as of `NOW`. */
  updates: readonly { name: string; update: unknown; facts: readonly unknown[] }[];
  outcomes: readonly OutcomeCase[];
  /** For channels with a batch endpoint: what becomes of several at once. */
  batches?: readonly BatchCase[];
  /** Bots that cannot be connected, and the field each Problem names. */
  faults: readonly { title: string; bot: ChannelBot; path: string; code: string }[];
  /** Of a channel that is not in `channels/`: the folder with its README.md, fixtures/*.json and texts.json. */
  home?: string;
}

export type CreateChannel = () => Channel;

/** How the title of every channel's promises ends; the command looks for it. */
export const TITLE = 'keeps the channel contract';

/** The time at which fixtures are read. */
export const NOW = 1_795_399_999_000;

/** A JSON file of `test/fixtures/<channel>/`, which is believed to be a `T`. */
export const readFixture = <T>(channel: string, name: string): T =>
  JSON.parse(readFileSync(new URL(`../fixtures/${channel}/${name}.json`, import.meta.url), 'utf8')) as T;

/** The one uploaded picture there is, under the id `abcd1234`; every other was deleted. */
export const PICTURE = { name: 'mug.png', type: 'image/png', body: Buffer.from('not really a picture') };
export const readMedia = async (id: string): Promise<typeof PICTURE | null> => (id === 'abcd1234' ? PICTURE : null);

/** Of a server without a public address: only the bytes of uploaded pictures are at hand. */
export const LINKS: RenderLinks = {
  button: (id) => ({ url: `https://go.example/r/${id}`, token: `token-${id}` }),
  inline: (url) => `https://go.example/r/inline?${encodeURIComponent(url)}`,
  image: (source) =>
    source.startsWith('media:') ? { url: null, media: source.slice('media:'.length) } : { url: source, media: null },
  unsubscribe: () => 'https://go.example/u/token',
  pixel: () => 'https://go.example/o/token',
};

/** Of a server that the platform can reach: every picture has an address. */
export const PUBLIC_LINKS: RenderLinks = {
  ...LINKS,
  image: (source) =>
    source.startsWith('media:')
      ? { url: `https://go.example/media/${source.slice('media:'.length)}`, media: source.slice('media:'.length) }
      : { url: source, media: null },
};
