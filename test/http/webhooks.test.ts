import { timingSafeEqual } from 'node:crypto';
import { request as openRequest } from 'node:http';
import { expect } from 'chai';
import { createLocalBus } from '../../src/bus.ts';
import type { Channel, Inbound } from '../../src/domain/channel.ts';
import { webhookRouter } from '../../src/http/webhooks.ts';
import { createMeter } from '../../src/meter.ts';
import { createLog } from '../../src/log.ts';
import { type Bot, insertBot, updateBot } from '../../src/store/bots.ts';
import { findConnection } from '../../src/store/connections.ts';
import type { Database } from '../../src/store/database.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { keyring, NOW } from '../support/people.ts';
import { plainChannel } from '../support/plain-channel.ts';
import { serve, type Served } from '../support/serve.ts';

const SECRET = 'shared-secret-0123456789';

/** The address of the last request, as its channel saw it. */
let seenAt = '';

/** Signed by a header, like most; greets whoever sets it up, like some. */
const signedChannel = (): Channel => ({
  ...plainChannel('signed'),
  verify: ({ method, headers, query, url }, bot) => {
    seenAt = url;
    const given = Buffer.from((method === 'GET' ? query.verify : headers['x-secret']) ?? '');
    const wanted = Buffer.from(bot.webhookSecret);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  },
  parse: (update) => (update as { facts?: Inbound[] }).facts ?? [],
  answer: (update) => {
    const { challenge } = update as { challenge?: string };
    return challenge === undefined ? null : { status: 200, type: 'text/plain', body: challenge };
  },
});

