import { expect } from 'chai';
import * as fc from 'fast-check';
import { intoKeyedCalls } from '../../src/domain/batches.ts';
import {
  isForgotten,
  keepsKey,
  readCallKey,
  type Repeats,
  repeatsOf,
  writeCallKey,
} from '../../src/domain/call-keys.ts';
import type { Capabilities } from '../../src/domain/capabilities.ts';
import type { Outcome } from '../../src/domain/channel.ts';
import { settle } from '../../src/domain/delivery.ts';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
const BATCH = { size: 4, identical: true, placeholder: null, callKey: { hours: 24 } };

describe('call keys', () => {
  it('say between which deliveries a call lies, how many it had and since when it is there; in a column’s length', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 50 }), { minLength: 1, maxLength: 500 });
    fc.assert(
      fc.property(ids, fc.integer({ min: 0, max: 4_000_000_000_000 }), (some, bornAt) => {
        const key = writeCallKey(some, bornAt);
        const [first, last, size] = [Math.min(...some), Math.max(...some), some.length];
        expect(readCallKey(key)).to.deep.equal({ first, last, size, bornAt });
        expect(key.length).to.be.at.most(40);
      }),
    );
  });

  it('are forgotten a little before the platform does so', () => {
    const key = writeCallKey([1], NOW);
    const after = (hours: number): boolean => isForgotten(key, BATCH.callKey, NOW + hours * HOUR);
    expect([0, 12, 23.8, 23.9, 25].map(after)).to.deep.equal([false, false, false, true, true]);
  });

  const kept: [Outcome, boolean, boolean][] = [
    [{ status: 'accepted', messageId: null }, false, false],
    [{ status: 'unknown', detail: '' }, true, true],
    [{ status: 'failed', detail: '' }, false, true],
    [{ status: 'throttled', scope: 'bot', retryAt: NOW }, false, true],
    [{ status: 'bot_refused', detail: '' }, false, true],
  ];
  for (const [outcome, first, repeat] of kept)
    it(`${first ? 'stay' : 'go'} with "${outcome.status}", and ${repeat ? 'stay' : 'go'} when a repeat hears it`, () =>
      expect([keepsKey(outcome, false), keepsKey(outcome, true)]).to.deep.equal([first, repeat]));

  const repeats: [Pick<Capabilities, 'idempotent' | 'batch'>, Repeats][] = [
    [{ idempotent: false, batch: BATCH }, 'double'],
    [{ idempotent: true, batch: { size: 4, identical: true, placeholder: null } }, 'are_dropped'],
    [{ idempotent: true, batch: BATCH }, 'are_dropped_by_call'],
  ];
  for (const [capabilities, expected] of repeats)
    it(`lead to repeats that are told as "${expected}"`, () => expect(repeatsOf(capabilities)).to.equal(expected));
});

/** What happens to one call on its way: what the platform did, and what we heard of it. */
const FATES = ['ok', 'turned_away', 'slow_down', 'silent', 'lost', 'killed_before', 'killed_after'] as const;
type Fate = (typeof FATES)[number];

interface Person {
  id: number;
  state: 'planned' | 'sent' | 'failed' | 'unconfirmed' | 'skipped';
  attempts: number;
  key: string | null;
}

/** Sends to some people by the rules, over a platform that knows calls by their keys; answers who got it how often. */
function broadcast(count: number, events: readonly (Fate | number)[]): { people: Person[]; got: Map<number, number> } {
  const people = Array.from({ length: count }, (_, id): Person => ({ id, state: 'planned', attempts: 0, key: null }));
  const known = new Set<string>();
  const got = new Map<number, number>();
  let clock = NOW;

  function send(fate: Fate): void {
    clock += 1;
    const planned = people.filter(({ state }) => state === 'planned');
    const [first] = planned;
    if (!first) return;
    const isRepeat = first.key !== null;
    const call = isRepeat
      ? planned.filter(({ key }) => key === first.key)
      : (intoKeyedCalls(
          planned.filter(({ key }) => key === null),
          BATCH,
          () => ({}),
          { groupOf: () => null, receiverOf: ({ id }) => id },
        )[0] ?? []);
    const ids = call.map(({ id }) => id);
    const key = first.key ?? writeCallKey(ids, clock);
    for (const person of call) person.key = key;
    if (fate !== 'turned_away' && fate !== 'slow_down' && fate !== 'lost' && fate !== 'killed_before') {
      if (!known.has(key)) for (const id of ids) got.set(id, (got.get(id) ?? 0) + 1);
      known.add(key);
    }
    const outcome = heard(fate, clock);
    if (outcome === null) return;
    for (const person of call) {
      const inDoubt = isRepeat || outcome.status === 'unknown';
      const tried = { attempts: person.attempts, parts: 0, payloads: 1, idempotent: true, inDoubt };
      const settled = settle(tried, outcome, clock, 0.5);
      person.state = settled.state;
      person.attempts = settled.attempts;
      if (!keepsKey(outcome, isRepeat)) person.key = null;
    }
  }

  for (const event of events) {
    const leaving = typeof event === 'number' ? people[event % count] : undefined;
    if (leaving?.state === 'planned') leaving.state = 'skipped';
    if (typeof event !== 'number') send(event);
  }
  while (people.some(({ state }) => state === 'planned')) send('ok');
  return { people, got };
}

/** Null: nobody is there to hear it. */
function heard(fate: Fate, now: number): Outcome | null {
  switch (fate) {
    case 'ok':
      return { status: 'accepted', messageId: null };
    case 'turned_away':
      return { status: 'failed', detail: '503' };
    case 'slow_down':
      return { status: 'throttled', scope: 'bot', retryAt: now };
    case 'silent':
    case 'lost':
      return { status: 'unknown', detail: 'no answer' };
    case 'killed_before':
    case 'killed_after':
      return null;
    default:
      return fate satisfies never;
  }
}

describe('calls that are repeated under their key', () => {
  it('reach everybody called sent once and nobody twice, whatever becomes of calls, senders and people', () => {
    const event = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...FATES) }, { weight: 1, arbitrary: fc.nat(11) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(event, { maxLength: 60 }), (count, events) => {
        const { people, got } = broadcast(count, events);
        for (const { id, state } of people) {
          const times = got.get(id) ?? 0;
          expect(times, `person ${id} is ${state}`).to.be.at.most(1);
          if (state === 'sent') expect(times, `person ${id} was lost`).to.equal(1);
          if (state === 'failed') expect(times, `person ${id} is called failed`).to.equal(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});
