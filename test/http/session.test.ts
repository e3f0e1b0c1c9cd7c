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
  before(async () => { app = await startApp(); });
  after(() => app.stop());

  it('needs an owner, and says what is wrong with every field of the form', async () => {
    expect((await app.ask('GET', '/api/v1/setup')).body).to.deep.equal({ needed: true });
    const { status, body } = await app.ask('POST', '/api/v1/setup', { ...OWNER, password: 'short', email: 'maria', name: ' ', colour: 1 });
    expect(status).to.equal(422);
    const { errors } = body as { errors: { path: string; message: string }[] };
    expect(errors.map(({ path }) => path)).to.have.members(['name', 'email', 'password', 'colour']);
    expect(errors.find(({ path }) => path === 'password')?.message).to.match(/12/);
  });

  it('refuses a wrong token and an unknown time zone', async () => {
    expect((await app.ask('POST', '/api/v1/setup', { ...OWNER, token: 'guess' })).body).to.include({ code: 'wrong_setup_token', status: 403 });
    const { body } = await app.ask('POST', '/api/v1/setup', { ...OWNER, timeZone: 'Europe/Nowhere' });
    expect(body).to.have.nested.property('errors[0].path', 'timeZone');
  });

  it('creates the owner once and signs in with a cookie that scripts cannot read', async () => {
    const { status, body, headers } = await app.ask('POST', '/api/v1/setup', OWNER);
    expect(status).to.equal(201);
    expect(body).to.have.nested.property('staff.role', 'owner');
    expect(body).to.have.nested.property('workspace.name', 'Corner café');
    expect(headers.getSetCookie()[0]).to.match(/HttpOnly/).and.match(/SameSite=Lax/);
    const session = await app.ask('GET', '/api/v1/session', undefined, { cookie: cookieOf(headers) });
    expect(session.body).to.have.nested.property('staff.email', 'maria@example.com');
    expect((await app.ask('POST', '/api/v1/setup', OWNER)).body).to.include({ code: 'already_set_up' });
  });
});
