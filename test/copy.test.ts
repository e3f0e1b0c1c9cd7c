// The data folder of a stopped server, copied and started elsewhere: as processes, as it happens to people.
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { InstanceAnswer } from '../src/http/api/instance.ts';
import type { Mailing, MailingRow } from '../src/http/api/mailings.ts';
import { openDatabase } from '../src/store/database.ts';
import { type RunningServer, runEntry, startServer } from './support/server.ts';
import { freePort, until } from './support/services.ts';

const PEOPLE = 20;

describe('a copied data folder', function () {
  this.timeout(120_000);
  let original: RunningServer;
  let copy: RunningServer;
  let token: string;
  let mailing: string;

  const ask = async <T>(server: RunningServer, method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  };

  before(async () => {
    original = await startServer();
    token = (await runEntry('cli', ['token', 'create'], original.environment)).output.trim();
    await ask(original, 'POST', '/simulator', { people: PEOPLE });
    const total = async () =>
      (await ask<{ total: number }>(original, 'POST', '/audience/count', { filter: { all: [] } })).total;
    await until('the simulated people are there', async () => (await total()) === PEOPLE);
    const content = {
      synchronised: true,
      variants: { '*': { elements: [{ kind: 'text', text: [{ text: 'Hello' }] }] } },
    };
    const draft = await ask<Mailing>(original, 'POST', '/mailings', {
      name: 'Due',
      content,
      settings: { when: { mode: 'at', local: '2100-01-01T00:00', zone: 'UTC' } },
    });
    mailing = draft.id;
    await ask(original, 'POST', `/mailings/${mailing}/send`, { version: draft.version });
    await original.end('SIGTERM');

    const folder = join(mkdtempSync(join(tmpdir(), 'herald-copy-')), 'data');
    cpSync(original.folder, folder, { recursive: true });
    const db = openDatabase(`sqlite:${join(folder, 'herald.sqlite')}`);
    await db('campaigns').update({ due_at: Date.now() - 60_000 });
    await db.destroy();
    copy = await startServer({}, { folder, port: await freePort() });
  });
  after(async () => {
    await copy?.stop();
    await original?.stop();
  });

  it('says that it sends nothing, why, and what would go on', async () => {
    expect(copy.output()).to.include('instance.unconfirmed').and.include('copied_file');
    const answer = await ask<InstanceAnswer>(copy, 'GET', '/instance');
    expect(answer).to.include({ confirmed: false, doubt: 'copied_file', mailings: 1 });
    expect(answer.text).to.include('Nothing is sent');
  });

  it('sends once a person has confirmed it on the command line, without a restart', async () => {
    const { state, waiting } = await ask<MailingRow>(copy, 'GET', `/mailings/${mailing}`);
    expect({ state, waiting: waiting?.code }).to.deep.equal({ state: 'scheduled', waiting: 'restored_copy' });
    const { output, code } = await runEntry('cli', ['confirm-instance'], copy.environment);
    expect(output).to.include('this server sends');
    expect(code).to.equal(0);
    await until(
      'the mailing is sent',
      async () => (await ask<MailingRow>(copy, 'GET', `/mailings/${mailing}`)).state === 'sent',
    );
    expect((await ask<MailingRow>(copy, 'GET', `/mailings/${mailing}`)).figures).to.include({
      planned: PEOPLE,
      sent: PEOPLE,
    });
    expect(copy.output()).to.include('instance.confirmed');
    const audit = await ask<{ items: { action: string }[] }>(copy, 'GET', '/audit-log');
    expect(audit.items.map(({ action }) => action)).to.include('instance.confirmed');
  });

  it('does not hinder the original', async () => {
    const again = await startServer({}, original);
    try {
      expect(await ask(again, 'GET', '/instance')).to.include({ confirmed: true });
      expect(again.output()).to.not.include('instance.unconfirmed');
    } finally {
      await again.end('SIGTERM');
    }
  });
});
