// The doctor and the backup as their operator runs them: beside a running server, and when nothing runs.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { backUp, dumpArguments } from '../src/backup.ts';
import type { Problem } from '../src/domain/problem.ts';
import { openDatabase } from '../src/store/database.ts';
import { readInstance, settleInstance } from '../src/store/instance.ts';
import { migrate } from '../src/store/migrate.ts';
import { databaseKinds, newDatabaseUrl } from './support/databases.ts';
import { manyPeople } from './support/mailing.ts';
import { aBot } from './support/people.ts';
import { type Ended, type RunningServer, runEntry, startServer } from './support/server.ts';
import { findBinary } from './support/services.ts';

interface Finding {
  check: string;
  level: string;
  code: string;
  remedy: string | null;
}

const doctor = async (environment: Record<string, string>): Promise<{ code: number | null; codes: string[] }> => {
  const { code, output } = await runEntry('cli', ['doctor', '--json'], environment);
  return { code, codes: (JSON.parse(output) as Finding[]).map((one) => one.code) };
};

describe('herald doctor', function () {
  this.timeout(120_000);
  let server: RunningServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  it('finds nothing wrong with a running server', async () => {
    const { code, codes } = await doctor(server.environment);
    expect(codes).to.include.members([
      'server_running',
      'database_ok',
      'key_ok',
      'instance_ok',
      'senders_ok',
      'work_ok',
    ]);
    expect(code).to.equal(0);
  });

  it('prints one line for each, and what to do about what is wrong', async () => {
    const { output, code } = await runEntry('cli', ['doctor'], { ...server.environment, SECRET_KEY: 'ab'.repeat(32) });
    expect(code).to.equal(1);
    expect(output).to.match(/^ok {4}Herald answers on port/m);
    expect(output)
      .to.match(/^fail {2}The key is not the one/m)
      .and.match(/^ {6}→ Find the secret\.key/m);
    expect(output).to.include('Failures: 1');
  });

  it('names a Redis and an address that do not answer, without what they hold of secrets', async () => {
    const { output, code } = await runEntry('cli', ['doctor'], {
      ...server.environment,
      REDIS_URL: 'redis://:hush-hush@127.0.0.1:1',
      PUBLIC_URL: 'http://127.0.0.1:1',
    });
    expect(code).to.equal(1);
    expect(output).to.include('Redis doesn’t answer: ECONNREFUSED').and.include('http://127.0.0.1:1 doesn’t answer');
    expect(output).to.not.include('hush-hush');
  });

  it('says what is bad in the configuration, and that a database is away', async () => {
    expect(await doctor({ ...server.environment, PORT: 'eighty' })).to.deep.equal({ code: 1, codes: ['config_bad'] });
    const away = await doctor({ ...server.environment, DATABASE_URL: 'mysql://herald:hush@127.0.0.1:1/herald' });
    expect(away.codes).to.include('database_away');
    expect(away.code).to.equal(1);
  });

  it('works while nothing runs, and changes nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'herald-doctor-'));
    const url = `sqlite:${join(folder, 'herald.sqlite')}`;
    const fresh = await doctor({ DATA_FOLDER: folder, DATABASE_URL: url, PORT: '1' });
    expect(fresh.codes).to.include.members(['server_stopped', 'database_new']);
    expect(readdirSync(folder)).to.deep.equal([]);
    const db = openDatabase(url);
    await migrate(db);
    await db('senders').insert({ id: 'gone', host: 'x', started_at: 1, seen_at: 1 });
    const row = await db('migrations_log').orderBy('id', 'desc').first<{ id: number }>('id');
    await db('migrations_log').where({ id: row!.id }).delete();
    await db.destroy();
    const behind = await doctor({ DATA_FOLDER: folder, DATABASE_URL: url, PORT: '1' });
    expect(behind.codes).to.include('migrations_pending');
    expect(behind.code).to.equal(1);
    rmSync(folder, { recursive: true, force: true });
  });
});

for (const kind of databaseKinds()) {
  describe(`herald backup [${kind}]`, function () {
    this.timeout(120_000);
    let folder: string;
    let databaseUrl: string;
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'herald-backup-'));
      databaseUrl = await newDatabaseUrl(kind);
      const db = openDatabase(databaseUrl);
      await migrate(db);
      await settleInstance(db, { id: 'original', since: 1, host: 'here' });
      await manyPeople(db, await aBot(db, { channel: 'kept' }), 1200);
      await db.destroy();
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    const herald = (args: readonly string[]): Promise<Ended> =>
      runEntry('cli', args, { DATA_FOLDER: folder, DATABASE_URL: databaseUrl });

    it('copies everything, for its user alone', async function () {
      if (kind === 'mariadb' && !process.env.CI && !findBinary('mariadb-dump', 'mysqldump')) return this.skip();
      const file = join(folder, 'backup');
      const { output, code } = await herald(['backup', file]);
      expect(code, output).to.equal(0);
      expect(output).to.include('secret.key');
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      if (kind === 'sqlite') {
        const copy = openDatabase(`sqlite:${file}`);
        expect(await copy('subscribers').count('* as n').first()).to.deep.equal({ n: 1200 });
        expect((await readInstance(copy))?.id).to.match(/^backup-/);
        await copy.destroy();
      } else expect(readFileSync(file, 'utf8').trim().split('\n').at(-1)).to.match(/^UPDATE `settings` .*backup-/);
      expect((await herald(['backup', file])).output).to.include('is there already');
    });

    it('leaves nothing behind when it is stopped, or cannot write', async () => {
      const stopping = new AbortController();
      stopping.abort();
      const wish = { databaseUrl, signal: stopping.signal, searchPath: '/usr/bin:/bin', onProgress: () => undefined };
      const before = readdirSync(folder);
      const problem = await backUp({ ...wish, file: join(folder, 'stopped') }).catch((error: unknown) => error);
      expect((problem as Problem).code).to.equal('backup_stopped');
      const { output, code } = await herald(['backup', join(folder, 'no', 'folder')]);
      expect(code).to.equal(1);
      expect(output).to.include('its folder is not there');
      expect(readdirSync(folder)).to.deep.equal(before);
    });
  });
}

describe('a backup without a dumper', () => {
  it('says the exact command, without the password', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'herald-dumper-'));
    const file = join(folder, 'herald.sql');
    writeFileSync(join(folder, 'other'), '');
    const problem = (await backUp({
      databaseUrl: 'mysql://maria:hush%40hush@db.example:3307/herald',
      file,
      signal: new AbortController().signal,
      searchPath: folder,
      onProgress: () => undefined,
    }).catch((error: unknown) => error)) as Problem;
    expect(problem.code).to.equal('backup_no_dumper');
    expect(problem.params.command).to.equal(
      `mariadb-dump --single-transaction --skip-lock-tables --hex-blob --default-character-set=utf8mb4 --host=db.example --port=3307 --user=maria herald > ${file}`,
    );
    expect(dumpArguments('mysql://maria:hush%40hush@db.example/herald').password).to.equal('hush@hush');
    expect(readdirSync(folder)).to.deep.equal(['other']);
    rmSync(folder, { recursive: true, force: true });
  });
});
