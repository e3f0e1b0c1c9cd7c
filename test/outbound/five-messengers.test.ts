// Ten thousand people on five simulated messengers, one mailing: each messenger at its own limit, receipts counted where
// they exist, people who blocked a bot marked once and left alone until they come back, and totals that add up.
import { expect } from 'chai';
import { SIMULATORS } from '../../channels/simulators.ts';
import { NOBODY, spreadPeople } from '../../src/domain/simulator.ts';
import type { Bot, ChannelInfo, Simulator } from '../../src/http/api/bots.ts';
import type { Mailing } from '../../src/http/api/mailings.ts';
import type { Figures } from '../../src/http/api/statistics.ts';
import {
  draftOf,
  fillSimulator,
  importPeople,
  type OwnedServer,
  startOwnedServer,
  statisticsOf,
  tagged,
} from '../support/owner.ts';
import { runEntry } from '../support/server.ts';
import { until } from '../support/services.ts';

/** E-mail is left to its own tests: nobody can block a sender there before the first letter. */
const CHANNELS = Object.keys(SIMULATORS)
  .filter((name) => name !== 'email')
  .slice(0, 5);
const PEOPLE = 10_000;
const ON_TWO = 500;
/** Of each messenger so many block its bot, and as many do not: both are watched. */
const BLOCKING = 10;
/** Messages a second that a slow messenger is given, so that the test ends; the faster keep what they have. */
const SLOWEST = 100;
/** A busy machine bunches what was sent evenly, and then a simulator asks for a pause: at most of so few, each sent again. */
const BUNCHED = 0.15;
const PATIENCE_MS = 150_000;

const TEXT = {
  synchronised: true,
  variants: {
    '*': {
      elements: [
        {
          kind: 'text',
          text: [{ text: 'Hello {{first_name|friend}}, ' }, { text: 'taste our new roast', bold: true }],
        },
      ],
    },
  },
} as never;

/** What a simulator counted, from the outside. */
interface Seen {
  received: number;
  throttled: number;
  delivered: number;
  read: number;
}

