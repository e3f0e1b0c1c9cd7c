// The promises every channel makes, as tests: call `conformance` with a factory and fixtures and they are declared.
// docs/add-a-channel.md explains each fixture.
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { CHANNEL_NAMES } from '../../channels/index.ts';
import type {
  Channel,
  ChannelBot,
  Envelope,
  Inbound,
  InboundRequest,
  Outcome,
  Payload,
  RenderLinks,
} from '../../src/domain/channel.ts';
import { fit } from '../../src/domain/fit.ts';
import { buttonsOf, type Message, plainText } from '../../src/domain/message.ts';
import { Problem } from '../../src/domain/problem.ts';
import { measure } from '../../src/domain/split.ts';
import { capabilitiesSchema } from '../../src/http/api/bots.ts';
import { hasText, LANGUAGES, translate } from '../../src/i18n.ts';
import * as arbitrary from '../support/messages.ts';

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

export interface ConformanceFixtures {
  bot: ChannelBot;
  /** What must never be seen in an outcome or an error. */
  secrets: readonly string[];
  inspect(payload: Payload): Inspected;
  /** Signed as the platform signs, and all the ways that are not; null where there is no webhook. */
  requests: { right: InboundRequest[]; wrong: { title: string; request: InboundRequest }[] } | null;
  /** Real updates and the facts in them, as of `NOW`. */
  updates: readonly { name: string; update: unknown; facts: readonly unknown[] }[];
  outcomes: readonly OutcomeCase[];
  /** For channels with a batch endpoint: what becomes of several at once. */
  batches?: readonly BatchCase[];
  /** Bots that cannot be connected, and the field each Problem names. */
  faults: readonly { title: string; bot: ChannelBot; path: string; code: string }[];
}

/** The time at which fixtures are read. */
export const NOW = 1_795_399_999_000;

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const LINKS: RenderLinks = {
  button: (id) => ({ url: `https://go.example/r/${id}`, token: `token-${id}` }),
  inline: (url) => `https://go.example/r/inline?${encodeURIComponent(url)}`,
  image: (source) =>
    source.startsWith('media:') ? { url: null, media: source.slice('media:'.length) } : { url: source, media: null },
  unsubscribe: () => 'https://go.example/u/token',
  pixel: () => 'https://go.example/o/token',
};

export function conformance(name: string, create: () => Channel, fixtures: ConformanceFixtures): void {
  describe(`${name} keeps the channel contract`, () => {
    const channel = create();
    declareHome(name, channel);
    declareCapabilities(channel);
    declareRendering(channel, fixtures);
    declareVerification(channel, fixtures);
    declareParsing(channel, fixtures);
    declareOutcomes(create, fixtures);
    declareConnecting(create, fixtures);
  });
}

function declareHome(name: string, channel: Channel): void {
  it('is listed under its own name', () => {
    expect(channel.name)
      .to.equal(name)
      .and.match(/^[a-z][a-z0-9_]{0,31}$/);
    expect(CHANNEL_NAMES).to.include(name);
  });

  it('has a README and fixtures', () => {
    expect(existsSync(root(`channels/${name}/README.md`)), 'README.md').to.equal(true);
    const fixtures = readdirSync(root(`test/fixtures/${name}`)).filter((file) => file.endsWith('.json'));
    expect(fixtures.length, 'fixtures').to.be.at.least(1);
  });

  it('says its name and explains each credential in every language', () => {
    expect(hasText(`channels:${name}.title`)).to.equal(true);
    for (const { key, pattern } of channel.credentials) {
      if (pattern !== undefined) expect(() => new RegExp(pattern)).to.not.throw();
      for (const text of LANGUAGES.flatMap((language) =>
        ['label', 'help'].map((part) => translate(language, `channels:${name}.${key}.${part}`)),
      )) {
        expect(text).to.not.contain(`${name}.${key}`).and.not.equal('');
      }
    }
  });
}

