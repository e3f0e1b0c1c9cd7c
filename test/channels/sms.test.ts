import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { createHttpClient } from '../../channels/lib/http.ts';
import { createSms } from '../../channels/sms/index.ts';
import type { SmsPayload } from '../../channels/sms/render.ts';
import { signature, signedFields } from '../../channels/sms/signature.ts';
import type { Channel, ChannelBot, InboundRequest } from '../../src/domain/channel.ts';
import { type Answer, answerJson } from '../support/script-server.ts';
import { apiRootFaults, conformance, LINKS, NOW, playPlatform, readFixture } from './conformance.ts';

const ACCOUNT = 'AC00000000000000000000000000000001';
const TOKEN = 'secretsecretsecretsecretsecret01';
const FROM = '+15005550006';
const bot: ChannelBot = {
  id: 1,
  publicId: 'bot00001',
  externalId: `${ACCOUNT}/${FROM}`,
  name: 'Shop',
  credentials: { accountSid: ACCOUNT, authToken: TOKEN, from: FROM },
  apiRoot: null,
  webhookSecret: 'webhook-secret_0123456789',
};
const withCredentials = (change: Record<string, string>): ChannelBot => ({
  ...bot,
  credentials: { ...bot.credentials, ...change },
});

const create = (allowPrivate = true): Channel =>
  createSms({ http: createHttpClient({ allowPrivate: () => allowPrivate }), now: () => NOW });

const URL_CALLED = 'https://herald.example/webhooks/key?a=%2Fb';
const FORM = 'MessageSid=SM1&From=%2B15551230001&Body=caf%C3%A9+%26+more';
const formRequest = (change: Partial<InboundRequest> = {}, signed = URL_CALLED): InboundRequest => ({
  method: 'POST',
  headers: {
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'x-twilio-signature': signature(signed + signedFields(FORM), TOKEN),
  },
  query: {},
  body: Buffer.from(FORM),
  url: URL_CALLED,
  ...change,
});
const jsonRequest = (body: string, hash = createHash('sha256').update(body).digest('hex')): InboundRequest => {
  const url = `https://herald.example/webhooks/key?bodySHA256=${hash}`;
  const headers = { 'content-type': 'application/json', 'x-twilio-signature': signature(url, TOKEN) };
  return { method: 'POST', headers, query: { bodySHA256: hash }, body: Buffer.from(body), url };
};

const hello = { payload: { body: 'Hello' }, address: '+15551230001', key: '1:0' };

const at = (origin: string): ChannelBot => ({ ...bot, apiRoot: origin });
const { server, deliverTo, refusals, networkFaults } = playPlatform({ create, at, hello });

