// Health and metrics over real HTTP: of the whole server, and of a process that only sends.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createLocalBus } from '../../src/bus.ts';
import { createOpsApp } from '../../src/http/ops-app.ts';
import { histogramText } from '../../src/http/metrics.ts';
import { createLog } from '../../src/log.ts';
import { createHistogram, createMeter, observe } from '../../src/meter.ts';
import { bump } from '../../src/store/counters.ts';
import { newDatabase } from '../support/databases.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { aBot } from '../support/people.ts';
import { aSentMailing } from '../support/sent-mailing.ts';

const TOKEN = 'a-token-of-many-letters';

describe('/readyz', () => {
  let app: TestApp;
  let stopping = false;
  let redis: () => Promise<number | null>;
  const problems = async (): Promise<string[]> => {
    const { status, body } = await app.ask('GET', '/readyz');
    expect(status).to.equal(503);
    return (body as { problems: { check: string }[] }).problems.map(({ check }) => check);
  };

  before(async () => {
    const bus = { ...createLocalBus(), ping: () => redis() };
    app = await startApp({ deps: { bus, isStopping: () => stopping } });
  });
  beforeEach(() => {
    stopping = false;
    redis = async () => 1;
    app.deps.meter.lookedAt = null;
  });
  after(() => app.stop());

  it('is ready when all it stands on answers', async () => {
    expect((await app.ask('GET', '/readyz')).body).to.deep.equal({ status: 'ok' });
  });

  it('refuses at once while it stops, and goes on living', async () => {
    stopping = true;
    expect(await problems()).to.deep.equal(['stopping']);
    expect((await app.ask('GET', '/healthz')).status).to.equal(200);
  });

  it('names Redis when it does not answer in time, and when it refuses', async () => {
    redis = () => new Promise(() => undefined);
    expect(await problems()).to.deep.equal(['redis']);
    redis = () => Promise.reject(new Error('redis://user:secret@host'));
    const { text } = await app.ask('GET', '/readyz');
    expect(text).to.include('redis').and.not.include('secret');
  });

  it('names a sender that has not looked for work lately', async () => {
    app.deps.meter.lookedAt = Date.now();
    expect((await app.ask('GET', '/readyz')).status).to.equal(200);
    app.deps.meter.lookedAt = Date.now() - 60_000;
    expect(await problems()).to.deep.equal(['sender']);
  });

  it('names migrations that are missing', async () => {
    const behind = await startApp();
    const row = await behind.deps.db('migrations_log').orderBy('id', 'desc').first<{ id: number }>('id');
    await behind.deps.db('migrations_log').where({ id: row!.id }).delete();
    const { status, text } = await behind.ask('GET', '/readyz');
    expect([status, text.includes('not applied')]).to.deep.equal([503, true]);
    await behind.stop();
  });

  it('names the database', async () => {
    const away = await startApp();
    await away.deps.db.destroy();
    const { status, text } = await away.ask('GET', '/readyz');
    expect([status, text.includes('"database"')]).to.deep.equal([503, true]);
    await away.stop();
  });
});

