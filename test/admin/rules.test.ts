// The sending rules of a mailing: what is set, where a problem belongs, what a careful start begins with, what ends a wait.
import { expect } from 'chai';
import { isAtOnce, newCanary, problemAt, rulesSet, settingProblems } from '../../admin/src/features/sending/rules.ts';
import { resolve } from '../../admin/src/features/sending/zones.ts';
import type { Settings } from '../../admin/src/features/shapes.ts';
import { canaryShare } from '../../admin/src/pages/mailing/canary.ts';
import { remedyOf } from '../../admin/src/pages/mailing/remedy.ts';
import { supportText } from '../../admin/src/pages/settings/support-text.ts';
import { mailingSettingsSchema } from '../../src/domain/mailing-settings.ts';
import { WAIT_CODES } from '../../src/domain/waiting.ts';
import type { HealthReport } from '../../src/http/api/engine.ts';

const settingsOf = (given: object): Settings => mailingSettingsSchema.parse(given);

describe('rulesSet', () => {
  it('names nothing for a mailing nobody touched', () => expect(rulesSet(settingsOf({}))).to.deep.equal([]));

  it('names what differs from that', () => {
    const settings = settingsOf({
      when: { mode: 'at', local: '2026-11-23T10:00', zone: 'UTC' },
      repeat: { cron: '0 10 * * *', zone: 'UTC' },
      quietHours: null,
      frequencyCap: { messages: 1, days: 1 },
      latest: null,
      canary: { people: 5 },
    });
    expect(rulesSet(settings)).to.deep.equal(['repeat', 'quietHours', 'frequencyCap', 'latest', 'canary']);
  });

  it('has nothing to say of lateness where it starts at once', () => {
    expect(rulesSet(settingsOf({ latest: 15 }))).to.deep.equal([]);
    expect(isAtOnce(settingsOf({ repeat: { cron: '0 10 * * *', zone: 'UTC' } }))).to.equal(false);
  });
});

describe('newCanary', () => {
  it('begins with a hundred, or a tenth where that is fewer, and with one at least', () => {
    expect([50_000, 200, 3, 0, undefined].map((people) => newCanary(people).people)).to.deep.equal([
      100, 20, 1, 1, 100,
    ]);
  });
});

describe('settingProblems', () => {
  const problems = settingProblems([
    { path: 'settings.repeat.cron', message: 'No such rule.' },
    { path: 'settings.when.local', message: 'It has passed.' },
    { path: 'content', message: 'Empty.' },
    { message: 'Nobody.' },
  ]);

  it('keeps those of the settings by their path', () => {
    expect(problems).to.deep.equal({ 'repeat.cron': 'No such rule.', 'when.local': 'It has passed.' });
  });

  it('are found at their own path and at what holds it', () => {
    expect([
      problemAt(problems, 'repeat.cron'),
      problemAt(problems, 'repeat'),
      problemAt(problems, 'canary'),
    ]).to.deep.equal(['No such rule.', 'No such rule.', undefined]);
  });
});

describe('resolve', () => {
  it('takes the second of a time that comes twice where that is meant', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(resolve('2026-10-25T02:30', 'Europe/Berlin', now, 'second')).to.include({
      kind: 'overlap',
      at: Date.UTC(2026, 9, 25, 1, 30),
    });
  });
});

describe('canaryShare', () => {
  const none = { sent: 0, failed: 0, blocked: 0, refused: 0, unsubscribed: 0 };

  it('is of those whose outcome is known', () => {
    const figures = { ...none, sent: 90, failed: 6, blocked: 5, refused: 4 };
    expect(canaryShare(figures, 'failed')).to.equal(0.06);
  });

  it('is nothing before anybody was tried', () => expect(canaryShare(none, 'failed')).to.equal(null));
});

describe('remedyOf', () => {
  it('leads to the bot that holds a mailing up', () => {
    expect(remedyOf({ code: 'bot_paused', params: { bot: 'abc' } })).to.deep.equal({
      kind: 'bot',
      how: 'resume',
      bot: 'abc',
    });
  });

  it('offers nothing where only time helps, and something for every reason a person can mend', () => {
    const without = WAIT_CODES.filter((code) => remedyOf({ code, params: { bot: 'abc' } }).kind === 'none');
    expect(without).to.deep.equal([
      'restored_copy',
      'platform_away',
      'platform_wait',
      'host_wait',
      'canary',
      'not_due',
      'planning',
    ]);
  });
});

describe('supportText', () => {
  it('tells the state without the names of mailings', () => {
    const at = Date.UTC(2026, 10, 22, 5);
    const report: HealthReport = {
      at,
      version: '0.1.0',
      node: '20.19.0',
      senders: [{ id: 's1', host: 'alpha', startedAt: at, seenAt: at }],
      database: { kind: 'SQLite', version: '3.50', ms: 0.42 },
      redis: { ms: null },
      queue: 3,
      queueByChannel: [{ channel: 'web', title: 'Website chat', remaining: 2, due: 1 }],
      sentLastMinute: 7,
      waits: [
        {
          mailing: { id: 'm1', name: 'A secret offer' },
          waiting: { code: 'planning', params: {}, text: 'Working out who gets it.', since: at },
        },
      ],
      findings: [{ kind: 'lane', about: null, host: 'alpha', since: at, text: 'Stuck.' }],
      errors: [{ at, bot: 'b1', text: 'Kestrel: no answer' }],
    };
    expect(supportText(report).split('\n')).to.deep.equal([
      'Herald 0.1.0, Node.js 20.19.0, 2026-11-22T05:00:00.000Z',
      'database: SQLite 3.50, 0.4 ms',
      'redis: no answer',
      'senders: 1',
      '  s1 on alpha, since 2026-11-22T05:00:00.000Z, seen 2026-11-22T05:00:00.000Z',
      'queue: 3, sent in the last minute: 7',
      '  web: 2, later tries 1',
      'waits: 1',
      '  m1: planning {}',
      'stuck: 1',
      '  lane on alpha since 2026-11-22T05:00:00.000Z',
      'errors: 1',
      '  2026-11-22T05:00:00.000Z Kestrel: no answer',
    ]);
  });
});
