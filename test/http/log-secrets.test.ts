// Whatever is sent through, the log never holds a password, a token or a key; not at the lowest level either.
import { pino } from 'pino';
import { expect } from 'chai';
import { createLog } from '../../src/log.ts';
import { SETUP_TOKEN, startApp, type TestApp } from '../support/app.ts';

const SECRETS = {
  password: 'a-password-nobody-knows',
  botToken: 'good-token-of-a-bot-4711',
  badToken: 'bad-token-of-a-bot-4712',
  bearer: 'herald_a-bearer-that-is-wrong',
  metrics: 'a-metrics-token-of-the-test',
  cookie: 'herald_session=a-cookie-of-somebody',
  webhook: 'a-webhook-key-that-is-guessed',
};

describe('the log', () => {
  let app: TestApp;
  const logged: string[] = [];
  before(async () => {
    const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
    app = await startApp({ deps: { log }, environment: { METRICS_TOKEN: SECRETS.metrics } });
  });
  after(() => app.stop());

  it('holds no secret of what is asked, right or wrong', async () => {
    const { ask } = app;
    const person = { token: SETUP_TOKEN, name: 'M', email: 'm@example.com', workspace: 'W', timeZone: 'UTC' };
    await ask('POST', '/api/v1/setup', { ...person, password: SECRETS.password });
    const signIn = { email: 'm@example.com', password: SECRETS.password };
    await ask('POST', '/api/v1/session', signIn, { origin: app.url });
    await ask('POST', '/api/v1/session', { ...signIn, password: `${SECRETS.password}!` }, { origin: app.url });
    await ask('GET', '/api/v1/mailings', undefined, { authorization: `Bearer ${SECRETS.bearer}` });
    await ask('GET', '/api/v1/mailings', undefined, { cookie: SECRETS.cookie });
    await ask('GET', '/metrics', undefined, { authorization: `Bearer ${SECRETS.metrics}` });
    await ask('POST', `/webhooks/${SECRETS.webhook}`, { any: 'thing' });
    const token = await app.token('read', 'write', 'send');
    for (const one of [SECRETS.botToken, SECRETS.badToken])
      await token('POST', '/api/v1/bots', { channel: 'plain', credentials: { token: one } });
    const made = await token('POST', '/api/v1/tokens', { name: 'another' });
    const text = logged.join('');
    expect(logged.length).to.be.greaterThan(5);
    const { token: fresh } = made.body as { token: string };
    for (const [what, secret] of Object.entries({ ...SECRETS, fresh, setup: SETUP_TOKEN }))
      expect(text.includes(secret), what).to.equal(false);
  });

  it('redacts what is called by a secret’s name, wherever it lies', () => {
    const lines: string[] = [];
    const log = createLog('trace', { write: (line) => void lines.push(line) });
    log.info({
      password: 'hush',
      bot: { token: 'hush', deep: { secret: 'hush' } },
      headers: { authorization: 'hush' },
    });
    expect(lines[0]).to.not.include('hush');
    expect(lines[0]?.split('[redacted]')).to.have.length(5);
  });
});