conformance('sms', create, {
  bot,
  secrets: ['hunter2', TOKEN, Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')],
  inspect: (payload) => ({
    text: (payload as unknown as SmsPayload).body,
    caption: '',
    rows: [],
    targets: [],
  }),
  requests: {
    right: [formRequest(), formRequest({}, URL_CALLED.replace('.example/', '.example:443/')), jsonRequest('{"a":1}')],
    wrong: [
      { title: 'a field that was changed', request: formRequest({ body: Buffer.from(`${FORM}!`) }) },
      { title: 'another address', request: formRequest({ url: `${URL_CALLED}&b=c` }) },
      { title: 'the signature of another address', request: formRequest({}, 'https://other.example/webhooks/key') },
      {
        title: 'the fields in a body that is not read as a form',
        request: formRequest({ headers: { ...formRequest().headers, 'content-type': 'text/plain' } }),
      },
      {
        title: 'JSON that is not the one that was signed',
        request: { ...jsonRequest('{"a":1}'), body: Buffer.from('{}') },
      },
      { title: 'JSON without a hash', request: jsonRequest('{"a":1}', '') },
    ],
  },
  updates: readFixture('sms', 'updates'),
  outcomes: [
    {
      title: 'a message that was taken',
      expected: { status: 'accepted', messageId: 'SM42' },
      deliver: (channel) => deliverTo(channel, answerJson(201, { sid: 'SM42', status: 'queued', error_code: null })),
    },
    ...refusals(readFixture('sms', 'refusals')),
    ...[21606, 21659].map((code) => ({
      title: `${code} of a short code, to a receiver in another country`,
      expected: { status: 'refused', reason: 'unreachable' } as const,
      deliver: (channel: Channel) => {
        server.answer = answerJson(400, { code, message: 'country mismatch', status: 400 });
        return channel.deliver([hello], { ...withCredentials({ from: '20888' }), apiRoot: server.origin });
      },
    })),
    ...networkFaults(),
  ],
  faults: [
    ...apiRootFaults(at),
    {
      title: 'no token',
      bot: withCredentials({ authToken: '' }),
      path: 'credentials.authToken',
      code: 'credential_missing',
    },
    {
      title: 'an account of a wrong shape',
      bot: withCredentials({ accountSid: 'SK1' }),
      path: 'credentials.accountSid',
      code: 'credential_wrong',
    },
    {
      title: 'a sender of a wrong shape',
      bot: withCredentials({ from: '+1 (500) 555' }),
      path: 'credentials.from',
      code: 'credential_wrong',
    },
  ],
});

describe('sms signature', () => {
  it('is the one that the documentation works out', () => {
    const form = new URLSearchParams({
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    });
    const signed = `https://mycompany.com/myapp.php?foo=1&bar=2${signedFields(form.toString())}`;
    expect(signature(signed, '12345')).to.equal('RSOYDt4T1cUTdK1PDd93/VVr8B8=');
  });

  it('may be over the address that was called, on a machine without a public one', () => {
    const called = formRequest({}, 'http://127.0.0.1:3000/webhooks/key?a=%2Fb');
    expect(create().verify(called, bot)).to.equal(false);
    const headers = { ...called.headers, host: '127.0.0.1:3000' };
    expect(create().verify({ ...called, headers }, bot)).to.equal(true);
  });

  it('covers the fields in the order of their names, wherever they stand', () => {
    expect(signedFields('b=2&a=1&B=3&b=1&b=2')).to.equal('B3a1b1b2');
  });
});

describe('sms read', () => {
  it('reads forms and JSON, and nothing else', () => {
    const channel = create();
    expect(channel.read?.(formRequest())).to.deep.equal({
      MessageSid: 'SM1',
      From: '+15551230001',
      Body: 'café & more',
    });
    expect(channel.read?.(jsonRequest('{"a":1}'))).to.deep.equal({ a: 1 });
    expect(channel.read?.(jsonRequest('hello'))).to.equal(undefined);
  });
});

describe('sms answer', () => {
  const asked = { MessageSid: 'SM1', SmsStatus: 'received', From: '+15551230001', Body: 'Help!' };
  const answerTo = (update: unknown, helpReply = ''): string | undefined =>
    create().answer?.(update, withCredentials({ helpReply }))?.body;

  it('answers HELP with the words of the operator, as XML', () => {
    expect(answerTo(asked, 'Shop & Co <info@shop.example>')).to.contain(
      '<Message>Shop &amp; Co &lt;info@shop.example&gt;</Message>',
    );
  });

  it('says nothing where the platform speaks for itself, nor to anything else', () => {
    const silence = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';
    expect(answerTo(asked)).to.equal(silence);
    expect(answerTo({ ...asked, OptOutType: 'HELP' }, 'Hi')).to.equal(silence);
    expect(answerTo({ ...asked, Body: 'hello' }, 'Hi')).to.equal(silence);
    expect(answerTo({ MessageSid: 'SM1', MessageStatus: 'sent' }, 'Hi')).to.equal(undefined);
  });
});

describe('sms render', () => {
  const text = (words: string) => ({ kind: 'text' as const, text: [{ text: words }] });
  const bodies = (...texts: string[]): unknown[] =>
    create()
      .render({ elements: texts.map(text) }, LINKS, [])
      .map(({ body }) => body);

  it('puts paragraphs into one message as far as it may be long', () => {
    expect(bodies('Hello', 'World')).to.deep.equal(['Hello\n\nWorld']);
    const [long, short] = ['a'.repeat(1590), 'b'.repeat(20)];
    expect(bodies(long, short, short)).to.deep.equal([long, `${short}\n\n${short}`]);
  });

  it('splits a text that its tracked address made too long', () => {
    const address = 'https://a.example/';
    const message = {
      elements: [{ kind: 'text' as const, text: [{ text: 'a '.repeat(790) }, { text: address, link: address }] }],
    };
    const sent = create().render(message, LINKS, []);
    expect(sent).to.have.length(2);
    expect(sent[1]?.body).to.equal(LINKS.inline(address));
  });
});

describe('sms deliver', () => {
  it('sends a form with basic authentication, and asks to be told what became of the message', async () => {
    server.answer = answerJson(201, { sid: 'SM1' });
    await create().deliver([hello], { ...at(server.origin), webhookUrl: 'https://herald.example/webhooks/key' });
    const [asked] = server.asked;
    expect(asked?.path).to.equal(`/2010-04-01/Accounts/${ACCOUNT}/Messages.json`);
    expect(asked?.headers.authorization).to.equal(`Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`);
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).to.deep.equal({
      To: '+15551230001',
      From: FROM,
      Body: 'Hello',
      StatusCallback: 'https://herald.example/webhooks/key#rc=5&rp=ct,rt,5xx',
    });
  });

  it('names a Messaging Service as one', async () => {
    server.answer = answerJson(201, { sid: 'SM1' });
    const service = `MG${'0'.repeat(32)}`;
    await create().deliver([hello], { ...withCredentials({ from: service }), apiRoot: server.origin });
    const form = new URLSearchParams(server.asked[0]?.body);
    expect([form.get('MessagingServiceSid'), form.get('From'), form.get('StatusCallback')]).to.deep.equal([
      service,
      null,
      null,
    ]);
  });
});

