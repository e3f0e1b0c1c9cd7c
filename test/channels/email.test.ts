import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { CAPABILITIES } from '../../channels/email/capabilities.ts';
import { createEmail } from '../../channels/email/index.ts';
import { type Incoming, readMessage } from '../../channels/email/incoming.ts';
import type { Letter } from '../../channels/email/render.ts';
import { messageIdOf, readTag, taggedAddress } from '../../channels/email/tag.ts';
import type { Channel, ChannelBot, Envelope, InboundRequest, Outcome } from '../../src/domain/channel.ts';
import type { Message } from '../../src/domain/message.ts';
import { type MailServer, speak, startMailServer, type Step } from '../support/mail-server.ts';
import { freePort, until } from '../support/services.ts';
import { apiRootFaults, conformance, LINKS, NOW, readMedia, unreachable } from './conformance.ts';

const fixture = (name: string): string => readFileSync(new URL(`../fixtures/email/${name}`, import.meta.url), 'utf8');

const PASSWORD = 'mail-password-secret';
const INBOUND = 'inbound-secret-0123456789';
const PERSON = 'person1@example.com';
const bot: ChannelBot = {
  id: 1,
  publicId: 'bot00001',
  externalId: 'news@shop.example',
  name: 'Shop',
  credentials: {
    host: 'mail.shop.example',
    user: 'news@shop.example',
    password: PASSWORD,
    from: 'news@shop.example',
    fromName: 'The Shop',
    footer: 'Shop Ltd\n1 High Street',
    bounceAddress: 'bounces@shop.example',
    inboundSecret: INBOUND,
  },
  apiRoot: null,
  webhookSecret: 'webhook-secret_0123456789',
};
const withCredentials = (change: Record<string, string>, apiRoot: string | null = null): ChannelBot => ({
  ...bot,
  apiRoot,
  credentials: { ...bot.credentials, ...change },
});

let reads = 0;
const create = (allowPrivate = true, mailPort: number | null = 2525): Channel =>
  createEmail({
    readMedia: (id) => {
      reads += 1;
      return readMedia(id);
    },
    now: () => NOW,
    allowPrivate: () => allowPrivate,
    mail: mailPort === null ? null : { host: '127.0.0.1', port: mailPort },
  });

const letter = (text: string): Letter => ({
  subject: 'Hello',
  parts: [{ kind: 'text', text: [{ text }] }],
  unsubscribe: 'https://herald.example/u/token',
  pixel: 'https://herald.example/o/token',
});
const hello: Envelope = { payload: { ...letter('Hello') }, address: PERSON, key: '1:0' };
const messageId = messageIdOf(bot, hello.key, PERSON);

let server: MailServer;
const here = (change: Record<string, string> = {}): ChannelBot => withCredentials(change, server.origin);
const at = (origin: string): ChannelBot => withCredentials({}, origin);

before(async () => {
  server = await startMailServer();
});
beforeEach(() => {
  server.refuse = null;
  server.hangUp = false;
  server.taken.length = 0;
});
after(() => server.close());

/** A raw message from the fixtures, with the addresses that the bot would have made. */
const raw = (name: string): Buffer =>
  Buffer.from(
    fixture(`${name}.eml`)
      .replaceAll('{{return_path}}', taggedAddress(bot, 'b', PERSON) ?? '')
      .replaceAll('{{unsubscribe}}', taggedAddress(bot, 'u', PERSON) ?? '')
      .replaceAll('{{reply_to}}', taggedAddress(bot, 'r', PERSON) ?? '')
      .replaceAll('{{message_id}}', messageId)
      .replaceAll('\n', '\r\n'),
  );
const incoming = (name: string): Promise<Incoming> => readMessage(raw(name), []);

