// The channel against the simulator, in another process and over real sockets; and the simulator against the documentation.
import { expect } from 'chai';
import { createHttpClient } from '../../channels/lib/http.ts';
import { createVk } from '../../channels/vk/index.ts';
import type { Element } from '../../src/domain/message.ts';
import { LINK, type Simulated, startSimulated } from '../support/simulated.ts';
import { until } from '../support/services.ts';

/** A picture of 3 × 2 grey pixels. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAADklEQVR4nGNoaGhgQBAACksBgfzK0bUAAAAASUVORK5CYII=',
  'base64',
);
const FIRST_PERSON = 500_000_001;
const hello: Element = { kind: 'text', text: [{ text: 'Hello' }] };
const buttons: Element = {
  kind: 'buttons',
  rows: [
    [
      { kind: 'message', id: 'yes', label: 'Yes', tag: 'yes' },
      { kind: 'link', id: 'go', label: 'Go', url: 'https://e.example' },
    ],
  ],
};
const create = (body: Buffer) =>
  createVk({
    http: createHttpClient({ allowPrivate: () => true }),
    readMedia: async () => ({ name: 'p.png', type: 'image/png', body }),
    now: Date.now,
  });
const channel = create(PNG);

describe('vk simulator', () => {
  let simulated: Simulated;
  before(async () => {
    simulated = await startSimulated('vk', channel);
    await simulated.control('PATCH', 'behaviour', { botRate: null });
  });
  after(() => simulated.close());

  const call = async (method: string, form: Record<string, string | number>) => {
    const { token = '' } = simulated.bot.credentials;
    const body = new URLSearchParams({ access_token: token, v: '5.199' });
    for (const [name, value] of Object.entries(form)) body.set(name, String(value));
    const answer = await fetch(`${simulated.origin}/method/${method}`, { method: 'POST', body });
    return (await answer.json()) as Record<string, unknown>;
  };

  describe('with the channel', () => {
    before(() => simulated.newBot(30));

    it('receives photo, text and keyboard in one message', async () => {
      const outcomes = await simulated.send(0, [{ kind: 'image', source: 'media:abcd1234' }, hello, buttons]);
      expect(outcomes.map(({ status }) => status)).to.deep.equal(['accepted']);
      const received = await simulated.received(0);
      expect(received).to.deep.include({
        channel: 'vk',
        person: 0,
        text: 'Hello',
        buttons: [
          [
            { label: 'Yes', data: '{"t":"token-yes"}' },
            { label: 'Go', url: LINK },
          ],
        ],
      });
      expect(received?.picture).to.match(/^photo-\d+_\d+_[0-9a-f]+$/);
    });

    it('refuses what is no picture', async () => {
      const text = create(Buffer.from('not a picture'));
      const [envelope] = await simulated.envelopes(0, [{ kind: 'image', source: 'media:abcd1234' }, hello]);
      expect((await text.deliver([envelope!], simulated.bot))[0]).to.include({ reason: 'content_refused' });
    });

    it('tells what people do: press, reply, read, leave by a word, deny messages and come back over a link', async () => {
      await simulated.act(0, { act: 'press' });
      expect(await simulated.waitFor('pressed', 0)).to.include({ token: 'token-yes' });
      await simulated.act(1, { act: 'reply', text: 'Thanks' });
      expect(await simulated.waitFor('replied', 1)).to.include({ text: 'Thanks' });
      const [outcome] = await simulated.send(1, [hello]);
      await simulated.act(1, { act: 'opened' });
      expect(await simulated.waitFor('opened', 1)).to.include({
        messageId: outcome?.status === 'accepted' ? outcome.messageId : null,
        upTo: true,
      });
      await simulated.act(2, { act: 'stop' });
      await simulated.waitFor('unsubscribed', 2);
      await simulated.act(3, { act: 'block' });
      await simulated.waitFor('unsubscribed', 3);
      expect((await simulated.send(3, [hello]))[0]).to.include({ status: 'refused', connection: 'blocked' });
      await simulated.act(3, { act: 'start', payload: 'spring' });
      await until('the tag', () => simulated.facts.some((fact) => fact.kind === 'subscribed' && fact.ref === 'spring'));
      expect((await simulated.send(3, [hello], 'back'))[0]).to.include({ status: 'accepted' });
    });

    it('says who a person is', async () => {
      const known = await simulated.control<{ firstName: string }>('GET', 'people/5');
      const profile = await channel.profile?.(await simulated.addressOf(5), simulated.bot);
      expect(profile).to.have.property('firstName', known.firstName);
    });

    it('sends each their own text in a batch, and names those who did not get it', async () => {
      await simulated.act(29, { act: 'block' });
      const envelopes = Array.from({ length: 31 }, (_, person) => ({
        payload: { message: person === 7 ? 'я'.repeat(5000) : `Hello ${person}` },
        address: String(FIRST_PERSON + person),
        key: `batch${person}-0`,
      }));
      const outcomes = await channel.deliver(envelopes, simulated.bot);
      expect(outcomes.filter(({ status }) => status === 'accepted')).to.have.length(28);
      expect(outcomes[7]).to.include({ reason: 'content_refused' });
      expect(outcomes[29]).to.include({ reason: 'blocked' });
      expect(outcomes[30]).to.include({ reason: 'unreachable' });
      expect(await simulated.received(12)).to.include({ text: 'Hello 12' });
    });

    it('drops what comes again under the same number, in whatever company', async () => {
      const before = await simulated.control<{ received: number }>('GET', 'state');
      const envelopes = [10, 11, 12].map((person) => ({
        payload: { message: 'Once' },
        address: String(FIRST_PERSON + person),
        key: `once${person}-0`,
      }));
      const first = await channel.deliver(envelopes, simulated.bot);
      const again = await channel.deliver(envelopes.slice(0, 1), simulated.bot);
      const others = await channel.deliver(envelopes.toReversed(), simulated.bot);
      expect(again).to.deep.equal(first.slice(0, 1));
      expect(others.toReversed()).to.deep.equal(first);
      const after = await simulated.control<{ received: number }>('GET', 'state');
      expect(after.received - before.received).to.equal(3);
    });

    it('holds the community to 20 requests a second', async () => {
      await simulated.control('PATCH', 'behaviour', { botRate: 20 });
      const before = Date.now();
      const outcomes = [];
      for (let sent = 0; sent < 200 && outcomes.at(-1)?.status !== 'throttled'; sent += 1)
        outcomes.push(...(await simulated.send(4, [hello], `fast${sent}`)));
      await simulated.control('PATCH', 'behaviour', { botRate: null });
      expect(outcomes.at(-1)).to.include({ status: 'throttled', scope: 'bot' });
      expect(outcomes.length).to.be.at.least(20);
      expect(outcomes.at(-1))
        .to.have.property('retryAt')
        .that.is.above(before + 999);
    });

    it('tells an event again until it hears "ok", with the same id', async () => {
      simulated.requests.length = 0;
      simulated.failures = 1;
      await simulated.act(0, { act: 'reply', text: 'again' });
      await until('the second try', () => simulated.requests.length === 2);
      expect(simulated.requests[0]?.body.equals(simulated.requests[1]!.body)).to.equal(true);
    });

    it('tells nobody any more who has let go', async () => {
      await channel.disconnect?.(simulated.bot);
      const { response } = await call('groups.getCallbackServers', { group_id: simulated.bot.externalId });
      expect(response).to.deep.include({ count: 0 });
    });
  });

  describe('as the documentation says', () => {
    before(() => simulated.newBot(1));
    const message = { peer_id: FIRST_PERSON, random_id: 1, message: 'a' };
    const keyboard = (button: object, more: object = {}) => ({
      ...message,
      keyboard: JSON.stringify({ inline: true, buttons: [[button]], ...more }),
    });
    const text = { action: { type: 'text', label: 'a' } };

    const refusals: [title: string, method: string, form: Record<string, string | number>, code: number][] = [
      ['an unknown method', 'messages.explode', {}, 3],
      ['another token', 'groups.getById', { access_token: 'x' }, 5],
      ['no token', 'groups.getById', { access_token: '' }, 5],
      ['no version', 'groups.getById', { v: '' }, 8],
      ['no number', 'messages.send', { peer_id: FIRST_PERSON, message: 'a' }, 100],
      ['no message', 'messages.send', { ...message, message: '' }, 100],
      ['a message too long', 'messages.send', { ...message, message: 'a'.repeat(4097) }, 914],
      ['an unknown photo', 'messages.send', { ...message, attachment: 'photo-1_2' }, 100],
      ['somebody who is not there', 'messages.send', { ...message, peer_id: 5 }, 936],
      ['101 receivers', 'messages.send', { ...message, peer_ids: Array.from({ length: 101 }, () => 1).join(',') }, 100],
      ['a keyboard that is no JSON', 'messages.send', { ...message, keyboard: '{' }, 911],
      ['a button of an unknown type', 'messages.send', keyboard({ action: { type: 'loud', label: 'a' } }), 911],
      ['a label too long', 'messages.send', keyboard({ action: { type: 'text', label: 'a'.repeat(41) } }), 911],
      ['a payload that is no JSON', 'messages.send', keyboard({ action: { ...text.action, payload: '{' } }), 911],
      [
        'a link with a colour',
        'messages.send',
        keyboard({ action: { type: 'open_link', label: 'a', link: 'https://e.example' }, color: 'primary' }),
        911,
      ],
      [
        'a link to nowhere',
        'messages.send',
        keyboard({ action: { type: 'open_link', label: 'a', link: 'nowhere' } }),
        911,
      ],
      ['seven rows', 'messages.send', keyboard(text, { buttons: Array.from({ length: 7 }, () => [text]) }), 911],
      ['six in a row', 'messages.send', keyboard(text, { buttons: [Array.from({ length: 6 }, () => text)] }), 911],
      [
        'eleven buttons',
        'messages.send',
        keyboard(text, { buttons: Array.from({ length: 6 }, () => [text, text]) }),
        911,
      ],
      ['a script of another kind', 'execute', { code: 'return 1;' }, 12],
      [
        '26 calls',
        'execute',
        { code: `return [${Array.from({ length: 26 }, () => 'API.groups.getById({})').join(',')}];` },
        13,
      ],
      [
        'a server of another community',
        'groups.addCallbackServer',
        { group_id: 1, url: 'https://e.example', title: 'a' },
        15,
      ],
      ['a photo that was not uploaded', 'photos.saveMessagesPhoto', { server: 1, photo: '[]', hash: 'x' }, 118],
    ];
    for (const [title, method, form, code] of refusals) {
      it(`refuses ${title}`, async () => {
        const answer = await call(method, form);
        expect(answer).to.have.nested.property('error.error_code', code);
        expect(JSON.stringify(answer)).to.not.include(simulated.bot.credentials.token);
      });
    }

    it('confirms no server that does not know the code', async () => {
      const group_id = simulated.bot.externalId;
      await call('groups.addCallbackServer', {
        group_id,
        url: 'http://127.0.0.1:1/',
        title: 'Nobody',
        secret_key: 's',
      });
      const { response } = await call('groups.getCallbackServers', { group_id });
      expect((response as { items: { title: string; status: string }[] }).items.at(-1)).to.include({
        status: 'failed',
      });
    });
  });
});