describe('/metrics', () => {
  const apps: TestApp[] = [];
  const open = async (environment: Record<string, string> = {}): Promise<TestApp> => {
    const app = await startApp({ environment });
    apps.push(app);
    return app;
  };
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.stop();
  });

  it('tells counters, the queue by channel, and the process, in Prometheus’s own words', async () => {
    const app = await open();
    const { db, meter } = app.deps;
    const bot = await aBot(db, { channel: 'plain' });
    const { campaign } = await aSentMailing(db, { bot, states: ['sent', 'planned', 'failed'] });
    await bump(db, [{ campaignId: campaign.id, botId: bot.id, figure: 'planned', by: 10 }]);
    await db('campaigns').where({ id: campaign.id }).update({ state: 'sending' });
    meter.outcomes('plain').accepted += 3;
    meter.storeErrors += 1;
    observe(meter.delivery, 0.02);
    const { status, text, headers } = await app.ask('GET', '/metrics');
    expect(status).to.equal(200);
    expect(headers.get('content-type')).to.include('version=0.0.4');
    const lines = text.split('\n');
    expect(lines).to.include.members([
      'herald_messages_total{channel="plain",outcome="accepted"} 3',
      'herald_store_errors_total 1',
      'herald_queue_remaining{channel="plain"} 11',
      'herald_queue_due{channel="plain"} 0',
      'herald_delivery_seconds_bucket{le="0.01"} 0',
      'herald_delivery_seconds_bucket{le="0.025"} 1',
      'herald_delivery_seconds_count 1',
    ]);
    expect(text).to.include('nodejs_eventloop_lag_p99_seconds').and.include('process_resident_memory_bytes');
    for (const line of lines) expect(line).to.match(/^$|^# (HELP|TYPE) \w+ |^\w+({.+})? [\d.e+-]+$|NaN$/i);
  });

  it('is described name by name', async () => {
    const { text } = await (await open()).ask('GET', '/metrics');
    const names = [...text.matchAll(/^# TYPE (herald_\w+)/gm)].map(([, name]) => name);
    const described = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
    const listed = [...described.matchAll(/^\| `(herald_\w+)` \|/gm)].map(([, name]) => name);
    expect(listed.sort()).to.deep.equal(names.sort());
  });

  it('counts each value in its bucket and in all that are larger', () => {
    const histogram = createHistogram(1, 5);
    for (const value of [1, 2, 9]) observe(histogram, value);
    expect(histogramText('x', 'X.', histogram).split('\n')).to.include.members([
      'x_bucket{le="1"} 1',
      'x_bucket{le="5"} 2',
      'x_bucket{le="+Inf"} 3',
      'x_sum 12',
      'x_count 3',
    ]);
  });

  it('is for this machine alone, and not for what came through a proxy on it', async () => {
    const app = await open();
    expect((await app.ask('GET', '/metrics', undefined, { 'x-forwarded-for': '203.0.113.9' })).status).to.equal(403);
  });

  it('asks for the token where there is one', async () => {
    const app = await open({ METRICS_TOKEN: TOKEN });
    const ask = (authorization: string) => app.ask('GET', '/metrics', undefined, { authorization });
    expect((await app.ask('GET', '/metrics')).status).to.equal(401);
    expect((await ask('Bearer wrong')).status).to.equal(401);
    expect((await ask(`Bearer ${TOKEN}`)).status).to.equal(200);
    expect(app.logged.join('')).to.not.include(TOKEN);
  });
});

describe('a process that only sends', () => {
  it('answers health and metrics on its port and nothing else', async () => {
    const db = await newDatabase('sqlite');
    const server = createServer(
      createOpsApp({
        db,
        bus: createLocalBus(),
        log: createLog('silent'),
        meter: createMeter(),
        now: Date.now,
        isStopping: () => false,
        config: { metricsToken: null },
      }),
    );
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const get = async (path: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)).status;
    const paths = ['/healthz', '/readyz', '/metrics', '/', '/api/v1/session'];
    expect(await Promise.all(paths.map(get))).to.deep.equal([200, 200, 200, 404, 404]);
    server.closeAllConnections();
    server.close();
    await db.destroy();
  });
});

describe('x-request-id', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());
  const ask = (id?: string) =>
    app.ask('GET', '/api/v1/mailings', undefined, id === undefined ? {} : { 'x-request-id': id });

  it('is taken over, told in the answer and in the log', async () => {
    const { headers, body } = await ask('edge-4711');
    expect(headers.get('x-request-id')).to.equal('edge-4711');
    expect((body as { requestId: string }).requestId).to.equal('edge-4711');
    expect(app.logged.some((line) => line.includes('"requestId":"edge-4711"'))).to.equal(true);
  });

  it('is made where there is none, or none that is fit for a log', async () => {
    for (const id of [undefined, 'a b', '"},{"', 'x'.repeat(65)])
      expect((await ask(id)).headers.get('x-request-id')).to.match(/^[0-9A-F]{10}$/);
  });
});