const undelivered = { kind: 'undelivered', at: NOW, address: PERSON, messageId };
const READ: [title: string, name: string, facts: (id: string) => unknown[]][] = [
  [
    'a bounce: nobody has this mailbox',
    'bounce-unknown',
    (id) => [
      {
        ...undelivered,
        externalId: `${id}:0`,
        reason: 'unreachable',
        connection: 'unreachable',
        detail:
          '5.1.1 550 5.1.1 <person1@example.com>: Recipient address rejected: User unknown in virtual mailbox table',
      },
    ],
  ],
  [
    'a bounce: the mailbox is full',
    'bounce-full',
    (id) => [
      {
        ...undelivered,
        externalId: `${id}:0`,
        reason: 'unreachable',
        detail: "5.2.2 552-5.2.2 The recipient's inbox is out of storage space.",
      },
    ],
  ],
  ['a delay, which may still end well', 'bounce-delayed', () => []],
  [
    'a bounce that came to the plain mailbox and bears the id of our message',
    'bounce-elsewhere',
    (id) => [
      {
        ...undelivered,
        externalId: `${id}:0`,
        address: 'Person1@Example.com',
        reason: 'unreachable',
        connection: 'unreachable',
        detail: '5.1.10',
      },
    ],
  ],
  ['a bounce that somebody made up', 'forged', () => []],
  ['a complaint', 'complaint', (id) => [{ kind: 'unsubscribed', externalId: id, at: NOW, address: PERSON }]],
  ['a letter to leave by', 'unsubscribe', (id) => [{ kind: 'unsubscribed', externalId: id, at: NOW, address: PERSON }]],
  [
    'a reply, without what it answers',
    'reply',
    (id) => [{ kind: 'replied', externalId: id, at: NOW, address: PERSON, text: 'Is the café open on Sunday?' }],
  ],
  [
    'a reply that says STOP in another language',
    'reply-stop',
    (id) => [{ kind: 'unsubscribed', externalId: id, at: NOW, address: PERSON }],
  ],
  ['an out-of-office note', 'out-of-office', () => []],
];
const updates = await Promise.all(
  READ.map(async ([name, file, facts]) => {
    const update = await incoming(file);
    return { name, update, facts: facts(update.id) };
  }),
);

const request = (change: Partial<InboundRequest>): InboundRequest => ({
  method: 'POST',
  headers: { 'content-type': 'message/rfc822' },
  query: {},
  body: raw('unsubscribe'),
  url: 'https://herald.example/webhooks/key',
  ...change,
});
const secretHeader = (secret: string): Partial<InboundRequest> => ({ headers: { 'x-webhook-secret': secret } });

interface Refused {
  name: string;
  step: Step;
  code: number;
  text: string;
  outcome: Partial<Outcome>;
}

