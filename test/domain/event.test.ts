import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Inbound } from '../../src/domain/channel.ts';
import { applyEvent, type ConnectionFacts, newConnection } from '../../src/domain/event.ts';

const SECOND_MS = 1000;
const base = { externalId: 'x', address: 'a' };

/** What is left of a connection after some facts. */
function after(facts: readonly Inbound[], start: ConnectionFacts = newConnection): ConnectionFacts {
  let connection = start;
  for (const fact of facts) {
    for (const change of applyEvent(connection, fact)) {
      if (change.kind === 'status')
        connection = { ...connection, status: change.status, reason: change.reason, since: change.since };
      if (change.kind === 'subscribed_at') connection = { ...connection, subscribedAt: change.at };
      if (change.kind === 'ref') connection = { ...connection, ref: change.ref };
    }
  }
  return connection;
}

describe('applyEvent', () => {
  const active: ConnectionFacts = { ...newConnection, status: 'active', since: 5000, subscribedAt: 5000 };

  it('subscribes, unsubscribes, blocks and comes back', () => {
    expect(after([{ ...base, kind: 'subscribed', at: 6000, ref: 'spring' }])).to.deep.equal({
      status: 'active',
      reason: null,
      since: 6000,
      subscribedAt: 6000,
      ref: 'spring',
    });
    expect(after([{ ...base, kind: 'unsubscribed', at: 6000 }], active).status).to.equal('unsubscribed');
    expect(
      after(
        [
          { ...base, kind: 'blocked', at: 6000 },
          { ...base, kind: 'unblocked', at: 7000 },
        ],
        active,
      ).status,
    ).to.equal('active');
  });

  it('takes a word from a blocked or unreachable person for an open way, and from nobody for consent', () => {
    const reply: Inbound = { ...base, kind: 'replied', at: 9000, text: 'Hi' };
    for (const status of ['blocked', 'unreachable'] as const)
      expect(after([reply], { ...active, status }).status).to.equal('active');
    for (const status of ['unsubscribed', 'pending'] as const)
      expect(after([reply], { ...active, status }).status).to.equal(status);
    expect(after([reply], { ...active, status: 'blocked', reason: 'unsubscribed' }).status).to.equal('unsubscribed');
  });

  it('takes the first word for consent where people subscribe by writing, and never from someone who left', () => {
    const word: Inbound = { ...base, kind: 'replied', at: 9000, text: 'Hi', subscribes: true };
    expect(after([word])).to.include({ status: 'active', since: 9000, subscribedAt: 9000 });
    expect(after([word], active)).to.include({ status: 'active', subscribedAt: 5000 });
    expect(after([word], { ...active, status: 'unsubscribed' }).status).to.equal('unsubscribed');
    expect(after([word], { ...active, status: 'blocked', reason: 'unsubscribed' }).status).to.equal('unsubscribed');
  });

  it('lets the later of two facts within one second win, since platforms date to the second', () => {
    expect(after([{ ...base, kind: 'unsubscribed', at: 5000 }], { ...active, since: 5900 }).status).to.equal(
      'unsubscribed',
    );
    expect(after([{ ...base, kind: 'unsubscribed', at: 4999 }], active).status).to.equal('active');
  });

  it('tells when the person acted, and not when a platform reports', () => {
    const seen = (fact: Inbound): boolean => applyEvent(active, fact).some(({ kind }) => kind === 'seen');
    expect(seen({ ...base, kind: 'pressed', at: 9000, token: 't' })).to.equal(true);
    expect(seen({ ...base, kind: 'blocked', at: 9000 })).to.equal(false);
    expect(seen({ ...base, kind: 'opened', at: 9000, messageId: null, upTo: true })).to.equal(false);
  });

  it('ends with the newest consent, in whatever order and however often facts arrive', () => {
    const facts = fc.uniqueArray(fc.record({ second: fc.nat(50), start: fc.boolean() }), {
      selector: ({ second }) => second,
      minLength: 1,
    });
    fc.assert(
      fc.property(facts, fc.infiniteStream(fc.nat()), fc.nat(60), (list, noise, known) => {
        const told = list.flatMap(({ second, start }): { fact: Inbound; key: number }[] => {
          const at = second * SECOND_MS;
          const fact: Inbound = start
            ? { ...base, kind: 'subscribed', at, ref: null }
            : { ...base, kind: 'unsubscribed', at };
          return [0, 1].map(() => ({ fact, key: noise.next().value ?? 0 }));
        });
        const newest = list.toSorted((a, b) => b.second - a.second)[0]!;
        const shuffled = told.toSorted((a, b) => a.key - b.key).map(({ fact }) => fact);
        // Known by another word before: that is no consent, and no word against it.
        const start = { ...newConnection, since: known * SECOND_MS };
        expect(after(shuffled, start).status).to.equal(newest.start ? 'active' : 'unsubscribed');
      }),
    );
  });
});
