import { expect } from 'chai';
import { createSmpp } from '../../channels/smpp/index.ts';
import type { SmppPayload } from '../../channels/smpp/render.ts';
import type { Channel, ChannelBot, Inbound, Outcome } from '../../src/domain/channel.ts';
import { until } from '../support/services.ts';
import { type Smsc, startSmsc } from '../support/smsc.ts';
import { apiRootFaults, conformance, NOW, readFixture, unreachable } from './conformance.ts';

const PASSWORD = 'smppsecret';
const bot: ChannelBot = {
  id: 1,
  publicId: 'bot00001',
  externalId: 'herald/+15005550006',
  name: 'Shop',
  credentials: { host: 'smsc.example', systemId: 'herald', password: PASSWORD, from: '+15005550006' },
  apiRoot: null,
  webhookSecret: 'webhook-secret_0123456789',
};
const withCredentials = (change: Record<string, string>, apiRoot: string | null = null): ChannelBot => ({
  ...bot,
  apiRoot,
  credentials: { ...bot.credentials, ...change },
});
const create = (allowPrivate = true, now: () => number = () => NOW): Channel =>
  createSmpp({ now, allowPrivate: () => allowPrivate });

const envelope = (text: string) => ({ payload: { text }, address: '+15551230001', key: '1:0' });

let smsc: Smsc;
const here = (change: Record<string, string> = {}): ChannelBot => withCredentials(change, smsc.origin);
const at = (origin: string): ChannelBot => withCredentials({}, origin);

before(async () => {
  smsc = await startSmsc(PASSWORD);
});
beforeEach(() => {
  smsc.status = () => 0;
  smsc.bindStatus = 0;
  smsc.delayMs = 0;
  smsc.most = 0;
  smsc.submitted.length = 0;
  smsc.binds.length = 0;
});
after(() => smsc.close());

const answering = (status: number | null) => (channel: Channel) => {
  smsc.status = () => status;
  return channel.deliver([envelope('Hello')], here());
};
const bindAnswering = (status: number) => (channel: Channel) => {
  smsc.bindStatus = status;
  return channel.deliver([envelope('Hello')], here());
};

const STATUSES: [title: string, status: number, expected: Partial<Outcome>][] = [
  ['a centre that wants it slower', 0x58, { status: 'throttled', scope: 'bot', retryAt: NOW + 1000 }],
  ['a full queue', 0x14, { status: 'throttled', scope: 'bot', retryAt: NOW + 5000 }],
  ['a number that is none', 0x0b, { status: 'refused', reason: 'unreachable', connection: 'unreachable' }],
  ['a text that is too long', 0x01, { status: 'refused', reason: 'content_refused' }],
  ['an error of the centre', 0x08, { status: 'failed' }],
  ['a sender that is not the account’s', 0x0a, { status: 'bot_refused' }],
  ['a service that is not in the contract', 0x101, { status: 'bot_refused' }],
  ['a refusal without a reason', 0x45, { status: 'refused', reason: 'platform_error' }],
  ['a status of the vendor’s own', 0x4a1, { status: 'refused', reason: 'platform_error' }],
];

conformance('smpp', create, {
  bot,
  secrets: ['hunter2', PASSWORD],
  inspect: (payload) => ({ text: (payload as unknown as SmppPayload).text, caption: '', rows: [], targets: [] }),
  requests: null,
  updates: readFixture('smpp', 'updates'),
  outcomes: [
    { title: 'a text that was taken', expected: { status: 'accepted', messageId: 'id-1' }, deliver: answering(0) },
    ...STATUSES.map(([title, status, expected]) => ({ title, expected, deliver: answering(status) })),
    { title: 'a wrong password', expected: { status: 'bot_refused' }, deliver: bindAnswering(0x0e) },
    { title: 'a bind that is refused', expected: { status: 'bot_refused' }, deliver: bindAnswering(0x0d) },
    {
      title: 'a session that ended before the answer',
      expected: { status: 'unknown' },
      deliver: async (channel) => {
        smsc.delayMs = 60_000;
        const sent = channel.deliver([envelope('Hello')], here());
        await until('the text is there', async () => smsc.most > 0);
        smsc.drop();
        return sent;
      },
    },
    ...unreachable({
      create,
      name: 'centre',
      deliver: (channel, origin = smsc.origin) => channel.deliver([envelope('Hello')], at(origin)),
    }),
  ],
  faults: [
    ...apiRootFaults(at),
    {
      title: 'a centre where nobody listens',
      bot: withCredentials({ host: '127.0.0.1', port: '1' }),
      path: 'credentials.host',
      code: 'api_root_unreachable',
    },
    {
      title: 'no password',
      bot: withCredentials({ password: '' }),
      path: 'credentials.password',
      code: 'credential_missing',
    },
    {
      title: 'a sender of a wrong shape',
      bot: withCredentials({ from: 'a name that is too long' }),
      path: 'credentials.from',
      code: 'credential_wrong',
    },
  ],
});