conformance('email', create, {
  bot,
  secrets: ['hunter2', PASSWORD, INBOUND, bot.webhookSecret],
  inspect(payload) {
    const { parts } = payload as unknown as Letter;
    const buttons = parts.flatMap((part) => (part.kind === 'buttons' ? [part.buttons] : []));
    return {
      text: parts.flatMap((part) => (part.kind === 'text' ? part.text.map(({ text }) => text) : [])).join(''),
      caption: '',
      rows: buttons.map((row) => row.map(({ label }) => label)),
      targets: buttons.flat().map(({ url }) => url),
    };
  },
  requests: {
    bare: true,
    right: [
      request(secretHeader(INBOUND)),
      request({ query: { secret: INBOUND }, url: `https://herald.example/webhooks/key?secret=${INBOUND}` }),
    ],
    wrong: [
      { title: 'another secret', request: request(secretHeader(`${INBOUND}x`)) },
      { title: 'the beginning of the secret', request: request(secretHeader(INBOUND.slice(0, -1))) },
      { title: 'an empty secret', request: request(secretHeader('')) },
    ],
  },
  updates,
  outcomes: [
    {
      title: 'a letter that was taken',
      expected: { status: 'accepted', messageId },
      deliver: (channel) => channel.deliver([hello], here()),
    },
    ...(JSON.parse(fixture('refusals.json')) as Refused[]).map(({ name, step, code, text, outcome }) => ({
      title: name,
      expected: outcome,
      deliver: (channel: Channel) => {
        server.refuse = { step, code, text };
        return channel.deliver([hello], here());
      },
    })),
    {
      title: 'a connection that broke behind the letter',
      expected: { status: 'unknown' },
      deliver: (channel) => {
        server.hangUp = true;
        return channel.deliver([hello], here());
      },
    },
    ...unreachable({
      create,
      name: 'server',
      deliver: (channel, origin = server.origin) => channel.deliver([hello], at(origin)),
    }),
    {
      title: 'an address that is none',
      expected: { status: 'refused', reason: 'unreachable', connection: 'unreachable' },
      deliver: (channel) => channel.deliver([{ ...hello, address: 'nobody' }], here()),
    },
    {
      title: 'a picture that was deleted',
      expected: { status: 'refused', reason: 'content_refused' },
      deliver: (channel) => {
        const parts = [{ kind: 'image', picture: { media: 'gone0000' }, alt: '' }];
        return channel.deliver([{ ...hello, payload: { ...letter(''), parts } }], here());
      },
    },
  ],
  faults: [
    ...apiRootFaults(at),
    {
      title: 'a server where nobody listens',
      bot: withCredentials({ host: '127.0.0.1', port: '1' }),
      path: 'credentials.host',
      code: 'api_root_unreachable',
    },
    {
      title: 'a user without a password',
      bot: withCredentials({ password: '' }),
      path: 'credentials.password',
      code: 'credential_missing',
    },
    {
      title: 'no sender',
      bot: withCredentials({ from: '' }),
      path: 'credentials.from',
      code: 'credential_missing',
    },
    {
      title: 'bounces that are forwarded, and no address they come to',
      bot: withCredentials({ bounceAddress: '' }),
      path: 'credentials.bounceAddress',
      code: 'credential_missing',
    },
    {
      title: 'a key that is none',
      bot: withCredentials({ dkimSelector: 'herald', dkimKey: 'not a key' }),
      path: 'credentials.dkimKey',
      code: 'credential_wrong',
    },
  ],
});

describe('email connect', () => {
  it('signs in without sending, and says how bounces will come', async () => {
    const channel = create(true, null);
    expect(await channel.check(here())).to.deep.equal({
      externalId: 'news@shop.example',
      name: 'The Shop',
      username: 'news@shop.example',
      picture: null,
      link: null,
    });
    expect((await channel.connect(here(), null)).webhook).to.equal('manual');
    expect((await channel.connect(here({ inboundSecret: '' }), null)).webhook).to.equal('none');
    const listening = create();
    expect((await listening.connect(here({ inboundSecret: '' }), null)).webhook).to.equal('polling');
    expect((await listening.connect(here({ inboundSecret: '', bounceAddress: '' }), null)).webhook).to.equal('none');
    expect(server.taken).to.deep.equal([]);
  });

  it('names the password when the server refuses it, and a private address', async () => {
    const fieldsOf = (channel: Channel): Promise<unknown> =>
      channel.check(here()).then(
        () => null,
        ({ fields }: { fields: { path: string; code: string }[] }) => fields.map(({ path, code }) => [path, code]),
      );
    server.refuse = { step: 'auth', code: 535, text: '5.7.8 Bad credentials' };
    expect(await fieldsOf(create())).to.deep.equal([['credentials.password', 'login_refused']]);
    expect(await fieldsOf(create(false))).to.deep.equal([['apiRoot', 'api_root_private']]);
  });
});

