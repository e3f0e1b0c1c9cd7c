// Batch endpoints: one request for many receivers, an outcome for each, and the same promises as one by one.
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import type { MailingSettings } from '../../src/domain/mailing-settings.ts';
import type { Content } from '../../src/domain/message.ts';
import { IN_FLIGHT } from '../../src/outbound/index.ts';
import { audit } from '../../src/stats/audit.ts';
import { type Campaign, getCampaignById } from '../../src/store/campaigns.ts';
import type { Bot } from '../../src/store/bots.ts';
import { retryDeliveries } from '../../src/store/deliveries.ts';
import {
  type BatchChannel,
  batchChannel,
  type BatchSink,
  type Memory,
  repeatsKnownBy,
  startBatchSink,
} from '../support/batch-channel.ts';
import { type Child, startChild } from '../support/child.ts';
import { newDatabaseUrl, onEveryDatabase } from '../support/databases.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { contentOf, dueMailing, expectAudited, manyPeople, type Rig, startSender, text } from '../support/mailing.ts';
import { aBot } from '../support/people.ts';
import { until } from '../support/services.ts';

const SENDER = new URL('../support/batch-sender-process.ts', import.meta.url);
/** As personalised as a message can be: every payload differs. */
const GREETING: Content = contentOf({ kind: 'text', text: [{ text: 'Hello {{first_name}}' }] });