describe('a mailing over five messengers', function () {
  this.timeout(300_000);
  let server: OwnedServer;
  let bots: Map<string, Bot>;
  let capabilities: Map<string, ChannelInfo['capabilities']>;
  /** Numbers of people who are on this messenger alone. */
  const own = (channel: string): { first: number; count: number } => {
    const { newcomers } = spreadPeople(NOBODY, { channels: CHANNELS, people: PEOPLE, overlap: ON_TWO });
    const range = newcomers[channel]?.at(-1);
    // The tail: a range may begin with people who are shared.
    return { first: range!.first + range!.count - 100, count: 100 };
  };

  const originOf = (channel: string): string =>
    server
      .output()
      .split('\n')
      .flatMap((line) => (line.includes('"simulator.started"') ? [JSON.parse(line) as Record<string, string>] : []))
      .find((line) => line.channel === channel)?.origin ?? '';
  async function ask<T>(channel: string, method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${originOf(channel)}/_control/${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    if (!response.ok) throw new Error(`${channel}: ${method} ${path} answered ${await response.text()}`);
    return (await response.json()) as T;
  }
  const seen = (channel: string): Promise<Seen> => ask<Seen>(channel, 'GET', 'state');
  const act = async (wish: 'block' | 'start'): Promise<void> => {
    for (const channel of CHANNELS) {
      const { first } = own(channel);
      for (let index = 0; index < BLOCKING; index += 1)
        await ask(channel, 'POST', `people/${first + index}/acts`, { act: wish });
    }
  };

  const botsNow = async (): Promise<Map<string, Bot>> => {
    const { items } = await server.api<{ items: Bot[] }>('GET', '/bots');
    return new Map(items.filter((bot) => bot.simulated).map((bot) => [bot.channel, bot]));
  };
  const activeOn = async (): Promise<Record<string, number>> => {
    const now = await botsNow();
    return Object.fromEntries(CHANNELS.map((channel) => [channel, now.get(channel)?.active ?? 0]));
  };

  async function send(name: string, audience?: ReturnType<typeof tagged>): Promise<Mailing> {
    const draft = await draftOf(server.api, {
      name,
      content: TEXT,
      settings: { speed: 1000 },
      ...(audience ? { audience } : {}),
    });
    await server.api('POST', `/mailings/${draft.id}/send`, { version: draft.version });
    let mailing = draft;
    await until(
      `“${name}” to be sent`,
      async () => {
        mailing = await server.api<Mailing>('GET', `/mailings/${draft.id}`);
        return mailing.state === 'sent';
      },
      PATIENCE_MS,
    );
    return mailing;
  }

  const addsUp = (figures: Figures): void => {
    const { planned, sent, failed, skipped, cancelled, unconfirmed, remaining } = figures;
    expect(sent + failed + skipped + cancelled + unconfirmed + remaining, JSON.stringify(figures)).to.equal(planned);
    expect(remaining).to.equal(0);
  };

  before(async () => {
    server = await startOwnedServer();
    await server.api('PATCH', '/settings', { holdSeconds: 0 });
    const { items } = await server.api<{ items: ChannelInfo[] }>('GET', '/channels');
    capabilities = new Map(items.map((channel) => [channel.name, channel.capabilities]));
    const behaviour = { deliver: 1, read: 0.5 };
    await fillSimulator(server.api, { channels: CHANNELS, people: PEOPLE, overlap: ON_TWO, behaviour });
    await until(
      'everybody to have subscribed',
      async () => Object.values(await activeOn()).reduce((sum, active) => sum + active, 0) === PEOPLE + ON_TWO,
      PATIENCE_MS,
    );
    bots = await botsNow();
    for (const channel of CHANNELS) {
      if ((capabilities.get(channel)?.rate.bot ?? SLOWEST) >= SLOWEST) continue;
      await server.api('PATCH', `/bots/${bots.get(channel)?.id}`, { rate: SLOWEST });
      await ask(channel, 'PATCH', 'behaviour', { botRate: SLOWEST });
    }
  });
  after(async () => {
    await server?.stop();
  });

  it('marks everybody who has blocked a bot, whether the messenger tells or the first refusal does', async () => {
    await act('block');
    const before = await seenByChannel();
    const mailing = await send('To everybody');
    addsUp(mailing.figures);
    // The page's counts are a few seconds old at most.
    await until('them to be marked', async () => {
      const active = await activeOn();
      return CHANNELS.every((channel) => active[channel] === (bots.get(channel)?.active ?? 0) - BLOCKING);
    });
    expect(mailing.figures.sent).to.equal(PEOPLE - BLOCKING * CHANNELS.length);
    expect(mailing.figures.unconfirmed).to.equal(0);

    const { byChannel } = await statisticsOf(server.api, mailing.id);
    for (const channel of CHANNELS) {
      const { received, throttled } = await seen(channel);
      const { figures } = byChannel.find((one) => one.channel === channel)!;
      expect(received - before[channel]!.received, `${channel}: received as often as sent`).to.equal(figures.sent);
      expect(throttled - before[channel]!.throttled, `${channel}: at its own pace`).to.be.at.most(received * BUNCHED);
      addsUp(figures);
    }
    await countsReceipts(mailing.id);
  });

  it('tries none of them again, and all of them once they have come back', async () => {
    await tagTheWatched();
    const watched = CHANNELS.length * BLOCKING;
    const without = await send('Without those who blocked', tagged('watched'));
    expect(without.figures).to.include({ planned: watched, sent: watched, failed: 0 });
    await act('start');
    await until('them to be back', async () => {
      const active = await activeOn();
      return CHANNELS.every((channel) => active[channel] === bots.get(channel)?.active);
    });
    const withAll = await send('To all who are watched', tagged('watched'));
    expect(withAll.figures).to.include({ planned: 2 * watched, sent: 2 * watched, failed: 0 });
  });

  it('leaves nothing for the audit to find', async () => {
    const { output, code } = await runEntry('cli', ['audit', '--json'], server.environment);
    expect(JSON.parse(output)).to.deep.equal([]);
    expect(code).to.equal(0);
  });

  it('was told of by each simulator as by Herald', async () => {
    const state = await server.api<Simulator>('GET', '/simulator');
    expect(state.messengers.map(({ channel }) => channel)).to.have.members(CHANNELS);
    for (const { received } of state.messengers) expect(received).to.be.greaterThan(0);
  });

  async function seenByChannel(): Promise<Record<string, Seen>> {
    return Object.fromEntries(
      await Promise.all(CHANNELS.map(async (channel) => [channel, await seen(channel)] as const)),
    );
  }

  /** Delivered and opened, as often as the simulated people did so; a dash where the messenger says nothing. */
  async function countsReceipts(id: string): Promise<void> {
    for (const channel of CHANNELS) {
      const { delivered, opened } = capabilities.get(channel)!.receipts;
      await until(
        `the receipts of ${channel}`,
        async () => {
          const { byChannel } = await statisticsOf(server.api, id);
          const { figures } = byChannel.find((one) => one.channel === channel)!;
          const counted = await seen(channel);
          const wanted = { delivered: delivered ? counted.delivered : null, opened: opened ? counted.read : null };
          return (
            figures.delivered === wanted.delivered && figures.opened === wanted.opened && (!opened || counted.read > 0)
          );
        },
        60_000,
      );
    }
  }

  async function tagTheWatched(): Promise<void> {
    for (const channel of CHANNELS) {
      const { first } = own(channel);
      const { addresses } = await ask<{ addresses: string[] }>(
        channel,
        'GET',
        `people?first=${first}&count=${2 * BLOCKING}`,
      );
      await importPeople(server.api, `address\n${addresses.join('\n')}\n`, {
        mapping: { address: 'address' },
        bot: bots.get(channel)?.id ?? '',
        tags: ['watched'],
      });
    }
  }
});
