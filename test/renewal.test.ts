// Credentials that end are renewed over real HTTP before they do, saved encrypted, and told of when that fails.
import { expect } from 'chai';
import { createInstagram } from '../channels/instagram/index.ts';
import { createHttpClient, type HttpClient } from '../channels/lib/http.ts';
import { createLocalBus } from '../src/bus.ts';
import { isDue, isInDanger, newRenewal, type RenewalState } from '../src/domain/renewal.ts';
import { createLog } from '../src/log.ts';
import { renewCredentials, type RenewalDeps } from '../src/renewal.ts';
import { type Bot, getBot, openSecrets, sealSecrets, updateBot } from '../src/store/bots.ts';
import { holdJob, releaseJob } from '../src/store/job-lease.ts';
import { onEveryDatabase } from './support/databases.ts';
import { aBot, keyring, NOW } from './support/people.ts';
import { answerJson, type ScriptServer, startScriptServer } from './support/script-server.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('when credentials are renewed', () => {
  const TWO_MONTHS = { minAgeMs: 25 * HOUR, lifeMs: 60 * DAY };
  const state = (change: Partial<RenewalState>): RenewalState => ({ ...newRenewal(NOW), ...change });
  const cases: [string, RenewalState, number, boolean][] = [
    ['not while they are too young', state({}), NOW + 24 * HOUR, false],
    ['once they are old enough, to learn when they end', state({}), NOW + 25 * HOUR, true],
    ['not twice a day', state({ triedAt: NOW + 30 * HOUR }), NOW + 40 * HOUR, false],
    ['not in the first half of their life', state({ endsAt: NOW + 60 * DAY }), NOW + 29 * DAY, false],
    ['in the second half', state({ endsAt: NOW + 60 * DAY }), NOW + 31 * DAY, true],
    ['every hour in the end', state({ endsAt: NOW + 60 * DAY, triedAt: NOW + 59 * DAY }), NOW + 59 * DAY + HOUR, true],
  ];
  for (const [what, one, now, due] of cases) it(what, () => expect(isDue(one, TWO_MONTHS, now)).to.equal(due));

  it('a failure is told when the end is near or not known', () => {
    const failed = (endsAt: number | null): RenewalState => state({ endsAt, failed: 'no' });
    expect(isInDanger(failed(NOW + 29 * DAY), TWO_MONTHS, NOW)).to.equal(false);
    expect(isInDanger(failed(NOW + 19 * DAY), TWO_MONTHS, NOW)).to.equal(true);
    expect(isInDanger(failed(null), TWO_MONTHS, NOW)).to.equal(true);
    expect(isInDanger(state({ endsAt: NOW + DAY }), TWO_MONTHS, NOW)).to.equal(false);
  });
});