describe('email render', () => {
  const textOf = (text: string): Message => ({ elements: [{ kind: 'text', text: [{ text }] }] });
  const subjectOf = (message: Message): unknown => create().render(message, LINKS, [])[0]?.subject;

  it('takes the first line of the text for the subject', () => {
    expect(subjectOf(textOf('\n  Big   sale\nToday only'))).to.equal('Big sale');
    expect(subjectOf(textOf('x'.repeat(500)))).to.have.length(120);
    expect(subjectOf({ elements: [{ kind: 'image', source: 'https://a.example/b.png' }] })).to.equal(null);
  });

  it('sends the bytes of a picture that has no https address', () => {
    const [made] = create().render({ elements: [{ kind: 'image', source: 'media:abcd1234' }] }, LINKS, []);
    expect(made?.parts).to.deep.equal([{ kind: 'image', picture: { media: 'abcd1234' }, alt: '' }]);
  });
});

describe('email subscriptions by letter', () => {
  const joining = withCredentials({ joinByLetter: 'yes' });
  const asked = (from: string, subject: string): Promise<Incoming> =>
    readMessage(Buffer.from(`From: ${from}\r\nTo: Bounces+Join@shop.example\r\nSubject: ${subject}\r\n\r\n`), []);

  it('are taken where the operator wants them, with the tag of the link', async () => {
    const mail = await asked('Ada Lovelace <Ada@Example.com>', 'START spring');
    const profile = { email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace' };
    expect(create().parse(mail, joining, NOW)).to.deep.equal([
      { kind: 'subscribed', externalId: mail.id, at: NOW, address: 'ada@example.com', profile, ref: 'spring' },
    ]);
    expect(create().parse(mail, bot, NOW)).to.deep.equal([]);
    expect(create().parse(await asked('a@example.com', 'Hello'), joining, NOW)).to.deep.equal([]);
    const account = await create().check(here({ joinByLetter: 'yes' }));
    expect(account.link).to.equal('mailto:bounces+join@shop.example?subject=START%20{ref}');
  });
});

describe('email deliver', () => {
  it('writes a letter with both forms and the headers of a mailing', async () => {
    const parts = [
      { kind: 'text', text: [{ text: 'Hello <b> & @@1@@\nline', bold: true, link: 'https://go.example/r?a=1&b=2' }] },
      { kind: 'image', picture: { media: 'abcd1234' }, alt: 'A "mug"' },
      { kind: 'buttons', buttons: [{ label: 'Buy', url: 'https://go.example/b/1' }] },
    ];
    await create().deliver([{ ...hello, payload: { ...letter(''), parts } }], here());
    const [{ from, to, mail, raw: source }] = server.taken as [MailServer['taken'][number]];
    expect([from, to]).to.deep.equal([taggedAddress(bot, 'b', PERSON, hello.key), [PERSON]]);
    expect(mail).to.deep.include({ subject: 'Hello', messageId: `<${messageId}>` });
    expect(mail.from).to.deep.equal({ name: 'The Shop', address: 'news@shop.example' });
    expect(mail.replyTo).to.deep.equal([{ name: 'The Shop', address: taggedAddress(bot, 'r', PERSON) }]);
    expect(mail.html)
      .to.contain('<b>Hello &lt;b&gt; &amp; @@1@@<br />line</b>')
      .and.contain('href="https://go.example/r?a=1&amp;b=2"')
      .and.contain('href="https://go.example/b/1"')
      .and.contain('alt="A &quot;mug&quot;"')
      .and.contain('Shop Ltd<br />1 High Street')
      .and.contain('href="https://herald.example/u/token"')
      .and.contain('src="https://herald.example/o/token"')
      .and.not.match(/@@[02-9]/);
    expect(mail.text)
      .to.contain('Hello <b> & @@1@@\nline (https://go.example/r?a=1&b=2)')
      .and.contain('Buy: https://go.example/b/1')
      .and.contain('Unsubscribe: https://herald.example/u/token');
    expect(
      mail.attachments.map(({ contentId, mimeType, related }) => ({ contentId, mimeType, related })),
    ).to.deep.equal([{ contentId: '<abcd1234@shop.example>', mimeType: 'image/png', related: true }]);
    const headers = Object.fromEntries(mail.headers.map(({ key, value }) => [key, value]));
    expect(headers).to.include({
      'list-id': '<bot00001.shop.example>',
      'list-unsubscribe': `<https://herald.example/u/token>, <mailto:${taggedAddress(bot, 'u', PERSON)}?subject=unsubscribe>`,
      'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
      'feedback-id': 'mailing:bot00001:herald:shop.example',
      precedence: 'bulk',
    });
    expect(source.split('\r\n').every((line) => line.length <= 998)).to.equal(true);
  });

  it('has the colours of its preview, in the light and in the dark', async () => {
    const parts = [
      { kind: 'text', text: [{ text: 'Hello' }] },
      { kind: 'buttons', buttons: [{ label: 'Buy', url: 'https://go.example/b/1' }] },
    ];
    await create().deliver([{ ...hello, payload: { ...letter(''), parts } }], here());
    const html = server.taken[0]?.mail.html ?? '';
    const [light = '', dark = ''] = html.split('@media (prefers-color-scheme:dark)');
    const { look } = CAPABILITIES;
    expect(html).to.include('<meta name="color-scheme" content="light dark">');
    for (const color of Object.values(look.dark)) expect(dark.split('</style>')[0]).to.include(color);
    for (const color of Object.values(look.light)) expect(light + dark).to.include(color);
  });

  it('sends many personal letters over few connections, and reads their picture once', async () => {
    const before = { reads, connections: server.connections };
    const parts = (name: string) => [
      { kind: 'text', text: [{ text: `Hello ${name}` }] },
      { kind: 'image', picture: { media: 'abcd1234' }, alt: '' },
    ];
    const outcomes = await create().deliver(
      Array.from({ length: 60 }, (_, index) => ({
        payload: { ...letter(''), parts: parts(`person ${index}`) },
        address: `person${index}@example.com`,
        key: `${index}:0`,
      })),
      here(),
    );
    expect(new Set(outcomes.map(({ status }) => status))).to.deep.equal(new Set(['accepted']));
    expect(new Set(server.taken.map(({ mail }) => mail.html?.match(/person \d+/)?.[0])).size).to.equal(60);
    expect(reads - before.reads).to.equal(1);
    expect(server.connections - before.connections).to.be.at.most(20);
  });

  it('takes the subject of the form, then the name of the bot, where the text gives none', async () => {
    const without = { ...hello, payload: { ...letter('Hello'), subject: null } };
    await create().deliver([without], here({ subject: 'News' }));
    await create().deliver([without], here());
    expect(server.taken.map(({ mail }) => mail.subject)).to.deep.equal(['News', 'Shop']);
  });

  it('signs both headers of the one-click way out', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    // A form's single line loses the line breaks of a key.
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().replaceAll('\n', ' ');
    await create().deliver([hello], here({ dkimSelector: 'herald', dkimKey: key }));
    const signature = server.taken[0]?.mail.headers.find(({ key: name }) => name === 'dkim-signature')?.value ?? '';
    const signed = /;h=([^;]+);/.exec(signature.replace(/\s+/g, ''))?.[1]?.split(':') ?? [];
    expect(signature).to.contain('d=shop.example').and.contain('s=herald');
    const wanted = 'from,to,subject,message-id,list-unsubscribe,list-unsubscribe-post';
    expect(signed.map((name) => name.toLowerCase())).to.include.members(wanted.split(','));
  });

  it('does not let a name break out of a header', async () => {
    await create().deliver([{ ...hello, payload: { ...letter('x'), subject: 'Hi\r\nBcc: evil@example.com' } }], here());
    expect(server.taken[0]?.mail.headers.some(({ key }) => key === 'bcc')).to.equal(false);
    expect(server.taken[0]?.to).to.deep.equal([PERSON]);
  });
});