onEveryDatabase('sending in batches', (db, kind) => {
  let sink: BatchSink;
  let channel: BatchChannel | null = null;
  let rig: Rig | null = null;
  let bot: Bot;
  let round = 0;

  beforeEach(async () => {
    round += 1;
    await db()('connections').update({ status: 'unsubscribed' });
  });
  afterEach(async () => {
    await rig?.stop();
    await channel?.close();
    await sink.stop();
    rig = null;
    channel = null;
  });

  interface World {
    people: number;
    size?: number;
    identical?: boolean;
    knows?: Memory;
    /** For how long the platform knows the key of a call. */
    hours?: number;
    placeholder?: string | null;
  }

  async function open({
    people,
    size = 100,
    identical = true,
    knows = 'nothing',
    hours = 24,
    placeholder = null,
  }: World): Promise<void> {
    sink = await startBatchSink({ knows });
    channel = batchChannel(sink.url, {
      name: `batch${round}`,
      batch: { size, identical, placeholder, ...(knows === 'calls' && { callKey: { hours } }) },
      idempotent: repeatsKnownBy(knows).idempotent,
    });
    bot = await aBot(db(), { channel: channel.name });
    await manyPeople(db(), bot, people, `b${round}p`);
  }
  const begin = async (settings: Partial<MailingSettings> = {}, content?: Content): Promise<Campaign> => {
    const campaign = await dueMailing(db(), { settings, ...(content ? { content } : {}) });
    rig = startSender(db(), channel ? [channel] : []);
    return campaign;
  };
  const send = async (settings: Partial<MailingSettings> = {}, content?: Content): Promise<Campaign> => {
    const campaign = await begin(settings, content);
    await isSent(campaign);
    return campaign;
  };
  const isSent = (campaign: Campaign): Promise<void> =>
    until('the mailing is over', async () => (await getCampaignById(db(), campaign.id)).state === 'sent', 30_000);
  /** The same without the waits between tries. */
  const isSentSoon = (campaign: Campaign): Promise<void> =>
    until(
      'the mailing is over',
      async () => {
        const free = db()('due_deliveries').where({ campaign_id: campaign.id }).whereNull('lease_owner');
        await free.update({ due_at: Date.now() });
        rig?.bus.publish('work');
        return (await getCampaignById(db(), campaign.id)).state === 'sent';
      },
      30_000,
    );
  const descending = (list: number[]): number[] => list.toSorted((a, b) => b - a);
  const sizes = (): number[] => descending(sink.calls.map((call) => call.length));
  /** Calls as large as they can be: planning may have cut the people into more than one slice. */
  const fullest = async ({ id }: Campaign, size: number): Promise<number[]> => {
    const slices: { first_delivery_id: number; last_delivery_id: number }[] = await db()('slices').where({
      campaign_id: id,
    });
    return descending(
      slices.flatMap(({ first_delivery_id: first, last_delivery_id: last }) => {
        const people = last - first + 1;
        const full = Array.from({ length: Math.floor(people / size) }, () => size);
        return people % size > 0 ? [...full, people % size] : full;
      }),
    );
  };
  const person = (number: number): string => `b${round}p${number}`;
  const stateOf = async (number: number): Promise<{ state: string; reason: string | null }> =>
    db()('deliveries as d')
      .join('connections as c', 'c.id', 'd.connection_id')
      .where('c.external_id', person(number))
      .first('d.state', 'd.reason');
  const once = (): void => {
    const addresses = sink.arrivals.map(({ address, key }) => `${address} ${key}`);
    expect(new Set(addresses).size).to.equal(addresses.length);
  };

  const LINKED = contentOf(
    { kind: 'text', text: [{ text: 'See ' }, { text: 'the sale', link: 'https://shop.example/' }] },
    { kind: 'buttons', rows: [[{ kind: 'message', id: 'more', label: 'More', tag: 'curious' }]] },
  );
  /** A render that puts the addresses into its payload. */
  const linking = (): void => {
    if (channel)
      channel.render = (_message, links) => [
        { at: links.inline('https://shop.example/'), more: links.button('more').token },
      ];
  };

  it('keeps links personal in one payload for all, where the platform puts the receiver into them', async () => {
    await open({ people: 30, placeholder: 'RECEIVER' });
    linking();
    const campaign = await send({}, LINKED);
    expect(sizes()).to.deep.equal(await fullest(campaign, 100));
    const payloads = sink.arrivals.map(({ payload }) => payload as { at: string; more: string });
    expect(new Set(payloads.map((payload) => JSON.stringify(payload))).size).to.equal(1);
    expect(payloads[0]?.at).to.match(/^https:\/\/herald\.example\/r\/[\w-]{12,24}\?to=RECEIVER$/);
    expect(payloads[0]?.more).to.match(/^[\w-]{12,32}$/);
  });

  it('sends links one by one where the platform does not, and buttons together', async () => {
    await open({ people: 5 });
    linking();
    await send({}, LINKED);
    const sent = sink.arrivals.map(({ payload }) => payload as { at: string; more: string });
    expect(new Set(sent.map(({ at }) => at)).size, 'each their own link').to.equal(5);
    expect(new Set(sent.map(({ more }) => more)).size, 'one token for all').to.equal(1);
  });

  it('fills calls with all they take, where the message is the same for all', async () => {
    await open({ people: 450, size: 300 });
    const campaign = await send();
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 450, sent: 450 });
    expect(sizes()).to.deep.equal(await fullest(campaign, 300));
    once();
  });

  it('puts each in a call of its own where messages differ and a call has one for all', async () => {
    await open({ people: 20 });
    await send({}, GREETING);
    const texts = sink.arrivals.map(({ payload }) => JSON.stringify(payload));
    expect(new Set(texts).size, 'the messages differ').to.equal(20);
    expect(sizes()).to.deep.equal(Array.from({ length: 20 }, () => 1));
  });

  it('carries different messages in one call where the platform takes them', async () => {
    await open({ people: 20, identical: false });
    const campaign = await send({}, GREETING);
    expect(sizes()).to.deep.equal(await fullest(campaign, 100));
  });

  it('takes each receiver’s own outcome: accepted, blocked, slowed down, asked to wait, not told', async () => {
    await open({ people: 6 });
    const told = new Set<string>();
    sink.result = ({ address }) => {
      const first = !told.has(address);
      told.add(address);
      if (address === person(2)) return 'blocked';
      if (address === person(3) && first) return 'slow_down';
      if (address === person(4) && first) return 'try_again';
      return address === person(5) ? 'no_idea' : 'ok';
    };
    const campaign = await send();
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 6, sent: 4, failed: 1, unconfirmed: 1 });
    expect(await stateOf(2)).to.deep.equal({ state: 'failed', reason: 'blocked' });
    expect(await stateOf(5)).to.deep.equal({ state: 'unconfirmed', reason: null });
    expect(sink.calls[0]?.length).to.equal(6);
    expect(
      sink.calls
        .slice(1)
        .flat()
        .map(({ address }) => address)
        .toSorted(),
    ).to.deep.equal([person(3), person(4)]);
    once();
  });

  it('sends a call that failed as a whole again, together, as one try', async () => {
    await open({ people: 50 });
    const failed = new Set<string>();
    let failures = 0;
    sink.whole = (call) => {
      if (call.every(({ key }) => failed.has(key))) return null;
      for (const { key } of call) failed.add(key);
      failures += 1;
      return 503;
    };
    const campaign = await begin();
    const waiting = () => db()('due_deliveries').where({ campaign_id: campaign.id });
    await until('all wait for another try', async () => (await waiting()).length === 50);
    expect((await waiting().distinct('due_at')).length, 'together').to.equal(failures);
    await isSent(campaign);
    expect(sink.calls.length).to.be.at.most(2 * failures);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 50, sent: 50 });
    expect(
      await db()('deliveries').where({ campaign_id: campaign.id }).distinct('attempts').pluck('attempts'),
    ).to.deep.equal([2]);
  });

  it('calls a call that was never answered unconfirmed, all of it and nothing else', async () => {
    await open({ people: 120, size: 100 });
    sink.whole = (call) => (call.some(({ address }) => address === person(1)) ? 'silent' : null);
    const campaign = await send();
    const silent = sink.calls.find((call) => call.some(({ address }) => address === person(1)))?.length ?? 0;
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({
      planned: 120,
      sent: 120 - silent,
      unconfirmed: silent,
    });
    once();
  });

  it('has the parts of a message go together: a call for each part', async () => {
    await open({ people: 250, size: 250 });
    const campaign = await send({}, contentOf(text('one'), text('two'), text('three')));
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 250, sent: 250 });
    const slices = await fullest(campaign, 250);
    expect(sizes()).to.deep.equal(descending([...slices, ...slices, ...slices]));
    for (const call of sink.calls)
      expect(new Set(call.map(({ key }) => key.split('-')[1])).size, 'one part').to.equal(1);
    once();
  });

  it('counts receivers, not calls, against a limit', async () => {
    await open({ people: 60 });
    const started = performance.now();
    const campaign = await send({ speed: 40 });
    expect(performance.now() - started).to.be.at.least(450);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 60, sent: 60 });
  });

  it('repeats what was never answered under the same keys where the platform drops repeats', async () => {
    await open({ people: 80, knows: 'messages' });
    let lost = 1;
    sink.whole = () => (lost-- > 0 ? 'silent' : null);
    const campaign = await begin();
    await isSentSoon(campaign);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 80, sent: 80 });
    expect(sink.calls.length).to.be.at.least(2);
    expect(sink.arrivals).to.have.length(80);
    once();
  });

  it('repeats calls as they went where the request is what the platform knows: nobody lost, nobody twice', async () => {
    const people = 300;
    await open({ people, size: 40, knows: 'calls' });
    const seed = Math.floor(Math.random() * 2 ** 31);
    const chance = chanceFrom(seed);
    const tries = new Map<string, number>();
    const leaving: Promise<unknown>[] = [];
    let troubles = 0;
    sink.whole = (call) => {
      for (const { key } of call) tries.set(key, (tries.get(key) ?? 0) + 1);
      // Meanwhile some of them have had enough.
      const [one] = call.map(({ address }) => address);
      if (chance() < 0.3)
        leaving.push(
          Promise.resolve(
            db()('connections')
              .where({ external_id: one ?? '' })
              .update({ status: 'unsubscribed' }),
          ),
        );
      // Never so much trouble that the platform counts as away, or that anybody is given up.
      const most = Math.max(...call.map(({ key }) => tries.get(key) ?? 0));
      troubles = most > 2 || troubles > 4 || chance() < 0.4 ? 0 : troubles + 1;
      if (troubles === 0) return null;
      return TROUBLES[Math.floor(chance() * TROUBLES.length)] ?? null;
    };
    const campaign = await begin({}, contentOf(text('one'), text('two')));
    await isSentSoon(campaign);
    await Promise.all(leaving);
    const sums = await expectAudited(db(), campaign.id);
    expect((sums.sent ?? 0) + (sums.skipped ?? 0), `${JSON.stringify(sums)}, seed ${seed}`).to.equal(people);
    once();
    const arrived = new Set(sink.arrivals.map(({ key }) => key));
    const sent: number[] = await db()('deliveries').where({ campaign_id: campaign.id, state: 'sent' }).pluck('id');
    const lost = sent.flatMap((id) => [`${id}-0`, `${id}-1`]).filter((key) => !arrived.has(key));
    expect(lost, `nobody lost, seed ${seed}`).to.deep.equal([]);
    expect(new Set(sink.callKeys).size, 'some were repeated').to.be.below(sink.callKeys.length);
  });

  it('calls unconfirmed what was never answered until its key was forgotten, and has a new key for who is sent to by hand', async () => {
    await open({ people: 30, knows: 'calls', hours: 0.1 });
    sink.whole = () => 'silent';
    const campaign = await begin();
    await isSentSoon(campaign);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 30, unconfirmed: 30 });
    expect(sink.arrivals).to.have.length(30);
    once();
    sink.whole = () => null;
    expect(await retryDeliveries(db(), campaign.id, 'unconfirmed', Date.now())).to.equal(30);
    await isSentSoon(campaign);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 30, sent: 30 });
    expect(sink.arrivals).to.have.length(60);
    expect(new Set(sink.callKeys).size).to.equal(sink.callKeys.length);
  });

  it('does not repeat a call without somebody who comes later: these would be called sent and never get it', async () => {
    await open({ people: 20, knows: 'calls' });
    sink.whole = () => 'lost';
    const campaign = await begin();
    const waiting = () => db()('due_deliveries').where({ campaign_id: campaign.id });
    await until('all wait for another try', async () => (await waiting()).length === 20);
    // As if the last of a call had fallen out of it.
    const [key] = sink.callKeys;
    const members = (): Promise<number[]> =>
      db()('deliveries')
        .where({ call_key: key ?? '' })
        .pluck('id');
    const size = (await members()).length;
    const last = waiting().where({ delivery_id: Math.max(...(await members())) });
    await until('nobody holds it', async () => (await last.clone().whereNull('lease_owner').delete()) === 1);
    sink.whole = () => null;
    await isSentSoon(campaign);
    const sums = await expectAudited(db(), campaign.id);
    expect(sums).to.deep.equal({ planned: 20, sent: 21 - size, unconfirmed: size - 1 });
    expect(sink.arrivals).to.have.length(21 - size);
    once();
  });

  for (const [knows, kills] of [
    ['nothing', 1],
    ['messages', 1],
    ['calls', 2],
  ] as const) {
    const title =
      knows === 'nothing'
        ? 'no more than what was in flight unconfirmed'
        : `nothing unconfirmed where the platform knows repeated ${knows}`;
    it(`survives a kill in the middle of a batch: nobody lost, nobody twice, ${title}`, async () => {
      const people = 900;
      const url = await newDatabaseUrl(kind);
      const own = openDatabase(url);
      await migrate(own);
      sink = await startBatchSink({ knows });
      const { channel: name, id: botId } = await aBot(own, { channel: 'batch' }).then(async (one) => {
        await manyPeople(own, one, people);
        return one;
      });
      const campaign = await dueMailing(own);
      const args = [url, sink.url, name, '150', knows];
      let stamped = -1;
      for (let kill = 0; kill < kills; kill += 1) {
        stamped = -1;
        let victim: Child<unknown> | null = null;
        let calls = 0;
        let gone: Promise<void> | null = null;
        // With the third call it dies: what that carries arrives, and no answer to it or to those after it comes back.
        // Of those after it, where the request is what is known, every other one never arrived.
        sink.whole = () => {
          calls += 1;
          if (calls < 3) return null;
          gone ??= victim?.kill() ?? null;
          return knows === 'calls' && calls % 2 === 0 ? 'lost' : 'silent';
        };
        victim = await startChild(SENDER, args);
        await until('it is killed', () => gone !== null);
        await gone;
        sink.whole = () => null;
        // What the dead one asked last may still be under way at the server.
        await until('the server is done with it', async () => {
          const before = stamped;
          stamped = Number((await own('deliveries').where({ state: 'sending' }).count({ n: '*' }))[0]?.n);
          await pause(200);
          return stamped === before;
        });
        expect(stamped).to.be.within(1, IN_FLIGHT);
        for (const table of ['slices', 'due_deliveries'])
          await own(table).whereNotNull('lease_owner').update({ lease_until: 0 });
      }
      const second = await startChild(SENDER, args);
      await until(
        'the mailing is over',
        async () => (await getCampaignById(own, campaign.id)).state === 'sent',
        30_000,
      );
      await second.kill();

      const unconfirmed = knows === 'nothing' ? stamped : 0;
      const sums = await expectAudited(own, campaign.id);
      expect(sums.unconfirmed ?? 0).to.equal(unconfirmed);
      expect(sums).to.include({ planned: people, sent: people - unconfirmed });
      expect(await audit(own, campaign.id)).to.deep.equal([]);
      const reached = new Set(sink.arrivals.map(({ address }) => address));
      expect(sink.arrivals.length, 'nobody twice').to.equal(reached.size);
      const sent = await own('deliveries as d')
        .join('connections as c', 'c.id', 'd.connection_id')
        .where({ 'd.bot_id': botId, 'd.state': 'sent' })
        .pluck('c.external_id');
      expect(
        sent.filter((address: string) => !reached.has(address)),
        'nobody lost',
      ).to.deep.equal([]);
      if (knows !== 'nothing') {
        const keys = sink.calls.flat().map(({ key }) => key);
        expect(keys.length, 'some were repeated').to.be.above(new Set(keys).size);
      }
      await own.destroy();
    });
  }
});

/** Not accepted for certain, accepted or not without an answer. */
const TROUBLES = [503, 429, 'silent', 'lost', 'silent', 'lost'] as const;

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
