// The channel against the simulator, in another process and over real sockets; and the simulator against the documentation.
import { expect } from 'chai';
import { createHttpClient } from '../../channels/lib/http.ts';
import { createViber } from '../../channels/viber/index.ts';
import type { Element } from '../../src/domain/message.ts';
import { translate } from '../../src/i18n.ts';
import { LINK, type Simulated, startSimulated } from '../support/simulated.ts';
import { until } from '../support/services.ts';

const hello: Element = { kind: 'text', text: [{ text: 'Hello' }] };
const buttons: Element = {
  kind: 'buttons',
  rows: [
    [
      { kind: 'message', id: 'yes', label: 'Yes & <no>', tag: 'yes' },
      { kind: 'link', id: 'go', label: 'Go', url: 'https://e.example' },
    ],
    [{ kind: 'contact', id: 'tel', label: 'My phone' }],
  ],
};
const channel = createViber({ http: createHttpClient({ allowPrivate: () => true }), translate, now: Date.now });

describe('viber simulator', () => {
  let simulated: Simulated;
  before(async () => {
    simulated = await startSimulated('viber', channel);
  });
  after(() => simulated.close());

  const call = async (method: string, body: unknown, token = simulated.bot.credentials.token ?? '') => {
    const answer = await fetch(`${simulated.origin}/pa/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-viber-auth-token': token },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  };

  describe('with the channel', () => {
    before(() => simulated.newBot(6));

    it('receives picture, text and keyboard as they were written', async () => {
      const outcomes = await simulated.send(0, [{ kind: 'image', source: 'media:abcd1234' }, hello, buttons]);
      expect(outcomes.map(({ status }) => status)).to.deep.equal(['accepted']);
      expect(await simulated.received(0)).to.deep.include({
        channel: 'viber',
        person: 0,
        method: 'picture',
        text: 'Hello',
        picture: 'http://127.0.0.1:1/media/abcd1234.jpg',
        buttons: [
          [
            { label: 'Yes & <no>', data: 'press:token-yes' },
            { label: 'Go', url: LINK },
          ],
          [{ label: 'My phone', contact: true }],
        ],
      });
    });

    it('tells what people do: press, share a phone, reply, leave by a word, leave for good and come back over a link', async () => {
      await simulated.act(0, { act: 'press' });
      expect(await simulated.waitFor('pressed', 0)).to.include({ token: 'token-yes' });
      await simulated.act(0, { act: 'share' });
      expect(await simulated.waitFor('replied', 0)).to.have.nested.property('profile.phone', '+15550000000');
      await simulated.act(1, { act: 'reply', text: 'Thanks' });
      expect(await simulated.waitFor('replied', 1)).to.include({ text: 'Thanks' });
      await simulated.act(2, { act: 'stop' });
      await simulated.waitFor('unsubscribed', 2);
      await simulated.act(3, { act: 'block' });
      await simulated.waitFor('unsubscribed', 3);
      expect((await simulated.send(3, [hello]))[0]).to.include({ status: 'refused', connection: 'blocked' });
      await simulated.act(3, { act: 'start', payload: 'spring' });
      await until('the tag', () => simulated.facts.some((fact) => fact.kind === 'subscribed' && fact.ref === 'spring'));
      expect((await simulated.send(3, [hello]))[0]).to.include({ status: 'accepted' });
    });

    it('tells receipts by token and person, late and twice, with every digit of the token', async () => {
      const [outcome] = await simulated.send(4, [hello]);
      const messageId = outcome?.status === 'accepted' ? outcome.messageId : null;
      expect(Number(messageId)).to.be.above(Number.MAX_SAFE_INTEGER);
      await simulated.act(4, { act: 'opened' });
      await simulated.act(4, { act: 'delivered' });
      expect(await simulated.waitFor('delivered', 4)).to.include({ messageId, upTo: false });
      expect(await simulated.waitFor('opened', 4)).to.include({ messageId });
    });

    it('broadcasts to all at once, with the links of each, and names those who did not get it', async () => {
      await simulated.act(5, { act: 'block' });
      const url = 'http://127.0.0.1:1/r/t?u=replace_me_with_url_encoded_receiver_id';
      const envelopes = [];
      for (const person of [0, 1, 5, 999_999]) {
        const address = await simulated.addressOf(person);
        envelopes.push({ payload: { type: 'text', text: url, min_api_version: 1 }, address, key: `${person}-0` });
      }
      const outcomes = await channel.deliver(envelopes, simulated.bot);
      expect(outcomes.map(({ status }) => status)).to.deep.equal(['accepted', 'accepted', 'refused', 'refused']);
      expect(outcomes[0]).to.deep.equal(outcomes[1]);
      expect(outcomes[2]).to.include({ reason: 'blocked' });
      expect(outcomes[3]).to.include({ reason: 'unreachable' });
      const address = encodeURIComponent(await simulated.addressOf(1));
      expect(await simulated.received(1)).to.include({ text: `http://127.0.0.1:1/r/t?u=${address}` });
    });

    it('holds one person to a hundred messages an hour, until they answer', async () => {
      const receiver = await simulated.addressOf(2);
      const message = { sender: { name: 'Shop' }, type: 'text', text: 'Again', receiver };
      const answers = await Promise.all(Array.from({ length: 101 }, () => call('send_message', message)));
      expect(answers.filter(({ status }) => status === 12)).to.have.length(1);
      expect((await simulated.send(2, [hello]))[0]).to.include({ status: 'throttled', scope: 'chat' });
      await simulated.act(2, { act: 'reply', text: 'Enough' });
      expect((await simulated.send(2, [hello]))[0]).to.include({ status: 'accepted' });
    });

    it('tells of a keyboard that the app does not take only afterwards', async () => {
      const keyboard = { Type: 'keyboard', Buttons: [{ ActionType: 'open-url', ActionBody: 'nowhere', Text: 'Go' }] };
      const address = await simulated.addressOf(1);
      await simulated.control('PATCH', 'behaviour', { deliver: 1 });
      const payload = { type: 'text', text: 'Hi', min_api_version: 1, keyboard };
      const outcomes = await channel.deliver([{ payload, address, key: 'k-0' }], simulated.bot);
      expect(outcomes[0]).to.include({ status: 'accepted' });
      expect(await simulated.waitFor('undelivered', 1)).to.include({ detail: 'button has no address' });
    });

    it('tells an opened address as a silent message, which is no reply; and some updates twice', async () => {
      simulated.facts.length = 0;
      simulated.requests.length = 0;
      await simulated.control('PATCH', 'behaviour', { deliver: 0, open: 1, repeat: 1 });
      await simulated.send(0, [hello, buttons]);
      const told = () => simulated.requests.map(({ body }) => body.toString('utf8'));
      await until('the address, twice', () => told().filter((body) => body.includes('"silent":true')).length === 2);
      await simulated.control('PATCH', 'behaviour', { open: 0, repeat: 0 });
      expect(new Set(told()).size).to.equal(1);
      expect(told()[0]).to.include(LINK);
      expect(simulated.facts).to.deep.equal([]);
    });

    it('tries a webhook again until it is received, and signs every try', async () => {
      simulated.requests.length = 0;
      simulated.failures = 1;
      await simulated.act(0, { act: 'reply', text: 'again' });
      await until('the second try', () => simulated.requests.length === 2);
      expect(simulated.requests[0]?.body.equals(simulated.requests[1]!.body)).to.equal(true);
    });
  });

  describe('as the documentation says', () => {
    const message = { sender: { name: 'Shop' }, type: 'text', text: 'a' };
    let receiver: string;
    before(async () => {
      await simulated.newBot(1);
      receiver = await simulated.addressOf(0);
    });
    const share = { Type: 'keyboard', Buttons: [{ ActionType: 'share-phone', ActionBody: 'x', Text: 'x' }] };

    const refusals: [title: string, method: string, body: object | string, status: number][] = [
      ['a body that is no JSON', 'send_message', '{', 3],
      ['a request beyond 30 kB', 'send_message', { ...message, text: 'я'.repeat(16_000) }, 3],
      ['no receiver', 'send_message', message, 4],
      ['a receiver that is nobody', 'send_message', { ...message, receiver: 'AAAA' }, 5],
      ['no sender', 'send_message', { type: 'text', text: 'a' }, 4],
      ['a sender with a long name', 'send_message', { ...message, sender: { name: 'a'.repeat(29) } }, 3],
      ['no text', 'send_message', { ...message, text: '' }, 4],
      ['a text too long', 'send_message', { ...message, text: 'a'.repeat(7001) }, 3],
      ['an unknown type', 'send_message', { ...message, type: 'poll' }, 3],
      ['a picture without an ending', 'send_message', { ...message, type: 'picture', media: 'https://e.example/p' }, 3],
      ['tracking data too long', 'send_message', { ...message, tracking_data: 'a'.repeat(4001) }, 3],
      ['a keyboard without a type', 'send_message', { ...message, keyboard: { Buttons: [{}] } }, 3],
      ['a button for newer apps', 'send_message', { ...message, keyboard: share }, 14],
      ['a list that is none', 'broadcast_message', { ...message, broadcast_list: 'x' }, 4],
      [
        'a list too long',
        'broadcast_message',
        { ...message, broadcast_list: Array.from({ length: 301 }, () => 'x') },
        3,
      ],
      ['a webhook that is no address', 'set_webhook', { url: 'nowhere' }, 1],
      ['a webhook that does not answer', 'set_webhook', { url: 'http://127.0.0.1:1/' }, 1],
    ];
    for (const [title, method, body, status] of refusals) {
      it(`refuses ${title}`, async () => {
        const needsReceiver = typeof body === 'object' && !['no receiver', 'a receiver that is nobody'].includes(title);
        expect(await call(method, needsReceiver ? { receiver, ...body } : body)).to.include({ status });
      });
    }

    it("knows no stranger's token, and no unknown method", async () => {
      expect(await call('get_account_info', {}, 'nonsense')).to.include({ status: 2 });
      expect(await call('explode', {})).to.deep.equal({ error: 'unknown method' });
    });

    it('sends nothing for a bot without a webhook', async () => {
      await call('set_webhook', { url: '' });
      expect(await call('send_message', { ...message, receiver })).to.include({ status: 10 });
    });
  });
});
