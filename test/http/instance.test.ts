// What a restored copy tells people, who may confirm it, and what it refuses until then.
import { expect } from 'chai';
import type { Instance, InstanceState } from '../../src/domain/instance.ts';
import { Problem } from '../../src/domain/problem.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { aBot } from '../support/people.ts';
import { plainChannel } from '../support/plain-channel.ts';

describe('a restored copy over HTTP', () => {
  let app: TestApp;
  let state: InstanceState;
  let refusal: Problem | null = null;
  const channel = plainChannel('plain');
  const instance: Instance = {
    isConfirmed: async () => state.doubt === null,
    state: async () => state,
    async confirm() {
      if (refusal) throw refusal;
      state = { ...state, doubt: null };
    },
  };

  before(async () => {
    app = await startApp({ channels: [channel], deps: { instance } });
  });
  after(() => app.stop());
  beforeEach(() => {
    state = { doubt: 'copied_file', since: 5, host: 'tower', lastSentAt: 7, mailings: 2, sendingElsewhere: [] };
    refusal = null;
  });

  it('says why it asks, what is known of the original, and what would go on', async () => {
    const ask = await app.token('read');
    const { body } = await ask('GET', '/api/v1/instance');
    expect(body).to.deep.include({ confirmed: false, ...state });
    expect((body as { text: string }).text)
      .to.include('tower')
      .and.include('copy');
  });

  it('tells every page by the session', async () => {
    const ask = await app.person('analyst');
    const { body } = await ask('GET', '/api/v1/session');
    expect((body as { copy: object }).copy).to.include({ since: 5, host: 'tower' });
    state = { ...state, doubt: null };
    expect((await ask('GET', '/api/v1/session')).body).to.include({ copy: null });
  });

  it('is confirmed by an owner or admin only, and the audit log remembers it', async () => {
    const marketer = await app.person('marketer');
    expect((await marketer('POST', '/api/v1/instance/confirm')).body).to.include({ code: 'no_right', status: 403 });
    expect(state.doubt).to.equal('copied_file');
    const owner = await app.person('owner');
    expect((await owner('POST', '/api/v1/instance/confirm')).body).to.include({ confirmed: true, text: null });
    const { items } = (await owner('GET', '/api/v1/audit-log')).body as { items: { action: string; data: object }[] };
    const entry = items.find(({ action }) => action === 'instance.confirmed');
    expect(entry?.data).to.include({ doubt: 'copied_file', host: 'tower' });
  });

  it('is not confirmed while another machine sends from the same database', async () => {
    refusal = new Problem('instance_in_use', { host: 'tower' });
    const owner = await app.person('owner');
    const { body } = await owner('POST', '/api/v1/instance/confirm');
    expect(body).to.include({ code: 'instance_in_use', status: 409 });
    expect((body as { detail: string }).detail).to.include('INSTANCE_ID');
  });

  it('tells the platforms nothing: no bot is connected, a disconnected one is the original’s', async () => {
    const owner = await app.person('owner');
    const connected = await owner('POST', '/api/v1/bots', { channel: 'plain', credentials: { token: 'good-token' } });
    expect(connected.body).to.include({ code: 'restored_copy', status: 409 });
    const bot = await aBot(app.deps.db, { channel: 'plain' });
    expect((await owner('DELETE', `/api/v1/bots/${bot.publicId}`)).status).to.equal(204);
    expect(channel.connected).to.deep.equal([]);
    expect(channel.disconnected).to.deep.equal([]);
    state = { ...state, doubt: null };
    const other = await owner('POST', '/api/v1/bots', { channel: 'plain', credentials: { token: 'good-token' } });
    const { id } = other.body as { id: string };
    expect((await owner('DELETE', `/api/v1/bots/${id}`)).status).to.equal(204);
    expect(channel.disconnected).to.have.length(1);
  });

  it('leaves the webhooks alone until it is confirmed, and has them come here then', async () => {
    state = { ...state, doubt: null };
    const owner = await app.person('owner');
    const bot = await owner('POST', '/api/v1/bots', { channel: 'plain', credentials: { token: 'good-hook' } });
    state = { ...state, doubt: 'no_file' };
    channel.connected.length = 0;
    expect((await owner('PATCH', '/api/v1/settings', { publicUrl: 'https://copy.example' })).status).to.equal(200);
    expect(channel.connected).to.deep.equal([]);
    await owner('POST', '/api/v1/instance/confirm');
    const { id } = bot.body as { id: string };
    const told = channel.connected.find((one) => one.bot.publicId === id);
    expect(told?.webhookUrl).to.match(/^https:\/\/copy\.example\/webhooks\//);
  });
});