describe('sms connect', () => {
  const account = { sid: ACCOUNT, friendly_name: 'Shop Ltd', status: 'active' };
  const number = { sid: 'PN1', friendly_name: 'Shop line', phone_number: FROM };
  /** Answers by the path asked; what no part names is not there. */
  const platform =
    (answers: Readonly<Record<string, unknown>>): Answer =>
    (asked, response) => {
      const found = Object.entries(answers).find(([part]) => asked.path.includes(part))?.[1];
      const missing = { code: 20404, message: 'Not found', status: 404 };
      return answerJson(found === undefined ? 404 : 200, found ?? missing)(asked, response);
    };
  const good = platform({
    IncomingPhoneNumbers: { ...number, incoming_phone_numbers: [number] },
    '/v1/Services/MG': { sid: 'MG', friendly_name: 'Campaigns' },
    [`${ACCOUNT}.json`]: account,
  });
  const refusal = (credentials: Record<string, string>, answer: Answer): Promise<unknown> => {
    server.answer = answer;
    const asked = { ...withCredentials(credentials), apiRoot: server.origin };
    return create()
      .connect(asked, null)
      .then(
        () => null,
        (error: { fields: { path: string; code: string }[]; code: string }) =>
          error.fields[0] ? `${error.fields[0].code} at ${error.fields[0].path}` : error.code,
      );
  };

  it('points the number to our webhook', async () => {
    server.answer = good;
    const profile = await create().connect(at(server.origin), 'https://herald.example/webhooks/key');
    expect(profile).to.deep.equal({
      externalId: `${ACCOUNT}/${FROM}`,
      name: 'Shop line',
      username: FROM,
      picture: null,
      link: `sms:${FROM}?&body=START%20{ref}`,
      webhook: 'set',
    });
    const set = server.asked.find(({ method }) => method === 'POST');
    expect(set?.path).to.match(/\/IncomingPhoneNumbers\/PN1\.json$/);
    expect(Object.fromEntries(new URLSearchParams(set?.body))).to.deep.equal({
      SmsUrl: 'https://herald.example/webhooks/key#rc=5&rp=ct,rt,5xx',
      SmsMethod: 'POST',
    });
  });

  it('only looks when it checks, and takes the number back when it is let go', async () => {
    server.answer = good;
    await create().check(at(server.origin));
    expect(server.asked.map(({ method }) => method)).to.deep.equal(['GET', 'GET']);
    await create().disconnect?.(at(server.origin));
    expect(new URLSearchParams(server.asked.at(-1)?.body).get('SmsUrl')).to.equal('');
  });

  it('knows a Messaging Service, and a name that nobody can answer to', async () => {
    server.answer = good;
    const connect = (from: string) =>
      create().connect({ ...withCredentials({ from }), apiRoot: server.origin }, 'https://herald.example/webhooks/k');
    expect(await connect(`MG${'0'.repeat(32)}`)).to.include({ name: 'Campaigns', webhook: 'set', link: null });
    expect(server.asked.at(-1)?.path).to.contain('/v1/Services/MG');
    expect(await connect('SHOP')).to.include({ name: 'SHOP', webhook: 'none', link: null });
  });

  it('names what is wrong', async () => {
    const none = platform({ IncomingPhoneNumbers: { incoming_phone_numbers: [] }, [`${ACCOUNT}.json`]: account });
    expect(await refusal({}, none)).to.equal('sender_unknown at credentials.from');
    expect(await refusal({}, answerJson(401, { code: 20003, message: 'Authenticate' }))).to.equal(
      'token_refused at credentials.authToken',
    );
    expect(await refusal({}, platform({}))).to.equal('credential_wrong at credentials.accountSid');
    expect(await refusal({}, answerJson(200, '<html>'))).to.equal('api_root_wrong at apiRoot');
    expect(await refusal({}, platform({ Accounts: { ...account, status: 'suspended' } }))).to.equal('platform_refused');
  });
});