describe('smpp connect', () => {
  it('binds once and says goodbye', async () => {
    expect(await create().connect(here(), null)).to.deep.equal({
      externalId: 'herald/+15005550006',
      name: 'Shop',
      username: '+15005550006',
      picture: null,
      link: 'sms:+15005550006?&body=START%20{ref}',
      webhook: 'polling',
    });
    expect(smsc.binds).to.deep.equal(['bind_transmitter']);
  });

  it('names what is wrong', async () => {
    const refusal = (asked: ChannelBot, channel = create()): Promise<unknown> =>
      channel.check(asked).then(
        () => null,
        ({ fields }: { fields: { path: string; code: string }[] }) =>
          fields.map(({ path, code }) => `${code} at ${path}`),
      );
    expect(await refusal(here({ password: 'wrong' }))).to.deep.equal(['login_refused at credentials.password']);
    expect(await refusal(here(), create(false))).to.deep.equal(['api_root_private at apiRoot']);
    smsc.bindStatus = 0x05;
    expect(await refusal(here())).to.equal(null);
  });
});

describe('smpp deliver', () => {
  it('sends one part in the seven-bit alphabet, other alphabets in UCS-2', async () => {
    await create().deliver([envelope('Grüße 5 €'), envelope('Привіт 🙂')], here());
    expect(smsc.submitted).to.deep.equal([
      { to: '15551230001', text: 'Grüße 5 €', dataCoding: 0, udh: null, payload: false, receipt: 1 },
      { to: '15551230001', text: 'Привіт 🙂', dataCoding: 8, udh: null, payload: false, receipt: 1 },
    ]);
  });

  it('splits a long text into parts of one number, and asks for a receipt with the last', async () => {
    const long = `${'ї'.repeat(140)}end`;
    const [outcome] = await create().deliver([envelope(long)], here());
    expect(outcome).to.deep.equal({ status: 'accepted', messageId: 'id-3' });
    expect(smsc.submitted.map(({ text }) => text).join('')).to.equal(long);
    expect(smsc.submitted.map(({ receipt }) => receipt)).to.deep.equal([0, 0, 1]);
    const headers = smsc.submitted.map(({ udh }) => [...(udh ?? [])]);
    const reference = headers[0]?.[2];
    expect(headers).to.deep.equal([1, 2, 3].map((part) => [0, 3, reference, 3, part]));
  });

  it('sends a long text as one payload where the form says so', async () => {
    await create().deliver([envelope('a'.repeat(400))], here({ longTexts: 'payload' }));
    expect(smsc.submitted).to.have.length(1);
    expect(smsc.submitted[0]).to.include({ payload: true, text: 'a'.repeat(400), receipt: 1 });
  });

  it('does not know what became of a text of which only the first part was taken', async () => {
    smsc.status = (count) => (count === 0 ? 0 : 0x45);
    const [outcome] = await create().deliver([envelope('a'.repeat(400))], here());
    expect(outcome).to.deep.equal({ status: 'unknown', detail: 'only 1 of 3 parts were taken' });
  });

  it('finishes a long text it has begun, however often the centre wants a part later', async () => {
    let asked = 0;
    smsc.status = () => {
      asked += 1;
      return asked === 2 ? 0x58 : 0;
    };
    const [outcome] = await create().deliver([envelope('a'.repeat(400))], here());
    expect(outcome).to.deep.equal({ status: 'accepted', messageId: 'id-3' });
    expect(smsc.submitted.map(({ udh }) => udh?.at(-1))).to.deep.equal([1, 2, 3]);
  });

  it('keeps to the window, over one session', async () => {
    smsc.delayMs = 5;
    const texts = Array.from({ length: 40 }, (_, index) => envelope(`Hello ${index}`));
    const outcomes = await create().deliver(texts, here({ window: '4' }));
    expect(new Set(outcomes.map(({ status }) => status))).to.deep.equal(new Set(['accepted']));
    expect(smsc.most).to.equal(4);
    expect(smsc.binds).to.deep.equal(['bind_transmitter']);
  });

  it('binds anew after the centre was restarted, and not at every try while it is away', async () => {
    let now = NOW;
    const channel = create(true, () => now);
    const one = async (asked = here()): Promise<string | undefined> =>
      (await channel.deliver([envelope('Hello')], asked))[0]?.status;
    expect(await one()).to.equal('accepted');
    smsc.drop();
    await until('it goes out again', async () => (await one()) === 'accepted');
    expect(smsc.binds.length).to.equal(2);

    const asked = here({ window: '3' });
    smsc.bindStatus = 0x08;
    smsc.binds.length = 0;
    expect([await one(asked), await one(asked), await one(asked)]).to.deep.equal(['failed', 'failed', 'failed']);
    expect(smsc.binds.length).to.equal(1);
    now += 600;
    smsc.bindStatus = 0;
    expect(await one(asked)).to.equal('accepted');
  });
});

