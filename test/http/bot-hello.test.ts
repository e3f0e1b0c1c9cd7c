// The round trip of a bot: whoever wrote to it last is answered, straight over the platform.
import { expect } from 'chai';
import { findOrCreateByConnection } from '../../src/store/subscribers.ts';
import { getBot } from '../../src/store/bots.ts';
import { updateConnection } from '../../src/store/connections.ts';
import { type Ask, startApp, type TestApp } from '../support/app.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { type PlainChannel, plainChannel } from '../support/plain-channel.ts';

onEveryDatabase('saying hello over a bot', (db) => {
  let app: TestApp;
  let ask: Ask;
  let plain: PlainChannel;
  let path = '';
  let botId = 0;

  before(async () => {
    plain = {
      ...plainChannel(),
      templates: async () => [
        {
          name: 'spring',
          language: 'en',
          text: 'Hi {{1}}',
          parameters: 1,
          state: 'approved',
          buttons: [],
          fixedLinks: 0,
        },
      ],
    };
    app = await startApp({ channels: [plain, plainChannel('other')], deps: { db: db() } });
    ask = await app.token('read', 'write', 'send');
    const { id } = (await ask('POST', '/api/v1/bots', { channel: 'plain', credentials: { token: 'good-token-1' } }))
      .body as { id: string };
    path = `/api/v1/bots/${id}`;
    botId = (await getBot(db(), id))!.id;
  });
  after(() => app.stop());

  const meet = async (address: string, heardAt: number, status: 'active' | 'unsubscribed'): Promise<void> => {
    const now = Date.now();
    const { connection } = await findOrCreateByConnection(db(), {
      botId,
      address,
      profile: { firstName: address, locale: 'es' },
      status,
      now,
    });
    await updateConnection(db(), connection.id, { lastInboundAt: heardAt });
  };

  it('waits until somebody has written, and that not long ago', async () => {
    expect((await ask('POST', `${path}/hello`)).body).to.include({ code: 'nobody_heard', status: 409 });
    await meet('old', Date.now() - 3_600_000, 'active');
    expect((await ask('POST', `${path}/hello`)).body).to.include({ code: 'nobody_heard' });
  });

  it('answers the last one who may be written to, in their language', async () => {
    await meet('ana', Date.now() - 2000, 'active');
    await meet('gone', Date.now() - 1000, 'unsubscribed');
    expect((await ask('POST', `${path}/hello`)).body).to.deep.equal({ person: 'ana', arrived: true, detail: null });
    expect(plain.sent.map(({ address }) => address)).to.deep.equal(['ana']);
    expect(JSON.stringify(plain.sent[0]?.payload)).to.include('¡Hola!');
  });

  it('says what the platform says when it does not take the answer', async () => {
    plain.deliver = async () => [{ status: 'refused', reason: 'blocked', detail: 'Forbidden: bot was blocked' }];
    const { body } = await ask('POST', `${path}/hello`);
    expect(body).to.deep.equal({ person: 'ana', arrived: false, detail: 'Forbidden: bot was blocked' });
  });

  it('lists the templates of an account, and none where the messenger has none', async () => {
    const { body } = await ask('GET', `${path}/templates`);
    expect(body).to.have.nested.property('items[0].name', 'spring');
    const other = await ask('POST', '/api/v1/bots', { channel: 'other', credentials: { token: 'good-token-2' } });
    const { id } = other.body as { id: string };
    expect((await ask('GET', `/api/v1/bots/${id}/templates`)).body).to.include({ code: 'no_templates', status: 404 });
  });
});
