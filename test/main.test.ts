// The server as a process: what stops its start, what it prints, and how it leaves.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type RunningServer, runEntry, startServer } from './support/server.ts';

describe('the server', function () {
  this.timeout(120_000);
  let server: RunningServer;

  before(async () => {
    server = await startServer();
  });
  after(async () => {
    await server.stop();
  });

  it('prints its address and, without an owner, the one-time link', () => {
    expect(server.output()).to.include(`http://localhost:${server.port}/`);
    expect(server.setupToken).to.match(/^[\w-]{32}$/);
  });

  it('says that it is ready', async () => {
    expect((await fetch(`${server.url}/readyz`)).status).to.equal(200);
  });

  it('keeps its key where only its user can read it', () => {
    expect(statSync(join(server.folder, 'secret.key')).mode & 0o077).to.equal(0);
  });

  it('refuses a second process on the same SQLite file, and says what to do', async () => {
    const { code, output } = await runEntry('main', [], { ...server.environment, PORT: '0' });
    expect(code).to.equal(1);
    expect(output).to.include('Another Herald already runs on').and.include('DATABASE_URL');
  });

  it('lets the command line work beside it', async () => {
    const { code, output } = await runEntry('cli', ['mailing', 'list'], server.environment);
    expect(output).to.equal('');
    expect(code).to.equal(0);
  });

  it('leaves in order when it is asked to', async () => {
    expect(await server.end('SIGTERM')).to.equal(0);
    expect(server.output()).to.include('process.stopped');
  });
});

describe('a start that cannot succeed', function () {
  this.timeout(60_000);
  let folder: string;
  let base: Record<string, string>;
  const refusal = (environment: Record<string, string>) => runEntry('main', [], { ...base, ...environment });

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'herald-start-'));
    base = { DATA_FOLDER: folder, DATABASE_URL: `sqlite:${join(folder, 'herald.sqlite')}`, PORT: '0' };
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('names every bad variable with what it should be', async () => {
    const { code, output } = await refusal({ PORT: 'eighty', ROLE: 'worker' });
    expect(code).to.equal(1);
    expect(output).to.include('PORT must be a whole number').and.include('ROLE must be all, web or sender');
    expect(output).to.not.include('    at ');
  });

  it('names the database that does not answer, without its password', async () => {
    const { output } = await refusal({ DATABASE_URL: 'mysql://herald:hush-hush@127.0.0.1:1/herald' });
    expect(output).to.include('127.0.0.1:1').and.include('does not answer');
    expect(output).to.not.include('hush-hush');
  });

  it('names the port that is taken', async () => {
    const other: Server = createServer();
    await new Promise<void>((resolve) => void other.listen(0, resolve));
    const { port } = other.address() as AddressInfo;
    const { code, output } = await refusal({ PORT: String(port) });
    await new Promise((resolve) => other.close(resolve));
    expect(code).to.equal(1);
    expect(output).to.include(`Port ${port} is taken`);
  });

  it('tells a key that is not the one the database was made with', async () => {
    await runEntry('cli', ['migrate'], base);
    writeFileSync(join(folder, 'secret.key'), 'cd'.repeat(32));
    const { code, output } = await refusal({});
    expect(code).to.equal(1);
    expect(output).to.include('secret key does not open');
  });
});
