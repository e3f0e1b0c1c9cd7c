import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import {
  type BotFacts,
  type Diagnosis,
  judgeAddress,
  judgeBot,
  judgeClock,
  judgeDatabase,
  judgeDisk,
  judgeFolder,
  judgeInstance,
  judgeKey,
  judgeMigrations,
  judgePort,
  judgeRedis,
  judgeRetention,
  judgeSenders,
  judgeServer,
  judgeWork,
} from '../../src/domain/diagnosis.ts';
import { hasText } from '../../src/i18n.ts';

const bot: BotFacts = {
  name: 'Shop',
  status: 'connected',
  webhookState: 'set',
  needsWebhook: true,
  answer: 'known',
  lastError: null,
};
const work = { stuck: [], lapsedLeases: 0, orphans: 0, unconfirmed: 0 };
const url = 'https://bots.example';
const port = { port: 2525, isRunning: true, bots: ['Shop'] };

describe('the doctor judges', () => {
  const cases: [string, Diagnosis, string][] = [
    ['a folder it can write to', judgeFolder({ folder: 'data', writable: true }), 'ok folder_ok'],
    ['a folder it cannot write to', judgeFolder({ folder: 'data', writable: false }), 'fail folder_locked'],
    ['a roomy disk', judgeDisk({ freeBytes: 50e9 }), 'ok disk_ok'],
    ['a disk with little room', judgeDisk({ freeBytes: 1.9e9 }), 'warn disk_low'],
    ['a full disk', judgeDisk({ freeBytes: 1e8 }), 'fail disk_full'],
    ['a quick database', judgeDatabase({ kind: 'sqlite', version: '3.49.1', ms: 0.2 }), 'ok database_ok'],
    ['a slow database', judgeDatabase({ kind: 'mysql', version: '8.4.0', ms: 120 }), 'warn database_slow'],
    ['an old MariaDB', judgeDatabase({ kind: 'mariadb', version: '10.5.29', ms: 1 }), 'fail database_old'],
    ['MariaDB 10.6', judgeDatabase({ kind: 'mariadb', version: '10.6.0', ms: 1 }), 'ok database_ok'],
    ['MariaDB 11.4', judgeDatabase({ kind: 'mariadb', version: '11.4.2', ms: 1 }), 'ok database_ok'],
    ['MySQL 5.7', judgeDatabase({ kind: 'mysql', version: '5.7.44', ms: 1 }), 'fail database_old'],
    ['a schema that is up to date', judgeMigrations({ pending: [] }), 'ok migrations_ok'],
    ['a schema that is not', judgeMigrations({ pending: ['x'] }), 'fail migrations_pending'],
    ['clocks that agree', judgeClock({ name: 'Redis', differenceMs: -300 }), 'ok clock_ok'],
    ['clocks that do not', judgeClock({ name: 'Redis', differenceMs: -4000 }), 'warn clock_off'],
    ['a key that opens', judgeKey({ key: 'opens' }), 'ok key_ok'],
    ['no key', judgeKey({ key: 'missing' }), 'fail key_missing'],
    ['another key', judgeKey({ key: 'wrong' }), 'fail key_wrong'],
    ['the server that sends', judgeInstance({ isSure: true }), 'ok instance_ok'],
    ['a copy', judgeInstance({ isSure: false }), 'fail instance_doubt'],
    ['a running server', judgeServer({ port: 3000, answers: true }), 'ok server_running'],
    ['a server that is not running', judgeServer({ port: 3000, answers: false }), 'warn server_stopped'],
    ['a living sender', judgeSenders({ hosts: ['a'], mailings: 3 }), 'ok senders_ok'],
    ['no sender and nothing to send', judgeSenders({ hosts: [], mailings: 0 }), 'warn senders_none'],
    ['no sender while mailings wait', judgeSenders({ hosts: [], mailings: 1 }), 'fail senders_needed'],
    ['no Redis where none is needed', judgeRedis({ ms: null }), 'ok redis_none'],
    ['Redis', judgeRedis({ ms: 0.4 }), 'ok redis_ok'],
    ['a slow Redis', judgeRedis({ ms: 80 }), 'warn redis_slow'],
    ['a Redis that is away', judgeRedis({ reason: 'ECONNREFUSED' }), 'fail redis_away'],
    ['no address', judgeAddress({ url: null, answer: 'other', isRunning: true }), 'ok address_none'],
    ['an address that leads here', judgeAddress({ url, answer: 'herald', isRunning: true }), 'ok address_ok'],
    ['an address of something else', judgeAddress({ url, answer: 'other', isRunning: true }), 'fail address_foreign'],
    ['a silent address', judgeAddress({ url, answer: { silent: 'x' }, isRunning: true }), 'fail address_silent'],
    [
      'the address of a stopped server',
      judgeAddress({ url, answer: { silent: 'x' }, isRunning: false }),
      'warn address_silent',
    ],
    ['a bot', judgeBot(bot), 'ok bot_ok'],
    ['a paused bot', judgeBot({ ...bot, status: 'paused' }), 'ok bot_paused'],
    ['a bot that needs attention', judgeBot({ ...bot, status: 'attention' }), 'fail bot_attention'],
    ['a refused bot', judgeBot({ ...bot, answer: { refused: 'token_refused' } }), 'fail bot_refused'],
    ['a bot whose messenger is silent', judgeBot({ ...bot, answer: { silent: 'ENOTFOUND' } }), 'fail bot_silent'],
    ['a bot without a webhook', judgeBot({ ...bot, webhookState: 'none' }), 'warn bot_deaf'],
    ['a bot that needs none', judgeBot({ ...bot, webhookState: 'none', needsWebhook: false }), 'ok bot_ok'],
    ['a bot whose last try failed', judgeBot({ ...bot, lastError: 'ETIMEDOUT' }), 'warn bot_errors'],
    ['a port for all that comes back', judgePort({ ...port, answer: 'ours' }), 'ok port_ok'],
    ['a port of another program', judgePort({ ...port, answer: 'other' }), 'fail port_foreign'],
    ['a port nobody has', judgePort({ ...port, answer: 'nobody' }), 'warn port_closed'],
    ['the port of a stopped server', judgePort({ ...port, answer: 'nobody', isRunning: false }), 'ok port_resting'],
    ['events kept for ever', judgeRetention({ days: null }), 'ok retention_off'],
    ['events kept for a time', judgeRetention({ days: 90 }), 'ok retention_on'],
  ];
  for (const [title, { level, code }, expected] of cases) {
    it(`${title}: ${expected}`, () => {
      expect(`${level} ${code}`).to.equal(expected);
    });
  }

  it('work by each of its traces', () => {
    const said = (facts: Partial<Parameters<typeof judgeWork>[0]>): string[] =>
      judgeWork({ ...work, ...facts }).map(({ level, code }) => `${level} ${code}`);
    expect(said({})).to.deep.equal(['ok work_ok', 'ok unconfirmed_none']);
    expect(said({ stuck: ['A lane'], lapsedLeases: 1, orphans: 2, unconfirmed: 3 })).to.deep.equal([
      'fail work_stuck',
      'warn work_lapsed',
      'warn work_orphans',
      'warn unconfirmed_some',
    ]);
  });

  it('in words: every code has its sentence, and its remedy where something is wrong', () => {
    const source = readFileSync(new URL('../../src/domain/diagnosis.ts', import.meta.url), 'utf8');
    const found = [...source.matchAll(/diagnosis\(\s*'\w+',\s*(?:'(\w+)'|level),\s*'(\w+)'/g)];
    expect(found.length).to.be.greaterThan(30);
    for (const [, level, code] of found) {
      expect(hasText(`cli:doctor.${code}`), code).to.equal(true);
      if (level !== 'ok') expect(hasText(`cli:doctor.${code}_fix`), `${code}_fix`).to.equal(true);
    }
  });
});
