// First run, sign-in, tokens, roles, and requests that come from somewhere else.
import { expect } from 'chai';
import { cookieOf, PASSWORD, SETUP_TOKEN, startApp, type TestApp } from '../support/app.ts';

const OWNER = {
  token: SETUP_TOKEN,
  name: 'Maria',
  email: 'Maria@Example.com',
  password: PASSWORD,
  workspace: 'Corner café',
  timeZone: 'Europe/Berlin',
};

describe('first run', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  it('needs an owner, and says what is wrong with every field of the form', async () => {
    expect((await app.ask('GET', '/api/v1/setup')).body).to.deep.equal({ needed: true });
    const { status, body } = await app.ask('POST', '/api/v1/setup', {
      ...OWNER,
      password: 'short',
      email: 'maria',
      name: ' ',
      colour: 1,
    });
    expect(status).to.equal(422);
    const { errors } = body as { errors: { path: string; message: string }[] };
    expect(errors.map(({ path }) => path)).to.have.members(['name', 'email', 'password', 'colour']);
    expect(errors.find(({ path }) => path === 'password')?.message).to.match(/12/);
  });

  it('refuses a wrong token and an unknown time zone', async () => {
    expect((await app.ask('POST', '/api/v1/setup', { ...OWNER, token: 'guess' })).body).to.include({
      code: 'wrong_setup_token',
      status: 403,
    });
    const { body } = await app.ask('POST', '/api/v1/setup', { ...OWNER, timeZone: 'Europe/Nowhere' });
    expect(body).to.have.nested.property('errors[0].path', 'timeZone');
  });

  it('creates the owner once and signs in with a cookie that scripts cannot read', async () => {
    const { status, body, headers } = await app.ask('POST', '/api/v1/setup', OWNER);
    expect(status).to.equal(201);
    expect(body).to.have.nested.property('staff.role', 'owner');
    expect(body).to.have.nested.property('workspace.name', 'Corner café');
    expect(headers.getSetCookie()[0])
      .to.match(/HttpOnly/)
      .and.match(/SameSite=Lax/);
    const session = await app.ask('GET', '/api/v1/session', undefined, { cookie: cookieOf(headers) });
    expect(session.body).to.have.nested.property('staff.email', 'maria@example.com');
    expect((await app.ask('POST', '/api/v1/setup', OWNER)).body).to.include({ code: 'already_set_up' });
  });
});