onEveryDatabase('the webhook intake', (db) => {
  let bot: Bot;
  let served: Served;
  let broken = false;
  const bus = createLocalBus();

  before(async () => {
    bot = await insertBot(db(), keyring, {
      channel: 'signed',
      externalId: 'b1',
      name: 'Signed',
      secrets: { credentials: {}, webhookSecret: SECRET },
      settings: {},
      profile: { username: null, picture: null, link: null },
      webhookState: 'set',
      now: NOW,
    });
    const breakable = new Proxy(db(), {
      get: (target, name) =>
        broken && name === 'transaction' ? () => Promise.reject(new Error('store is away')) : Reflect.get(target, name),
      apply: (target, _self, args) => Reflect.apply(target, undefined, args),
    }) as Database;
    served = await serve(
      webhookRouter({
        db: breakable,
        keyring,
        channels: new Map([['signed', signedChannel()]]),
        config: { apiRoots: {} },
        bus,
        now: () => NOW,
        log: createLog('silent'),
        meter: createMeter(),
        publicUrl: () => 'https://herald.example',
      }),
    );
  });
  after(() => served.stop());

  const post = (body: string, { key = bot.webhookKey, secret = SECRET } = {}): Promise<Response> =>
    fetch(`${served.url}/webhooks/${key}`, {
      method: 'POST',
      body,
      headers: { 'x-secret': secret, 'content-type': 'application/json' },
    });
  it('tells a channel the address the world knows, and for a simulated bot the one that was called', async () => {
    await post('{}');
    expect(seenAt).to.equal(`https://herald.example/webhooks/${bot.webhookKey}`);
    await updateBot(db(), bot.id, { settings: { simulated: true } });
    bus.publish('bot', { id: bot.publicId });
    await post('{}');
    expect(seenAt).to.equal(`${served.url}/webhooks/${bot.webhookKey}`);
    await updateBot(db(), bot.id, { settings: {} });
    bus.publish('bot', { id: bot.publicId });
  });

  const started = (address: string): string =>
    JSON.stringify({ facts: [{ kind: 'subscribed', externalId: `start-${address}`, at: NOW, address, ref: null }] });
  const rows = async (): Promise<number> => Number(((await db()('events').count('* as n').first()) as { n: number }).n);

  it('stores a signed update before it answers, and a repeat only once', async () => {
    const first = await post(started('anna'));
    expect(first.status).to.equal(200);
    expect(await first.text()).to.equal('');
    expect((await findConnection(db(), bot.id, 'anna'))?.status).to.equal('active');
    const before = await rows();
    expect((await post(started('anna'))).status).to.equal(200);
    expect(await rows()).to.equal(before);
  });

  it('refuses a wrong or missing secret and writes nothing', async () => {
    const before = await rows();
    const answer = await post(started('mallory'), { secret: 'shared-secret-0123456780' });
    expect(answer.status).to.equal(401);
    expect((await answer.json()) as object).to.include({ code: 'webhook_unsigned', status: 401 });
    expect((await post(started('mallory'), { secret: '' })).status).to.equal(401);
    expect(await rows()).to.equal(before);
    expect(await findConnection(db(), bot.id, 'mallory')).to.equal(null);
  });

  it('checks the signature before it reads the body', async () => {
    expect((await post('{not json', { secret: 'wrong' })).status).to.equal(401);
  });

  it('knows no other addresses', async () => {
    const answer = await post(started('x'), { key: 'nobody' });
    expect(answer.status).to.equal(404);
    expect((await answer.json()) as object).to.include({ code: 'webhook_unknown' });
  });

  it('names what is wrong with a body that is not JSON', async () => {
    const answer = await post('{"facts": [');
    expect(answer.status).to.equal(400);
    expect((await answer.json()) as object).to.include({ code: 'webhook_not_json' });
  });

  it('answers what the platform wants to read, also to the question that sets it up', async () => {
    const posted = await post(JSON.stringify({ challenge: 'abc' }));
    expect(await posted.text()).to.equal('abc');
    const asked = await fetch(`${served.url}/webhooks/${bot.webhookKey}?verify=${SECRET}&challenge=xyz`);
    expect([asked.status, await asked.text()]).to.deep.equal([200, 'xyz']);
    expect((await fetch(`${served.url}/webhooks/${bot.webhookKey}?verify=wrong&challenge=xyz`)).status).to.equal(401);
  });

  it('refuses a body of 40 MB without reading it', async () => {
    for (const announced of [true, false]) {
      const { status, code, sent } = await upload(
        `${served.url}/webhooks/${bot.webhookKey}`,
        40 * 1024 * 1024,
        announced,
      );
      expect({ status, code }).to.deep.equal({ status: 413, code: 'too_large' });
      expect(sent).to.be.below(20 * 1024 * 1024);
    }
  });

  it('takes a body of three megabytes, the most that a platform sends', async () => {
    const padded = JSON.stringify({ facts: [], padding: 'x'.repeat(3 * 1024 * 1024) });
    expect((await post(padded)).status).to.equal(200);
  });

  it('stores what is good of a request with a fact that cannot be stored, and has the rest brought again', async () => {
    const start = (address: string, externalId = `start-${address}`): object => ({
      kind: 'subscribed',
      externalId,
      at: NOW,
      address,
      ref: null,
    });
    const bring = (...facts: object[]): Promise<Response> => post(JSON.stringify({ facts }));
    // Told before, of somebody whose connection went another way since.
    expect((await bring(start('gone'))).status).to.equal(200);
    await db()('connections').where({ bot_id: bot.id, external_id: 'gone' }).update({ external_id: 'moved' });
    expect((await bring(start('gone'), start('here'))).status).to.equal(200);
    expect((await findConnection(db(), bot.id, 'here'))?.status).to.equal('active');

    expect((await bring(start('first'), { ...start('bad'), address: null }, start('last'))).status).to.equal(503);
    for (const address of ['first', 'last'])
      expect((await findConnection(db(), bot.id, address))?.status, address).to.equal('active');
  });

  it('asks the platform to come again while the store is away, and loses nothing', async () => {
    broken = true;
    const away = await post(started('patient'));
    broken = false;
    expect(away.status).to.equal(503);
    expect(Number(away.headers.get('retry-after'))).to.be.above(0);
    expect((await post(started('patient'))).status).to.equal(200);
    expect((await findConnection(db(), bot.id, 'patient'))?.status).to.equal('active');
  });

  it('believes a changed bot as soon as the bus tells of it', async () => {
    await db()('bots').where({ id: bot.id }).update({ webhook_key: 'moved' });
    bus.publish('bot', { id: bot.publicId });
    expect((await post(started('late'))).status).to.equal(404);
    await db()('bots').where({ id: bot.id }).update({ webhook_key: bot.webhookKey });
    await updateBot(db(), bot.id, { status: 'paused' });
    bus.publish('bot', { id: bot.publicId });
    expect((await post(started('late'))).status, 'a paused bot still hears').to.equal(200);
  });
});

/** Sends until it is answered; tells how much went out by then. */
function upload(
  url: string,
  size: number,
  announced: boolean,
): Promise<{ status: number; code: string; sent: number }> {
  return new Promise((resolve, reject) => {
    const state = { sent: 0, answered: false };
    const headers = {
      'x-secret': SECRET,
      ...(announced ? { 'content-length': String(size) } : { 'transfer-encoding': 'chunked' }),
    };
    const outgoing = openRequest(url, { method: 'POST', headers }, (response) => {
      state.answered = true;
      let text = '';
      response.on('data', (chunk: Buffer) => void (text += chunk.toString()));
      response.on('end', () => {
        outgoing.destroy();
        resolve({
          status: response.statusCode ?? 0,
          code: (JSON.parse(text) as { code: string }).code,
          sent: state.sent,
        });
      });
    });
    outgoing.on('error', (error) => void (state.answered || reject(error)));
    const chunk = Buffer.alloc(64 * 1024);
    const more = (): void => {
      while (!state.answered && state.sent < size) {
        state.sent += chunk.length;
        if (!outgoing.write(chunk)) {
          outgoing.once('drain', more);
          return;
        }
      }
    };
    more();
  });
}
