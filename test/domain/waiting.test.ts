import { expect } from 'chai';
import {
  botWait,
  type HeldWait,
  pickWait,
  shownWait,
  type Wait,
  type WaitCode,
  type WaitFacts,
  waitInCopy,
  waitOfBots,
} from '../../src/domain/waiting.ts';

const wait = (code: WaitCode, until?: number): Wait => ({ code, params: until === undefined ? {} : { until } });

describe('pickWait', () => {
  const cases: [string, Wait[], Wait | null][] = [
    ['nothing of nothing', [], null],
    [
      'what a person must mend before what time mends',
      [wait('quiet_hours', 9), wait('bot_paused')],
      wait('bot_paused'),
    ],
    ['a copy before everything', [wait('bot_paused'), wait('restored_copy')], wait('restored_copy')],
    ['of two alike the one that lasts longer', [wait('not_due', 5), wait('not_due', 9)], wait('not_due', 9)],
  ];
  for (const [title, waits, picked] of cases) {
    it(`shows ${title}`, () => {
      expect(pickWait(waits)).to.deep.equal(picked);
    });
  }
});

describe('botWait', () => {
  const bot = { publicId: 'b1', name: 'Shop', channel: 'plain', status: 'connected', closedUntil: null, isAway: false };
  const cases: [string, Partial<Parameters<typeof botWait>[0]>, Wait | null][] = [
    ['nothing when it may send', {}, null],
    ['its name when it is paused', { status: 'paused' }, { code: 'bot_paused', params: { bot: 'b1', name: 'Shop' } }],
    [
      'that it needs attention',
      { status: 'attention' },
      { code: 'bot_attention', params: { bot: 'b1', name: 'Shop' } },
    ],
    [
      'the pause it was asked for',
      { closedUntil: 9000 },
      { code: 'platform_wait', params: { channel: 'plain', until: 9000 } },
    ],
    ['nothing for a pause that is nearly over', { closedUntil: 1500 }, null],
    [
      'that its messenger is away',
      { isAway: true, closedUntil: 9000 },
      { code: 'platform_away', params: { channel: 'plain' } },
    ],
  ];
  for (const [title, facts, expected] of cases) {
    it(`says ${title}`, () => {
      expect(botWait({ ...bot, ...facts } as Parameters<typeof botWait>[0], 1000)).to.deep.equal(expected);
    });
  }
});

describe('waitOfBots', () => {
  it('waits only when every bot with something left waits', () => {
    expect(waitOfBots([wait('bot_paused'), null])).to.equal(null);
    expect(waitOfBots([wait('platform_away'), wait('bot_paused')])).to.deep.equal(wait('bot_paused'));
  });
});

describe('waitInCopy', () => {
  const held = (code: WaitCode): HeldWait => ({ ...wait(code), since: 5 });

  it('names the copy where nobody sends, and nothing else: another machine may send', () => {
    expect(waitInCopy(held('nobody_sends'))).to.deep.equal(held('restored_copy'));
    expect(waitInCopy(held('bot_paused'))).to.deep.equal(held('bot_paused'));
    expect(waitInCopy(null)).to.equal(null);
  });
});

describe('shownWait', () => {
  const NOW = 1_000_000;
  const held = (code: WaitCode, since = NOW - 60_000): HeldWait => ({ ...wait(code), since });
  const facts: WaitFacts = {
    state: 'sending',
    dueAt: null,
    movedAt: 5,
    senders: 1,
    noted: [],
    lastSentAt: null,
    now: NOW,
  };
  const cases: [string, Partial<WaitFacts>, HeldWait | null][] = [
    ['nothing while it sends', {}, null],
    ['nothing of a draft', { state: 'draft', senders: 0 }, null],
    ['that nobody sends', { senders: 0 }, { code: 'nobody_sends', params: {}, since: 5 }],
    ['what its sender said', { noted: [held('bot_paused')] }, held('bot_paused')],
    [
      'nothing when another sender sends while one was asked to wait',
      { senders: 2, noted: [held('platform_wait')], lastSentAt: NOW - 1000 },
      null,
    ],
    [
      'the pause of one sender when nothing has gone out since',
      { senders: 2, noted: [held('platform_wait')], lastSentAt: NOW - 90_000 },
      held('platform_wait'),
    ],
    [
      'a paused bot, though only one of two said so',
      { senders: 2, noted: [held('bot_paused')], lastSentAt: NOW },
      held('bot_paused'),
    ],
    [
      'when a scheduled one is due',
      { state: 'scheduled', dueAt: NOW + 1000 },
      { code: 'not_due', params: { until: NOW + 1000 }, since: 5 },
    ],
    [
      'that nobody starts what is late',
      { state: 'scheduled', dueAt: NOW - 20_000, senders: 0 },
      { code: 'nobody_sends', params: {}, since: NOW - 20_000 },
    ],
    [
      'why a scheduled one is held back',
      { state: 'scheduled', dueAt: NOW + 1, noted: [held('restored_copy')] },
      held('restored_copy'),
    ],
  ];
  for (const [title, given, expected] of cases) {
    it(`shows ${title}`, () => {
      expect(shownWait({ ...facts, ...given })).to.deep.equal(expected);
    });
  }
});