onEveryDatabase('renewing credentials', (db) => {
  let graph: ScriptServer;
  let http: HttpClient;
  let now = NOW;
  const told: unknown[] = [];

  before(async () => {
    graph = await startScriptServer();
    http = createHttpClient({ allowPrivate: () => true });
  });
  after(async () => {
    await http.close();
    await graph.close();
  });
  beforeEach(async () => {
    await db()('bots').update({ status: 'disconnected' });
    graph.asked.length = 0;
    now = NOW;
    told.length = 0;
  });

  const deps = (): RenewalDeps => {
    const bus = createLocalBus();
    bus.subscribe('bot', (message) => void told.push(message));
    const channel = createInstagram({ http, now: () => now });
    const apiRoots = { instagram: `${graph.origin}/v25.0` };
    const channels = new Map([[channel.name, channel]]);
    return {
      db: db(),
      keyring,
      channels,
      config: { apiRoots },
      bus,
      log: createLog('silent'),
      now: () => now,
      owner: 'here',
    };
  };
  async function bot(token: string): Promise<Bot> {
    const made = await aBot(db(), { channel: 'instagram' });
    const credentials = { token, app_secret: 'f'.repeat(32), verify_token: 'typed-by-hand' };
    await updateBot(db(), made.id, { secrets: sealSecrets(keyring, { credentials, webhookSecret: 'hook' }) });
    return again(made);
  }
  const again = async ({ publicId }: Bot): Promise<Bot> => (await getBot(db(), publicId))!;
  const tokenOf = (one: Bot): string | undefined => openSecrets(keyring, one).credentials.token;
  const fresh = answerJson(200, { access_token: 'IGfresh', token_type: 'bearer', expires_in: 5_184_000 });

  it('looks at them first, takes new ones a day later, and again in the second half of their life', async () => {
    graph.answer = fresh;
    const made = await bot('IGold');
    expect(await renewCredentials(deps())).to.equal(0);
    expect(graph.asked).to.deep.equal([]);
    now += 25 * HOUR;
    expect(await renewCredentials(deps())).to.equal(1);
    const renewed = await again(made);
    expect(tokenOf(renewed)).to.equal('IGfresh');
    expect(openSecrets(keyring, renewed)).to.deep.include({ webhookSecret: 'hook' });
    expect(openSecrets(keyring, renewed).credentials).to.include({ verify_token: 'typed-by-hand' });
    expect(JSON.stringify(renewed)).to.not.include('IGfresh');
    expect(renewed.settings.renewal).to.deep.equal({
      since: now,
      endsAt: now + 60 * DAY,
      triedAt: now,
      failed: null,
    });
    const [asked] = graph.asked;
    expect(asked?.path).to.match(/^\/refresh_access_token\?grant_type=ig_refresh_token&access_token=IGold$/);
    expect(told).to.have.length(1);
    now += 29 * DAY;
    expect(await renewCredentials(deps())).to.equal(0);
    now += 2 * DAY;
    expect(await renewCredentials(deps())).to.equal(1);
  });

  it('keeps the old ones when the platform refuses, says so, and is at peace once it succeeds', async () => {
    graph.answer = answerJson(400, { error: { code: 190, message: 'Session has expired: IGold' } });
    const made = await bot('IGold');
    await renewCredentials(deps());
    now += 25 * HOUR;
    expect(await renewCredentials(deps())).to.equal(0);
    const failed = await again(made);
    expect(tokenOf(failed)).to.equal('IGold');
    expect(failed.settings.renewal?.failed)
      .to.match(/token_refused/)
      .and.not.include('IGold');
    graph.answer = fresh;
    now += 25 * HOUR;
    await renewCredentials(deps());
    expect((await again(made)).settings.renewal).to.include({ failed: null });
  });

  it('never overwrites what a person pasted meanwhile', async () => {
    const made = await bot('IGold');
    await renewCredentials(deps());
    now += 25 * HOUR;
    const pasted = sealSecrets(keyring, { credentials: { token: 'IGpasted' }, webhookSecret: 'hook' });
    graph.answer = (asked, response) => {
      void updateBot(db(), made.id, { secrets: pasted }).then(() => fresh(asked, response));
    };
    expect(await renewCredentials(deps())).to.equal(0);
    expect(tokenOf(await again(made))).to.equal('IGpasted');
  });

  it('leaves it to whoever is at it already', async () => {
    graph.answer = fresh;
    await bot('IGold');
    await renewCredentials(deps());
    now += 25 * HOUR;
    expect(await holdJob(db(), { name: 'renewal', owner: 'elsewhere', ms: 60_000 })).to.equal(true);
    expect(await renewCredentials(deps())).to.equal(0);
    await releaseJob(db(), { name: 'renewal', owner: 'elsewhere' });
    expect(await renewCredentials(deps())).to.equal(1);
  });

  it('asks for nothing where tokens do not end', async () => {
    const made = await bot('EAApage');
    await renewCredentials(deps());
    now += 25 * HOUR;
    expect(await renewCredentials(deps())).to.equal(0);
    expect(graph.asked).to.deep.equal([]);
    expect((await again(made)).settings.renewal).to.include({ failed: null, endsAt: null });
  });
});