describe('smpp listen', () => {
  const receipt = {
    source_addr: '15551230001',
    destination_addr: '15005550006',
    esm_class: 4,
    short_message:
      'id:id-1 sub:001 dlvrd:001 submit date:2611220741 done date:2611220742 stat:DELIVRD err:000 text:Hello',
  };

  it('confirms what is stored and has the rest brought again; binds anew when the session ends', async () => {
    const channel = create();
    const stop = new AbortController();
    const facts: Inbound[] = [];
    let away = true;
    const listening = channel.listen?.(
      here(),
      async (updates) => {
        if (away) throw new Error('the store is away');
        facts.push(...updates.flatMap((update) => channel.parse(update, bot, NOW)));
      },
      stop.signal,
    );
    const bring = (fields: object): Promise<number> => smsc.bring({ ...receipt, ...fields }).catch(() => -1);
    await until('the receiver is bound', async () => (await bring({})) === 0x64);
    away = false;
    expect(await bring({})).to.equal(0);
    // On its way: the centre's word, and no reply.
    expect(await bring({ esm_class: 0x20, short_message: 'id:id-1 stat:ENROUTE' })).to.equal(0);
    expect(await bring({ esm_class: 0, short_message: 'Стоп' })).to.equal(0);
    expect(facts.map(({ kind, address }) => [kind, address])).to.deep.equal([
      ['delivered', '+15551230001'],
      ['unsubscribed', '+15551230001'],
    ]);
    smsc.drop();
    await until('the receiver is bound again', async () => (await bring({})) === 0);
    stop.abort();
    await listening;
  });

  it('ends when the centre refuses the credentials', async () => {
    const problem: unknown = await create()
      .listen?.(here({ password: 'wrong' }), async () => undefined, new AbortController().signal)
      .catch((error: unknown) => error);
    expect(problem).to.have.property('code', 'login_refused');
  });

  it('finds the message of a receipt that writes its id in another system of numbers', () => {
    const note = {
      id: 'r',
      from: '15551230001',
      text: 'id:255 stat:DELIVRD',
      receipt: true,
      receiptedId: null,
      state: null,
    };
    const idsOf = (receiptIds: string, text: string): unknown[] =>
      create()
        .parse({ ...note, text }, withCredentials({ receiptIds }), NOW)
        .map((fact) => 'messageId' in fact && fact.messageId);
    expect(idsOf('decimal', 'id:255 stat:DELIVRD')).to.deep.equal(['ff']);
    expect(idsOf('hex', 'id:00ff stat:DELIVRD')).to.deep.equal(['255']);
    expect(idsOf('same', 'id:00ff stat:DELIVRD')).to.deep.equal(['00ff']);
  });
});