describe('email tags', () => {
  it('come back as what they were, whatever happened to their letter case', () => {
    for (const kind of ['b', 'u', 'r'] as const) {
      const tagged = taggedAddress(bot, kind, 'Some.One+tag@Sub.Example.com') ?? '';
      expect(readTag(bot, tagged)).to.deep.equal({ kind, address: 'Some.One+tag@Sub.Example.com', key: null });
      expect(readTag(bot, tagged.toLowerCase())?.kind).to.equal(kind);
      expect(tagged.indexOf('@')).to.be.at.most(64);
    }
  });

  it('name the delivery, where there is room for it', () => {
    const tagged = taggedAddress(bot, 'b', PERSON, '4711-0') ?? '';
    expect(readTag(bot, tagged.toUpperCase().replace('SHOP.EXAMPLE', 'shop.example'))).to.include({ key: '4711-0' });
    const long = `${'x'.repeat(20)}@sub.example.com`;
    expect(readTag(bot, taggedAddress(bot, 'b', long, '4711-0') ?? '')).to.include({ key: null, address: long });
    expect(readTag(bot, taggedAddress(bot, 'b', PERSON, 'not for.an address') ?? '')).to.include({ key: null });
  });

  it('are believed of this bot only, as they were made', () => {
    const tagged = taggedAddress(bot, 'b', PERSON, '4711-0') ?? '';
    const wrong = [
      tagged.replace('person1', 'person2'),
      tagged.replace('4711', '4712'),
      tagged.replace('b.4711-0.', 'b-'),
      tagged.replace('+b.', '+u.'),
      tagged.replace('@shop.example', '@other.example'),
      tagged.replace(/-[0-9a-f]+@/, '@'),
      'bounces@shop.example',
      '',
    ];
    expect(wrong.map((address) => readTag(bot, address))).to.deep.equal(wrong.map(() => null));
    expect(readTag({ ...bot, webhookSecret: 'another' }, tagged)).to.equal(null);
    expect(readTag({ ...bot, webhookSecret: '' }, tagged)).to.equal(null);
  });

  it('are left out where the address is too long for them', () => {
    expect(taggedAddress(bot, 'b', `${'x'.repeat(50)}@example.com`)).to.equal(null);
    expect(taggedAddress(withCredentials({ bounceAddress: '' }), 'b', PERSON)).to.equal(null);
  });
});

