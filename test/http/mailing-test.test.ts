// Test sends over real sockets: a test goes the way its mailing would, and the answer says which way that was.
import { expect } from 'chai';
import type { Capabilities } from '../../src/domain/capabilities.ts';
import type { Bot } from '../../src/http/api/bots.ts';
import type { Mailing, TestAnswer } from '../../src/http/api/mailings.ts';
import { getBot } from '../../src/store/bots.ts';
import { chargedInMonth } from '../../src/store/charges.ts';
import { findOrCreateByConnection } from '../../src/store/subscribers.ts';
import { type Ask, startApp, type TestApp } from '../support/app.ts';
import { type FakeChannel, fakeChannel } from '../support/fake-channel.ts';
import { contentOf, type Rig, startSender, text } from '../support/mailing.ts';
import { type Sink, startSink } from '../support/sink.ts';

const HOUR = 3_600_000;
const HELLO = contentOf(text('Hello'));

const CHANNELS: Record<string, Partial<Capabilities>> = {
  open: { choices: [{ key: 'loud' }] },
  strict: { window: { hours: 24, outside: 'template' } },
  shut: { window: { hours: 24, outside: 'closed' } },
  paid: { window: { hours: 24, outside: 'charged' } },
};

describe('test sends', () => {
  let sink: Sink;
  let channels: FakeChannel[];
  let app: TestApp;
  let sender: Rig;
  let ask: Ask;
  const bots: Record<string, Bot> = {};

  before(async () => {
    sink = await startSink();
    channels = Object.entries(CHANNELS).map(([name, capabilities]) => {
      const channel = fakeChannel(sink.url, { name, ...capabilities });
      channel.renderTemplate = ({ name: template, parameters }) => [{ template, parameters }];
      const { render } = channel;
      channel.render = (message, links, choices) =>
        render(message, links, choices).map((payload) => (choices.length > 0 ? { ...payload, choices } : payload));
      return channel;
    });
    app = await startApp({ channels });
    const { db, keyring, bus } = app.deps;
    sender = startSender(db, channels, { keyring, bus });
    ask = await app.token('read', 'write', 'send');
    for (const channel of Object.keys(CHANNELS)) {
      const credentials = { token: `good-${channel}-token` };
      bots[channel] = (await ask('POST', '/api/v1/bots', { channel, credentials })).body;
    }
  });
  after(async () => {
    await sender.stop();
    for (const channel of channels) await channel.close();
    await app.stop();
    await sink.stop();
  });

  let people = 0;
  const idOf = async (channel: string): Promise<number> => (await getBot(app.deps.db, bots[channel]!.id))!.id;

  /** A person on these messengers, who wrote so many hours ago; the first is the main one. */
  async function person(...on: { channel: string; hours: number }[]): Promise<string> {
    people += 1;
    const { db } = app.deps;
    const [first, ...others] = on;
    const { connection } = await findOrCreateByConnection(db, {
      botId: await idOf(first!.channel),
      address: `${first!.channel}-${people}`,
      profile: { firstName: `Person ${people}` },
      now: Date.now(),
    });
    const heard = (hours: number): number => Date.now() - hours * HOUR;
    await db('connections')
      .where({ id: connection.id })
      .update({ last_inbound_at: heard(first!.hours) });
    for (const { channel, hours } of others) {
      await db('connections').insert({
        subscriber_id: connection.subscriberId,
        bot_id: await idOf(channel),
        external_id: `${channel}-${people}`,
        status: 'active',
        since: 1,
        subscribed_at: 1,
        last_inbound_at: heard(hours),
      });
    }
    return (await db('subscribers').where({ id: connection.subscriberId }).first('public_id')).public_id as string;
  }

  async function test(subscriber: string, content: object, settings: object = {}): Promise<TestAnswer['results']> {
    const mailing: Mailing = (await ask('POST', '/api/v1/mailings', { name: 'Test', content, settings })).body;
    const answer = await ask('POST', `/api/v1/mailings/${mailing.id}/test`, { subscribers: [subscriber] });
    expect(answer.status, answer.text).to.equal(200);
    return (answer.body as TestAnswer).results;
  }
  const arrived = (address: string): object[] =>
    sink.arrivals.filter((one) => one.address === address).map(({ body }) => JSON.parse(body) as object);

  it('are the message within the window, and the template outside of it, with the person’s own words', async () => {
    const content = {
      ...HELLO,
      templates: { strict: { name: 'news', language: 'en', parameters: ['Dear {{first_name|friend}}'] } },
    };
    const [inside] = await test(await person({ channel: 'strict', hours: 1 }), content);
    expect(inside).to.include({ channel: 'strict', form: 'message', state: 'sent' });
    expect(arrived(`strict-${people}`)).to.deep.equal([text('Hello')]);
    const [outside] = await test(await person({ channel: 'strict', hours: 30 }), content);
    expect(outside).to.include({ form: 'template', state: 'sent' });
    expect(arrived(`strict-${people}`)).to.deep.equal([{ template: 'news', parameters: [`Dear Person ${people}`] }]);
  });

  it('are left out with the reason where nothing may be sent, or go over the next messenger', async () => {
    for (const channel of ['strict', 'shut']) {
      const [alone] = await test(await person({ channel, hours: 30 }), HELLO);
      expect(alone).to.include({ channel, form: null, state: 'skipped', reason: 'window_closed' });
      expect(alone?.detail).to.match(/too long ago/);
    }
    const both = [
      { channel: 'shut', hours: 30 },
      { channel: 'open', hours: 99 },
    ];
    const [moved] = await test(await person(...both), HELLO);
    expect(moved).to.include({ channel: 'open', form: 'message', state: 'sent' });
    const [stays] = await test(await person(...both), HELLO, { via: { mode: 'main', fallback: false } });
    expect(stays).to.include({ channel: 'shut', reason: 'window_closed' });
  });

  it('are charged where the mailing is, and say so', async () => {
    const [result] = await test(await person({ channel: 'paid', hours: 30 }), HELLO);
    expect(result).to.include({ form: 'charged', state: 'sent' });
    const bot = await idOf('paid');
    expect((await chargedInMonth(app.deps.db, [bot], Date.now())).get(bot)).to.equal(1);
  });

  it('carry the author’s choices, and go over the bots that the author chose', async () => {
    const someone = await person({ channel: 'paid', hours: 1 }, { channel: 'open', hours: 1 });
    const list = [bots.open!.id, bots.paid!.id];
    const settings = { via: { mode: 'bots', bots: list, each: false }, choices: { open: ['loud'] } };
    expect((await test(someone, HELLO, settings)).map(({ channel }) => channel)).to.deep.equal(['open']);
    expect(arrived(`open-${people}`)).to.deep.equal([{ ...text('Hello'), choices: ['loud'] }]);
    const each = await test(someone, HELLO, { via: { mode: 'bots', bots: list, each: true } });
    expect(each.map(({ channel, state }) => [channel, state])).to.deep.equal([
      ['open', 'sent'],
      ['paid', 'sent'],
    ]);
    const [none] = await test(someone, HELLO, { via: { mode: 'bots', bots: [bots.shut!.id], each: false } });
    expect(none).to.include({ channel: null, reason: 'unreachable' });
  });
});
