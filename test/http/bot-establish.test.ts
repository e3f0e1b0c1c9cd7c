// Platforms that try our address while they are told of it: the bot must be known by then, and gone when they refuse.
import { expect } from 'chai';
import type { ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem } from '../../src/domain/problem.ts';
import { type Ask, startApp, type TestApp } from '../support/app.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { type PlainChannel, plainChannel } from '../support/plain-channel.ts';

const TOKEN = 'good-token-1234';

onEveryDatabase('connecting a bot to a platform that calls back', (db) => {
  let app: TestApp;
  let ask: Ask;
  let signed: PlainChannel;
  let refusing = false;
  const calls: number[] = [];

  before(async () => {
    const plain = plainChannel();
    signed = {
      ...plain,
      // The platform signs with the token it was just given.
      verify: ({ headers }, bot) => headers['x-token'] === bot.credentials.token,
      async connect(bot: ChannelBot, url) {
        if (url !== null) {
          const headers = { 'x-token': bot.credentials.token ?? '' };
          calls.push((await fetch(url, { method: 'POST', headers, body: '{}' })).status);
        }
        if (refusing) throw fieldProblem('credentials.token', 'token_refused');
        return plain.connect(bot, url);
      },
      async check(bot) {
        // Two tokens of one account.
        return { ...(await plain.check(bot)), externalId: 'the account' };
      },
    };
    app = await startApp({ channels: [signed], deps: { db: db() } });
    ask = await app.token('read', 'write', 'send');
    await ask('PATCH', '/api/v1/settings', { publicUrl: app.url });
  });
  after(() => app.stop());

  const connect = () => ask('POST', '/api/v1/bots', { channel: 'plain', credentials: { token: TOKEN } });
  const bots = async () => ((await ask('GET', '/api/v1/bots')).body as { items: unknown[] }).items;

  it('shows no bot when the platform refuses after all', async () => {
    refusing = true;
    expect((await connect()).body).to.have.nested.property('errors[0].code', 'token_refused');
    expect(await bots()).to.deep.equal([]);
    refusing = false;
  });

  it('answers the call that comes before the connection is made', async () => {
    calls.length = 0;
    expect((await connect()).body).to.include({ status: 'connected', webhookState: 'set' });
    expect(calls).to.deep.equal([200]);
    expect(await bots()).to.have.length(1);
  });

  it('answers it by the new token when a token is replaced, and by the old one when that is refused', async () => {
    const [bot] = (await bots()) as { id: string }[];
    const replace = (token: string) => ask('PATCH', `/api/v1/bots/${bot!.id}`, { credentials: { token } });
    calls.length = 0;
    expect((await replace('good-other-9999')).body).to.deep.include({ secrets: { token: '••••9999' } });
    refusing = true;
    expect((await replace('good-third-7777')).status).to.equal(422);
    refusing = false;
    expect(calls).to.deep.equal([200, 200]);
    const { body } = await ask('GET', `/api/v1/bots/${bot!.id}`);
    expect(body).to.deep.include({ secrets: { token: '••••9999' }, status: 'connected' });
  });
});