function declareCapabilities(channel: Channel): void {
  const { capabilities } = channel;

  it('declares capabilities as values, in the shape the API promises', () => {
    expect(JSON.parse(JSON.stringify(capabilities))).to.deep.equal(capabilities);
    expect(capabilitiesSchema.safeParse(capabilities).error).to.equal(undefined);
  });

  it('declares capabilities that agree with one another and with its members', () => {
    const { elements, buttons, captionLimit, textLimit, rate, inbound, batch } = capabilities;
    expect(elements).to.include('text');
    expect(buttons.kinds.length > 0, 'buttons').to.equal(elements.includes('buttons'));
    expect(buttons.perRow).to.be.at.most(buttons.max);
    expect(captionLimit).to.be.at.most(textLimit ?? Infinity);
    expect(batch.size, 'batch').to.be.at.least(batch.identical ? 2 : 1);
    if (rate.bot !== null) expect(rate.mailing).to.be.at.most(rate.bot);
    expect(inbound.includes('polling'), 'polling').to.equal(channel.listen !== undefined);
  });
}

function declareRendering(channel: Channel, { inspect }: ConformanceFixtures): void {
  const { capabilities } = channel;
  const fitted = arbitrary.message.map((message) => fit(message, capabilities).message);
  const renderOf = (message: Message): Payload[] => channel.render(message, LINKS, []);

  it('renders payloads that never exceed a declared limit', () => {
    fc.assert(
      fc.property(fitted, (message) => {
        const seen = renderOf(message).map(inspect);
        for (const { text, caption, rows } of seen) {
          expect(measure(text, capabilities.textUnit), 'text').to.be.at.most(capabilities.textLimit ?? Infinity);
          expect(measure(caption, capabilities.textUnit), 'caption').to.be.at.most(capabilities.captionLimit);
          for (const row of rows) expect(row.length, 'row').to.be.within(1, capabilities.buttons.perRow);
          for (const label of rows.flat()) expect([...label].length, 'label').to.be.at.most(capabilities.buttons.label);
        }
        expect(seen.flatMap(({ rows }) => rows.flat()).length, 'buttons').to.be.at.most(capabilities.buttons.max);
      }),
      { numRuns: 50 },
    );
  });

  it('renders every word and every button, in order', () => {
    const bare = (text: string): string => text.replace(/\s+/g, '');
    fc.assert(
      fc.property(fitted, (message) => {
        const seen = renderOf(message).map(inspect);
        const words = message.elements.flatMap((element) => (element.kind === 'text' ? [plainText(element.text)] : []));
        expect(bare(seen.map(({ text, caption }) => caption + text).join(''))).to.equal(bare(words.join('')));
        // Buttons with nothing to stand under are refused by `check`; what becomes of them here is the channel's affair.
        if (message.elements.every((element) => element.kind === 'buttons')) return;
        expect(seen.flatMap(({ targets }) => targets)).to.have.members(
          buttonsOf(message).map(({ id, kind }) => (kind === 'message' ? `token-${id}` : `https://go.example/r/${id}`)),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('renders purely: the same message gives the same JSON, and is left as it was', () => {
    fc.assert(
      fc.property(fitted, (message) => {
        const before = JSON.stringify(message);
        const payloads = renderOf(message);
        expect(JSON.stringify(message)).to.equal(before);
        expect(renderOf(message)).to.deep.equal(payloads);
        expect(JSON.parse(JSON.stringify(payloads))).to.deep.equal(payloads);
      }),
      { numRuns: 20 },
    );
  });
}

const headersOf = (headers: Record<string, string>): InboundRequest => ({
  method: 'POST',
  headers,
  query: {},
  body: Buffer.from('{}'),
  url: 'https://herald.example/webhooks/k',
});

function declareVerification(channel: Channel, { bot, requests }: ConformanceFixtures): void {
  for (const request of requests?.right ?? []) {
    it('takes a request that is signed as the platform signs', async () =>
      expect(await channel.verify(request, bot)).to.equal(true));
  }
  for (const { title, request } of requests?.wrong ?? []) {
    it(`takes no request with ${title}`, async () => expect(await channel.verify(request, bot)).to.equal(false));
  }

  it('takes no unsigned request, and none at all while its secret is empty', async () => {
    expect(await channel.verify(headersOf({}), bot)).to.equal(false);
    for (const request of [headersOf({}), ...(requests?.right ?? [])]) {
      expect(await channel.verify(request, { ...bot, webhookSecret: '', credentials: {} })).to.equal(false);
    }
  });

  it('refuses whatever headers come, without an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.string()), async (headers) => {
        expect(await channel.verify(headersOf(headers), bot)).to.equal(false);
      }),
      { numRuns: 50 },
    );
  });
}

function declareParsing(channel: Channel, { bot, updates }: ConformanceFixtures): void {
  for (const { name, update, facts } of updates) {
    it(`reads: ${name}`, () => expect(channel.parse(update, bot, NOW)).to.deep.equal(facts));
  }

  it('gives a repeated update the same external ids, and different facts different ones', () => {
    const ids = (list: readonly Inbound[]): string[] => list.map(({ kind, externalId }) => `${kind} ${externalId}`);
    const all = updates.flatMap(({ update }) => ids(channel.parse(update, bot, NOW)));
    expect(updates.flatMap(({ update }) => ids(channel.parse(update, bot, NOW + 5000)))).to.deep.equal(all);
    expect(new Set(all).size).to.equal(all.length);
  });

  it('reads nothing out of nonsense, and never fails over it', () => {
    const shuffled = updates.map(({ update }) => update);
    fc.assert(
      fc.property(fc.anything(), (update) => {
        expect(channel.parse(update, bot, NOW)).to.deep.equal([]);
      }),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...shuffled, {}), fc.anything(), fc.nat(), (update, junk, at) => {
        expect(channel.parse(spoil(update, junk, at), bot, NOW)).to.be.an('array');
      }),
      { numRuns: 200 },
    );
  });
}

