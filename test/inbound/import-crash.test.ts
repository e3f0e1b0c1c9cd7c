// An import and the death of its process, as the operating system gives it: what was written stays, the rest follows.
import { expect } from 'chai';
import { openDatabase } from '../../src/store/database.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { until } from '../support/services.ts';

const ROWS = 20_000;

interface Import {
  id: string;
  state: string;
  totalRows: number;
  readRows: number;
  added: number;
  updated: number;
  bad: number;
  mapping: Record<string, string>;
}

describe('an import whose process dies', function () {
  this.timeout(180_000);
  let server: RunningServer;
  let cookie = '';
  after(() => server.stop());

  const ask = async <T>(method: string, path: string, body?: FormData | object): Promise<T> => {
    const form = body instanceof FormData;
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: { cookie, origin: server.url, ...(form || !body ? {} : { 'content-type': 'application/json' }) },
      ...(body ? { body: form ? body : JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    cookie ||= response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    return (await response.json()) as T;
  };
  const progress = (id: string): Promise<Import> => ask('GET', `/imports/${id}`);

  for (const [how, signal] of [
    ['without a word', 'SIGKILL'],
    ['in order', 'SIGTERM'],
  ] as const) {
    it(`goes on after the next start where it was, and loses and repeats nobody: ended ${how}`, async () => {
      cookie = '';
      server = await startServer();
      await ask('POST', '/setup', {
        token: server.setupToken,
        name: 'Mira',
        email: 'mira@example.com',
        password: 'copper kettle before noon',
        workspace: 'Kestrel',
        timeZone: 'UTC',
      });
      const lines = Array.from({ length: ROWS }, (_, index) => `key-${index},Anna ${index},person${index}@example.com`);
      const form = new FormData();
      form.set('file', new Blob([['external_key,first_name,email', ...lines].join('\n')]), 'people.csv');
      const { id, mapping } = await ask<Import>('POST', '/imports', form);
      await ask('POST', `/imports/${id}/run`, { mapping, consent: true });
      await until('some of it is written', async () => (await progress(id)).readRows > 0);
      const before = await progress(id);
      expect(await server.end(signal)).to.equal(signal === 'SIGKILL' ? null : 0);
      expect(before.readRows, 'it was still at work').to.be.below(ROWS);

      server = await startServer({}, server);
      await until('the import is done', async () => (await progress(id)).state === 'done', 60_000);
      expect(await progress(id)).to.include({ readRows: ROWS, added: ROWS, updated: 0, bad: 0 });
      await server.end('SIGKILL');
      const db = openDatabase(server.environment.DATABASE_URL!);
      const [{ people }] = (await db('subscribers').count({ people: '*' })) as [{ people: number }];
      const [{ events }] = (await db('events').where({ kind: 'imported' }).count({ events: '*' })) as [
        { events: number },
      ];
      await db.destroy();
      expect({ people, events }).to.deep.equal({ people: ROWS, events: ROWS });
      await server.stop();
    });
  }
});
