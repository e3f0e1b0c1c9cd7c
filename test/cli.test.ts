// One mailing without a browser: owner, bot, people, draft, send, figures, all on the command line beside a server.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Child, startChild } from './support/child.ts';
import { type Ended, type RunningServer, runEntry, startServer } from './support/server.ts';
import { until } from './support/services.ts';

const DRAFT = {
  name: 'From the terminal',
  content: {
    synchronised: true,
    variants: {
      '*': {
        elements: [
          { kind: 'text', text: 'Hello {{first_name|friend}}' },
          { kind: 'buttons', rows: [[{ kind: 'link', id: 'menu', label: 'Menu', url: 'https://example.com/menu' }]] },
        ],
      },
    },
  },
};

describe('the command line', function () {
  this.timeout(180_000);
  let server: RunningServer;
  let simulator: Child<{ port: number }>;
  let folder: string;
  let origin: string;
  const herald = (args: readonly string[], input?: string): Promise<Ended> =>
    runEntry('cli', args, server.environment, input);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'herald-cli-'));
    simulator = await startChild<{ port: number }>(new URL('../src/simulator.ts', import.meta.url), [
      '--port',
      '0',
      '--local',
    ]);
    origin = `http://127.0.0.1:${simulator.ready.port}`;
    server = await startServer({ TELEGRAM_API_ROOT: origin });
  });
  after(async () => {
    await server.stop();
    await simulator.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const control = async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(
      `${origin}/_control/${path}`,
      body ? { method: 'POST', body: JSON.stringify(body) } : {},
    );
    return (await response.json()) as Record<string, unknown>;
  };

  it('makes the owner, who can then sign in', async () => {
    const args = ['owner', 'create', '--email', 'maria@example.com', '--name', 'Maria'];
    expect((await herald(args, 'correct horse battery\n')).output).to.include('maria@example.com can sign in now');
    const answer = await fetch(`${server.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.url },
      body: JSON.stringify({ email: 'maria@example.com', password: 'correct horse battery' }),
    });
    expect(answer.status).to.equal(201);
  });

  it('refuses a password that is too short, naming the field', async () => {
    const { code, output } = await herald(['owner', 'create', '--email', 'x@example.com', '--name', 'X'], 'short');
    expect(code).to.equal(1);
    expect(output).to.include('password');
  });

  it('says that an address has an account already', async () => {
    const args = ['owner', 'create', '--email', 'maria@example.com', '--name', 'Maria'];
    const { code, output } = await herald(args, 'correct horse battery');
    expect(code).to.equal(1);
    expect(output).to.include('maria@example.com has an account already');
  });

  it('prints a token and nothing else, and the API takes it', async () => {
    const { output } = await herald(['token', 'create', 'test']);
    expect(output).to.match(/^herald_[\w-]+\n$/);
    // Without the time to think again, the mailing below goes out at once.
    const answer = await fetch(`${server.url}/api/v1/settings`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${output.trim()}` },
      body: JSON.stringify({ holdSeconds: 0 }),
    });
    expect(answer.status).to.equal(200);
  });

  it('says what is wrong with a token that has the wrong shape', async () => {
    const { code, output } = await herald(['bot', 'add', 'telegram', '--token', 'nonsense']);
    expect(code).to.equal(1);
    expect(output).to.include('credentials.token');
  });

  it('connects a bot, whose people then subscribe', async () => {
    const bot = (await control('bots', { name: 'Coffee' })) as { credentials: { token: string } };
    const { output } = await herald(['bot', 'add', 'telegram', '--token', bot.credentials.token]);
    expect(output).to.include('Connected Coffee');
    expect(output).to.not.include(bot.credentials.token);
    await control('people', { count: 40, pace: 1000 });
    await until('40 people to subscribe', async () => (await herald(['bot', 'list'])).output.includes('40/40'), 60_000);
  });

  it('imports people and names the bad rows', async () => {
    const file = join(folder, 'people.csv');
    writeFileSync(file, 'first_name,email\nŽofie,zofie@example.com\nNobody,not-an-address\n');
    const { code, output } = await herald(['import', file, '--consent']);
    expect(code).to.equal(3);
    expect(output).to.include('Added 1, updated 0, refused 1');
    expect(output).to.match(/^3\temail\t/m);
    expect(readFileSync(file, 'utf8')).to.include('Žofie');
  });

  it('creates, checks, sends and shows a mailing', async () => {
    const file = join(folder, 'mailing.json');
    writeFileSync(file, JSON.stringify(DRAFT));
    const id = (await herald(['mailing', 'create', file])).output.trim();
    const asked = await herald(['mailing', 'send', id]);
    expect(asked.output).to.include('would go to 40 people');
    const sent = await herald(['mailing', 'send', id, '--yes', '--wait']);
    expect(sent.code, sent.output).to.equal(0);
    const shown = JSON.parse((await herald(['mailing', 'show', id, '--json'])).output) as {
      state: string;
      figures: Record<string, number>;
    };
    expect(shown.state).to.equal('sent');
    expect(shown.figures).to.include({ planned: 40, sent: 40, failed: 0, remaining: 0 });
    expect((await control('state')).received).to.equal(40);
    const recipients = (await herald(['mailing', 'recipients', id])).output.trim().split(/\r?\n/);
    expect(recipients).to.have.length(41);
  });

  it('schedules a mailing by a clock with its zone, and says what is wrong with a time', async () => {
    const file = join(folder, 'later.json');
    writeFileSync(file, JSON.stringify({ ...DRAFT, name: 'Later' }));
    const id = (await herald(['mailing', 'create', file])).output.trim();
    const wrong = await herald(['mailing', 'send', id, '--at', 'next week', '--yes']);
    expect(wrong.code).to.equal(1);
    expect(wrong.output).to.include('--at: ').and.to.include('Write it as');
    const past = await herald(['mailing', 'send', id, '--at', '2020-05-01T09:00 Europe/Kyiv', '--yes']);
    expect(past.code).to.equal(1);
    expect(past.output).to.include('settings.when.local');
    const sent = await herald(['mailing', 'send', id, '--at', '2199-05-01T09:00+03:00', '--yes']);
    expect(sent.code, sent.output).to.equal(0);
    expect(sent.output).to.include('scheduled for 40 people');
    const shown = JSON.parse((await herald(['mailing', 'show', id, '--json'])).output) as {
      state: string;
      dueAt: number;
    };
    expect(shown).to.include({ state: 'scheduled', dueAt: Date.parse('2199-05-01T06:00:00Z') });
  });

  it('finds no difference between the figures and the ledger', async () => {
    const { code, output } = await herald(['audit']);
    expect(output).to.include('Differences: 0');
    expect(code).to.equal(0);
  });
});