/** The update with one of its values, somewhere, replaced by junk. */
function spoil(update: unknown, junk: unknown, at: number): unknown {
  const copy: unknown = structuredClone(update);
  const places: [object, string][] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      places.push([value, key]);
      walk(Reflect.get(value, key));
    }
  };
  walk(copy);
  const place = places[at % Math.max(1, places.length)];
  if (place) Reflect.set(place[0], place[1], junk);
  return copy;
}

const hideNone = (what: unknown, secrets: readonly string[]): void => {
  const text =
    what instanceof Error ? `${what.message} ${what.stack ?? ''} ${JSON.stringify(what)}` : JSON.stringify(what);
  for (const secret of secrets) expect(text.includes(secret), 'a secret is told').to.equal(false);
};

function declareOutcomes(create: () => Channel, { secrets, outcomes, batches = [], bot }: ConformanceFixtures): void {
  for (const { title, expected, deliver } of outcomes) {
    it(`answers "${expected.status}" for ${title}, and tells no secret`, async () => {
      const channel = create();
      const given = await deliver(channel);
      expect(given).to.have.length(1);
      expect(given[0]).to.include(expected);
      hideNone(given, secrets);
    });
  }

  it('shows what becomes of several at once, where it has a batch endpoint', () => {
    const { size } = create().capabilities.batch;
    expect(batches.length > 0, 'batches').to.equal(size > 1);
    for (const { expected } of batches) expect(expected.length).to.be.within(2, size);
  });
  for (const { title, expected, deliver } of batches) {
    it(`answers for each receiver: ${title}`, async () => {
      const given = await deliver(create());
      expect(given.map(({ status }) => status)).to.deep.equal(expected.map(({ status }) => status));
      for (const [index, outcome] of given.entries()) expect(outcome).to.include(expected[index]);
      hideNone(given, secrets);
    });
  }

  it('answers nothing for nothing', async () => {
    const none: Envelope[] = [];
    expect(await create().deliver(none, bot)).to.deep.equal([]);
  });
}

function declareConnecting(create: () => Channel, { faults, secrets }: ConformanceFixtures): void {
  for (const { title, bot, path, code } of faults) {
    it(`does not connect with ${title}: ${code} at ${path}`, async () => {
      const channel = create();
      for (const asked of [channel.check(bot), channel.connect(bot, null)]) {
        const error: unknown = await asked.then(
          () => null,
          (reason: unknown) => reason,
        );
        expect(error).to.be.instanceOf(Problem);
        expect((error as Problem).fields.map((field) => `${field.code} at ${field.path}`)).to.deep.equal([
          `${code} at ${path}`,
        ]);
        hideNone(error, secrets);
      }
      expect(hasText(`problems:${code}`), `problems:${code}`).to.equal(true);
    });
  }
}