describe('signing in', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp();
    await app.ask('POST', '/api/v1/setup', OWNER);
  });
  after(() => app.stop());

  const signIn = (body: unknown, headers = {}) => app.ask('POST', '/api/v1/session', body, headers);

  it('takes the password, in whatever case the address is written', async () => {
    const { status } = await signIn({ email: 'MARIA@example.com', password: PASSWORD });
    expect(status).to.equal(201);
  });

  it('says the same of a wrong password and an unknown address', async () => {
    const wrong = await signIn({ email: 'maria@example.com', password: 'guess' });
    const unknown = await signIn({ email: 'nobody@example.com', password: 'guess' });
    expect(wrong.status).to.equal(401);
    expect((wrong.body as { detail: string }).detail).to.equal((unknown.body as { detail: string }).detail);
  });

  it('answers 401 and no redirect once the session has ended', async () => {
    const { headers } = await signIn({ email: 'maria@example.com', password: PASSWORD });
    const cookie = cookieOf(headers);
    expect((await app.ask('DELETE', '/api/v1/session', undefined, { cookie, origin: app.url })).status).to.equal(204);
    const { status, body } = await app.ask('GET', '/api/v1/session', undefined, { cookie });
    expect(status).to.equal(401);
    expect(body).to.include({ code: 'not_signed_in' });
  });

  it('limits tries for one account and says how long to wait', async () => {
    const answers = [];
    for (let count = 0; count < 11; count += 1)
      answers.push(await signIn({ email: 'guessed@example.com', password: 'x' }));
    expect(answers.at(-1)?.body).to.include({ code: 'too_many_tries', detail: 'Too many tries. Wait 5 minutes.' });
    expect(answers.at(-1)?.headers.get('retry-after')).to.equal('300');
    expect((await signIn({ email: 'maria@example.com', password: PASSWORD })).status, 'another account').to.equal(201);
  });

  it('is refused from another site, and so is every change by cookie', async () => {
    const foreign = { origin: 'https://evil.example' };
    expect((await signIn({ email: 'maria@example.com', password: PASSWORD }, foreign)).body).to.include({
      code: 'other_site',
    });
    const { headers } = await signIn({ email: 'maria@example.com', password: PASSWORD });
    const cookie = cookieOf(headers);
    const patch = (extra: Record<string, string>) =>
      app.ask('PATCH', '/api/v1/settings', { name: 'Taken over' }, { cookie, ...extra });
    expect((await patch(foreign)).status).to.equal(403);
    expect((await patch({})).status, 'no origin at all').to.equal(403);
    expect((await patch({ 'sec-fetch-site': 'cross-site', origin: app.url })).status).to.equal(403);
    expect((await patch({ 'sec-fetch-site': 'same-site' })).status).to.equal(403);
    expect((await patch({ origin: app.url })).status).to.equal(200);
    expect((await app.ask('GET', '/api/v1/settings', undefined, { cookie, ...foreign })).status, 'reading').to.equal(
      200,
    );
  });

  it('speaks the language of the person, else of the browser', async () => {
    const german = await app.ask('GET', '/api/v1/session', undefined, { 'accept-language': 'de, uk;q=0.8' });
    expect((german.body as { detail: string }).detail).to.equal('Спочатку увійдіть.');
    const ask = await app.person('editor');
    expect((await ask('PATCH', '/api/v1/session', { language: 'es' })).status).to.equal(200);
    expect(((await ask('GET', '/api/v1/tokens')).body as { detail: string }).detail).to.match(/^Esto requiere el rol/);
  });
});

describe('who may do what', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  const TRIES = {
    read: ['GET', '/api/v1/mailings'],
    write: ['POST', '/api/v1/mailings'],
    send: ['POST', '/api/v1/mailings/aaaaaaaaaaaa/stop'],
    admin: ['GET', '/api/v1/tokens'],
  } as const;
  const MATRIX = {
    owner: ['read', 'write', 'send', 'admin'],
    admin: ['read', 'write', 'send', 'admin'],
    marketer: ['read', 'write', 'send'],
    editor: ['read', 'write'],
    operator: ['read'],
    analyst: ['read'],
  } as const;

  for (const [role, rights] of Object.entries(MATRIX)) {
    it(`lets ${role} ${rights.join(', ')} and nothing more`, async () => {
      const ask = await app.person(role);
      for (const [need, [method, path]] of Object.entries(TRIES)) {
        const { status } = await ask(method, path, method === 'POST' ? {} : undefined);
        expect(status === 403, `${role} ${need}`).to.equal(!(rights as readonly string[]).includes(need));
      }
    });
  }

  it('holds a token to its scopes, and to those of the token that made it', async () => {
    const ask = await app.token('read', 'write');
    expect((await ask(...TRIES.send)).body).to.include({ code: 'no_scope', status: 403 });
    expect((await ask('POST', '/api/v1/tokens', { name: 'more', scopes: ['send'] })).body).to.include({
      code: 'no_scope',
    });
    const { body } = await ask('POST', '/api/v1/tokens', { name: 'reader', scopes: ['read'] });
    const { token } = body as { token: string };
    const listed = await ask('GET', '/api/v1/tokens');
    expect(listed.text).to.not.contain(token);
    expect(
      (await app.ask('GET', '/api/v1/tokens', undefined, { authorization: 'Bearer herald_wrong' })).body,
    ).to.include({ code: 'wrong_token', status: 401 });
  });

  it('writes what was done into the log, under the name of who did it', async () => {
    const ask = await app.person('owner');
    await ask('PATCH', '/api/v1/settings', { name: 'Renamed' });
    const { body } = await ask('GET', '/api/v1/audit-log');
    const [entry] = (body as { items: { who: string; action: string }[] }).items;
    expect(entry).to.include({ who: 'owner', action: 'settings.changed' });
  });
});