describe('email listen', () => {
  const session = (recipients: readonly string[], data: Buffer): string[] => [
    'EHLO mx.example.net',
    'MAIL FROM:<>',
    ...recipients.map((recipient) => `RCPT TO:<${recipient}>`),
    'DATA',
    `${data.toString('utf8')}\r\n.`,
    'QUIT',
  ];
  const other: ChannelBot = { ...bot, id: 2, publicId: 'bot00002', webhookSecret: 'another-secret_0123456789' };
  const pathOf = (of: ChannelBot): string => taggedAddress(of, 'b', PERSON, hello.key.replace(':', '-')) ?? '';
  let port: number;
  let channel: Channel;
  let stops: AbortController[];
  let ended: Promise<unknown>[];

  beforeEach(async () => {
    port = await freePort();
    channel = create(true, port);
    stops = [];
    ended = [];
  });
  afterEach(async () => {
    for (const stop of stops) stop.abort();
    await Promise.all(ended);
  });

  const listenTo = (to: ChannelBot, take: (updates: readonly unknown[]) => Promise<void>): AbortController => {
    const stop = new AbortController();
    stops.push(stop);
    ended.push(channel.listen?.(to, take, stop.signal) ?? Promise.resolve());
    return stop;
  };
  const tell = (recipients: readonly string[], data = raw('bounce-unknown')): Promise<string[]> =>
    speak(port, session(recipients, data));
  const isOpen = (): Promise<void> =>
    until('the port is open', async () => (await channel.sharedPort?.probe()) === 'ours');

  it('takes bounces to our own addresses only, and says so after they are stored', async () => {
    const stored: unknown[] = [];
    let away = true;
    listenTo(bot, async (given) => {
      if (away) throw new Error('the store is away');
      stored.push(...given);
    });
    await isOpen();
    expect((await tell([pathOf(bot)]))[5]).to.match(/^451/);
    away = false;
    expect((await tell([pathOf(bot)]))[5]).to.match(/^250/);
    const facts = stored.flatMap((update) => channel.parse(update, bot, NOW));
    expect(facts.map(({ kind, address }) => [kind, address])).to.deep.equal([['undelivered', PERSON]]);
  });

  it('refuses what is forged, unknown or for others at the door', async () => {
    let taken = 0;
    listenTo(bot, async () => void (taken += 1));
    await isOpen();
    const answerTo = async (recipient: string): Promise<string> => (await tell([recipient]))[3] ?? '';
    expect(await answerTo('bounces@shop.example')).to.match(/^550 5\.1\.1/);
    expect(await answerTo(pathOf(bot).replace('person1', 'person2'))).to.match(/^550 5\.1\.1/);
    expect(await answerTo(pathOf(other))).to.match(/^550 5\.1\.1/);
    expect(await answerTo('somebody@elsewhere.example')).to.match(/^550 5\.7\.1/);
    expect(taken).to.equal(0);
  });

  it('has one port for all bots: the return path tells whose letter it is, and which delivery', async () => {
    const stored = new Map<number, unknown[]>([
      [1, []],
      [2, []],
    ]);
    const first = listenTo(bot, async (given) => void stored.get(1)?.push(...given));
    listenTo(other, async (given) => void stored.get(2)?.push(...given));
    await isOpen();
    expect((await tell([pathOf(other)]))[5]).to.match(/^250/);
    expect([stored.get(1)?.length, stored.get(2)?.length]).to.deep.equal([0, 1]);
    expect((await tell([pathOf(bot), pathOf(other)]))[6]).to.match(/^250/);
    expect([stored.get(1)?.length, stored.get(2)?.length]).to.deep.equal([1, 2]);
    const factsOf = (one: ChannelBot) =>
      (stored.get(one.id) ?? []).flatMap((update) => channel.parse(update, one, NOW));
    // The report bears the id of another message; the path names the delivery it came from.
    expect(factsOf(other)[0]).to.include({ address: PERSON, messageId: messageIdOf(other, '1-0', PERSON) });
    // One is let go of; the other's letters come as before.
    first.abort();
    await ended[0];
    expect((await tell([pathOf(bot)]))[3]).to.match(/^550/);
    expect((await tell([pathOf(other)]))[5]).to.match(/^250/);
  });

  it('takes complaints of mail providers, and believes those about its own letters', async () => {
    const facts: [number, string, string][] = [];
    for (const one of [other, bot])
      listenTo(one, async (given) => {
        for (const { kind, address } of given.flatMap((update) => channel.parse(update, one, NOW)))
          facts.push([one.id, kind, address]);
      });
    await isOpen();
    expect((await tell(['bounces+complaints@shop.example'], raw('complaint')))[5]).to.match(/^250/);
    expect((await tell(['bounces+complaints@shop.example'], raw('forged')))[5]).to.match(/^250/);
    expect(facts).to.deep.equal([[1, 'unsubscribed', PERSON]]);
  });

  it('opens the port again after its last bot has gone', async () => {
    const only = listenTo(bot, async () => undefined);
    await isOpen();
    only.abort();
    await ended[0];
    expect(await channel.sharedPort?.probe()).to.equal('nobody');
    listenTo(bot, async () => undefined);
    await isOpen();
  });

  it('names the port that it cannot have, and sees that another has it', async () => {
    const taken = create(true, server.port);
    const problem: unknown = await taken
      .listen?.(bot, async () => undefined, new AbortController().signal)
      .catch((error: unknown) => error);
    expect(problem).to.have.property('code', 'port_unavailable');
    expect(await taken.sharedPort?.probe()).to.equal('other');
  });
});
