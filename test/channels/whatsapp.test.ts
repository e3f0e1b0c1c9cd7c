import { expect } from 'chai';
import { proofOf } from '../../channels/lib/graph/client.ts';
import { readTemplate } from '../../channels/lib/graph/templates.ts';
import { createHttpClient } from '../../channels/lib/http.ts';
import { createWhatsApp } from '../../channels/whatsapp/index.ts';
import { toMarkup } from '../../channels/whatsapp/markup.ts';
import type { Interactive, WhatsAppPayload } from '../../channels/whatsapp/render.ts';
import type { Channel, ChannelBot, Envelope, Payload } from '../../src/domain/channel.ts';
import type { Element, Run } from '../../src/domain/message.ts';
import { graphHandshakes, graphRequests } from '../support/graph.ts';
import { answerJson, type ScriptServer } from '../support/script-server.ts';
import {
  apiRootFaults,
  conformance,
  type Inspected,
  LINKS,
  NOW,
  playPlatform,
  readFixture,
  readMedia,
} from './conformance.ts';

const TOKEN = 'EAAGm0PX4ZCpsBAKZCsecret0123456789';
const APP_SECRET = '00112233445566778899aabbccddeeff';
const SECRET = 'webhook-secret_0123';
const PHONE_ID = '106540352242922';
const ACCOUNT_ID = '102290129340398';

const bot: ChannelBot = {
  id: 7,
  publicId: 'bot00007',
  externalId: PHONE_ID,
  name: 'Shop',
  credentials: { token: TOKEN, app_secret: APP_SECRET, phone_number_id: PHONE_ID, waba_id: ACCOUNT_ID },
  apiRoot: null,
  webhookSecret: SECRET,
};
const create = (allowPrivate = true): Channel =>
  createWhatsApp({
    http: createHttpClient({ allowPrivate: () => allowPrivate }),
    readMedia,
    now: () => NOW,
  });

const at = (origin: string): ChannelBot => ({ ...bot, apiRoot: origin });
const hello: Envelope = {
  payload: { type: 'text', text: { body: 'Hello', preview_url: false } },
  address: '16505551234',
  key: '1:0',
};
const accepted = {
  messaging_product: 'whatsapp',
  contacts: [{ input: '16505551234', wa_id: '16505551234' }],
  messages: [{ id: 'wamid.sent1' }],
};
const { server, deliverTo, refusals, networkFaults } = playPlatform({ create, at, hello });

/** Labels and targets of an interactive message. */
function buttonsOf(interactive: Interactive): { label: string; target: string }[] {
  switch (interactive.type) {
    case 'button':
      return interactive.action.buttons.map(({ reply }) => ({ label: reply.title, target: reply.id }));
    case 'list':
      return interactive.action.sections[0].rows.map(({ id, title }) => ({ label: title, target: id }));
    case 'cta_url': {
      const { display_text: label, url: target } = interactive.action.parameters;
      return [{ label, target }];
    }
    case 'request_contact_info':
      return [];
    default:
      return interactive satisfies never;
  }
}

function inspect(payload: Payload): Inspected {
  const call = payload as unknown as WhatsAppPayload;
  const nothing = { text: '', caption: '', rows: [], targets: [] };
  if (call.type === 'text') return { ...nothing, text: call.text.body };
  if (call.type === 'image') return { ...nothing, caption: call.image.caption ?? '' };
  if (call.type === 'template') return nothing;
  const buttons = buttonsOf(call.interactive);
  const labels = buttons.map(({ label }) => label);
  const words = call.interactive.body.text;
  // Labels that stand in for a missing text are no text.
  const text = labels.join(' · ').startsWith(words) ? '' : words;
  return {
    ...(call.interactive.header ? { text: '', caption: text } : { text, caption: '' }),
    rows: labels.map((label) => [label]),
    targets: buttons.map(({ target }) => target),
  };
}

const updates = readFixture<{ name: string; update: unknown; facts: readonly unknown[] }[]>('whatsapp', 'updates');

conformance('whatsapp', create, {
  bot,
  secrets: [TOKEN, APP_SECRET, SECRET, proofOf(TOKEN, APP_SECRET), 'hunter2'],
  inspect,
  marks: /[*_~`]/u,
  requests: graphRequests(updates[0]?.update, APP_SECRET),
  handshakes: graphHandshakes(SECRET),
  updates,
  outcomes: [
    {
      title: 'a message that went out',
      expected: { status: 'accepted', messageId: 'wamid.sent1' },
      deliver: (channel) => deliverTo(channel, answerJson(200, accepted)),
    },
    ...refusals(readFixture('whatsapp', 'refusals')),
    ...networkFaults(),
    {
      title: 'a picture that was deleted',
      expected: { status: 'refused', reason: 'content_refused' },
      deliver: (channel) =>
        channel.deliver([{ ...hello, payload: { type: 'image', image: {}, media: 'gone0000' } }], at(server.origin)),
    },
  ],
  faults: [
    {
      title: 'no account',
      bot: { ...bot, credentials: { token: TOKEN, app_secret: APP_SECRET, phone_number_id: PHONE_ID } },
      path: 'credentials.waba_id',
      code: 'credential_missing',
    },
    {
      title: 'a phone number in the place of its id',
      bot: { ...bot, credentials: { ...bot.credentials, phone_number_id: '+1 555 078 3881' } },
      path: 'credentials.phone_number_id',
      code: 'credential_wrong',
    },
    ...apiRootFaults(at),
  ],
});

describe('whatsapp connect', () => {
  const number = { id: PHONE_ID, verified_name: 'Jasper’s Market', display_phone_number: '+1 555-078-3881' };
  const pathOf = (path: string): string => new URL(path, 'http://x').pathname.slice(1);
  const calls = (): string[] => server.asked.map(({ method, path }) => `${method} ${pathOf(path)}`);
  const script =
    (answers: Record<string, { status: number; body: unknown }> = {}): ScriptServer['answer'] =>
    (asked, response) => {
      const usual: typeof answers = {
        [`GET ${PHONE_ID}`]: { status: 200, body: number },
        [`GET ${ACCOUNT_ID}`]: { status: 200, body: { id: ACCOUNT_ID } },
      };
      const key = `${asked.method} ${pathOf(asked.path)}`;
      const { status, body } = answers[key] ?? usual[key] ?? { status: 200, body: { success: true } };
      answerJson(status, body)(asked, response);
    };

  it("has the number's own updates sent to us, past the app's webhook, and takes that back", async () => {
    server.answer = script();
    const profile = await create().connect(at(server.origin), 'https://herald.example/webhooks/key');
    expect(profile).to.deep.equal({
      externalId: PHONE_ID,
      name: 'Jasper’s Market',
      username: null,
      picture: null,
      link: 'https://wa.me/15550783881?text=START%20{ref}',
      webhook: 'set',
    });
    expect(calls()).to.deep.equal([
      `GET ${PHONE_ID}`,
      `GET ${ACCOUNT_ID}`,
      `GET ${PHONE_ID}/whatsapp_business_profile`,
      `POST ${ACCOUNT_ID}/subscribed_apps`,
      `POST ${PHONE_ID}`,
    ]);
    const override = (): unknown => JSON.parse(server.asked.at(-1)?.body ?? '');
    expect(override()).to.deep.equal({
      webhook_configuration: {
        override_callback_uri: 'https://herald.example/webhooks/key',
        verify_token: SECRET,
      },
    });
    await create().disconnect?.(at(server.origin));
    expect(override()).to.deep.equal({ webhook_configuration: { override_callback_uri: '' } });
  });

  it('only looks when it is asked to check, and names what is wrong', async () => {
    const fault = async (answers: Parameters<typeof script>[0]): Promise<unknown> => {
      server.answer = script(answers);
      return create()
        .connect(at(server.origin), 'https://herald.example/webhooks/key')
        .then(
          () => null,
          ({ fields: [field] }: { fields: { path: string; code: string }[] }) => `${field?.code} at ${field?.path}`,
        );
    };
    const refused = (code: number, message: string, subcode?: number) => ({
      status: 400,
      body: { error: { code, message, error_subcode: subcode } },
    });
    const gone = refused(100, 'Unsupported get request. Object with ID does not exist', 33);
    expect(await fault({ [`GET ${PHONE_ID}`]: gone })).to.equal('credential_wrong at credentials.phone_number_id');
    expect(await fault({ [`GET ${ACCOUNT_ID}`]: gone })).to.equal('credential_wrong at credentials.waba_id');
    expect(await fault({ [`GET ${PHONE_ID}`]: refused(190, 'Invalid OAuth access token') })).to.equal(
      'token_refused at credentials.token',
    );
    expect(calls().some((call) => call.startsWith('POST'))).to.equal(false);
    expect(await fault({ [`POST ${PHONE_ID}`]: refused(2200, 'Callback verification failed') })).to.equal(
      'webhook_refused at publicUrl',
    );
  });
});

describe('whatsapp deliver', () => {
  it('writes to a number, or to the id of a person without one', async () => {
    server.answer = answerJson(200, accepted);
    await create().deliver([hello, { ...hello, address: 'US.13491208655302741918' }], at(server.origin));
    const bodies = server.asked.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(bodies.map(({ to, recipient }) => [to, recipient])).to.have.deep.members([
      ['16505551234', undefined],
      [undefined, 'US.13491208655302741918'],
    ]);
    expect(bodies[0]).to.deep.include({ messaging_product: 'whatsapp', type: 'text', text: hello.payload.text });
    expect(server.asked[0]?.path).to.contain(`/${PHONE_ID}/messages?appsecret_proof=`);
  });

  it('uploads a picture once and sends it by its id', async () => {
    const channel = create();
    server.answer = (asked, response) =>
      answerJson(200, asked.path.includes('/media') ? { id: '1037543291543636' } : accepted)(asked, response);
    const picture = { ...hello, payload: { type: 'image', image: { caption: 'Mug' }, media: 'abcd1234' } };
    await channel.deliver([picture, picture], at(server.origin));
    const uploads = server.asked.filter(({ path }) => path.includes('/media'));
    expect(uploads).to.have.length(1);
    expect(uploads[0]?.body).to.contain('name="messaging_product"').and.contain('filename="mug.png"');
    expect(JSON.parse(server.asked.at(-1)?.body ?? '')).to.deep.include({
      image: { caption: 'Mug', id: '1037543291543636' },
    });
  });
});

describe('whatsapp render', () => {
  const text = (words: string): Element => ({ kind: 'text', text: [{ text: words }] });
  const image = (source: string): Element => ({ kind: 'image', source, alt: '' });
  const answer = (id: string) => ({ kind: 'message' as const, id, label: id, tag: id });
  const link = (id: string) => ({ kind: 'link' as const, id, label: id, url: 'https://shop.example' });
  const buttons = (...row: (ReturnType<typeof answer> | ReturnType<typeof link>)[]): Element => ({
    kind: 'buttons',
    rows: row.map((button) => [button]),
  });
  const render = (...elements: Element[]): unknown[] => create().render({ elements }, LINKS, []);
  const replies = (...ids: string[]) => ids.map((id) => ({ type: 'reply', reply: { id: `token-${id}`, title: id } }));
  const cta = (id: string) => ({
    type: 'cta_url',
    action: { name: 'cta_url', parameters: { display_text: id, url: `https://go.example/r/${id}` } },
  });
  const interactive = (action: object, body: string, header?: object) => ({
    type: 'interactive',
    interactive: { ...action, ...(header ? { header } : {}), body: { text: body } },
  });

  it('lets answers share a message and gives each link one of its own', () => {
    expect(render(text('Coming?'), buttons(answer('Yes'), link('Map'), answer('No'), link('Menu')))).to.deep.equal([
      interactive({ type: 'button', action: { buttons: replies('Yes', 'No') } }, 'Coming?'),
      interactive(cta('Map'), 'Map'),
      interactive(cta('Menu'), 'Menu'),
    ]);
    expect(render(text('Book here'), buttons(link('Book')))).to.deep.equal([interactive(cta('Book'), 'Book here')]);
  });

  it('makes a list of more than three answers', () => {
    const [call] = render(text('Which?'), buttons(...['a', 'b', 'c', 'd'].map(answer)));
    const rows = ['a', 'b', 'c', 'd'].map((id) => ({ id: `token-${id}`, title: id }));
    expect(call).to.deep.equal(interactive({ type: 'list', action: { button: '👇', sections: [{ rows }] } }, 'Which?'));
  });

  it('gives answers of one label titles of their own, since the platform takes no two that are alike', () => {
    const titlesOf = (...labels: string[]): string[] => {
      const rows = labels.map((label, index) => [{ kind: 'message' as const, id: `b${index}`, label, tag: 't' }]);
      const [call] = render(text('Which?'), { kind: 'buttons', rows }) as WhatsAppPayload[];
      return call?.type === 'interactive' ? buttonsOf(call.interactive).map(({ label }) => label) : [];
    };
    expect(titlesOf('Yes', 'No', 'Yes')).to.deep.equal(['Yes', 'No', 'Yes 2']);
    expect(titlesOf('Yes', 'Yes 2', 'Yes', 'Yes')).to.deep.equal(['Yes', 'Yes 2', 'Yes 3', 'Yes 4']);
    const shortened = titlesOf('Show me more about…', 'Show me more about…', 'Show me more about…');
    expect(new Set(shortened).size).to.equal(3);
    expect(Math.max(...shortened.map((title) => [...title].length))).to.be.at.most(20);
  });

  it('puts a public picture above the text, and sends any other one by itself', () => {
    const yes = { type: 'button', action: { buttons: replies('Yes') } };
    const header = { type: 'image', image: { link: 'https://shop.example/p.jpg' } };
    expect(render(image('https://shop.example/p.jpg'), text('A mug'), buttons(answer('Yes')))).to.deep.equal([
      interactive(yes, 'A mug', header),
    ]);
    expect(render(image('media:abcd1234'), text('A mug'), buttons(answer('Yes')))).to.deep.equal([
      { type: 'image', image: {}, media: 'abcd1234' },
      interactive(yes, 'A mug'),
    ]);
    expect(render(image('media:abcd1234'), text('A mug'))).to.deep.equal([
      { type: 'image', image: { caption: 'A mug' }, media: 'abcd1234' },
    ]);
  });

  it('asks for the phone number where it is not told', () => {
    const contact = { kind: 'contact' as const, id: 'c', label: 'My number' };
    expect(render(text('May we call?'), { kind: 'buttons', rows: [[contact]] })).to.deep.equal([
      interactive({ type: 'request_contact_info', action: { name: 'request_contact_info' } }, 'May we call?'),
    ]);
  });

  it('puts only the end of a long text above buttons', () => {
    const long = `${'Words and more words. '.repeat(80)}The end.`;
    const [head, last, ...rest] = render(text(long), buttons(answer('Yes'))) as WhatsAppPayload[];
    expect(rest).to.deep.equal([]);
    const before = head?.type === 'text' ? head.text.body : '';
    const after = last?.type === 'interactive' ? last.interactive.body.text : '';
    expect(after.length).to.be.within(1, 1024);
    expect(`${before} ${after}`).to.equal(long);
  });

  it('fills in a template, without the new lines that it does not take', () => {
    const template = { name: 'order_sent', language: 'en_US', parameters: ['Anna\nMaria', '42'] };
    expect(create().renderTemplate?.(template, LINKS)).to.deep.equal([
      {
        type: 'template',
        template: {
          name: 'order_sent',
          language: { code: 'en_US' },
          components: [
            {
              type: 'body',
              parameters: [
                { type: 'text', text: 'Anna Maria' },
                { type: 'text', text: '42' },
              ],
            },
          ],
        },
      },
    ]);
    const buttons = [{ index: 1, label: 'Shop', base: 'https://shop.example/', value: 'spring' }];
    expect(create().renderTemplate?.({ ...template, parameters: [], buttons }, LINKS)[0]).to.have.deep.nested.property(
      'template.components',
      [{ type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'spring' }] }],
    );
  });

  it('reads which buttons take the end of an address, and what else makes a template unfit', async () => {
    const read = (components: object[], more: object = {}) =>
      readTemplate({ name: 'n', language: 'en', status: 'APPROVED', components, ...more }, { addressEnds: true });
    const hi = { type: 'BODY', text: 'Hi' };
    const buttons = (...list: object[]) => [hi, { type: 'BUTTONS', buttons: list }];
    const button = { type: 'URL', text: 'Shop', url: 'https://shop.example/{{1}}' };
    expect(read(buttons({ type: 'QUICK_REPLY', text: 'No' }, button))).to.deep.include({
      state: 'approved',
      buttons: [{ index: 1, label: 'Shop', base: 'https://shop.example/' }],
      fixedLinks: 0,
    });
    expect(read(buttons({ ...button, url: 'https://shop.example' }))).to.include({ state: 'approved', fixedLinks: 1 });
    for (const components of [
      buttons({ type: 'COPY_CODE', example: 'X' }),
      [hi, { type: 'HEADER', format: 'IMAGE' }],
      [hi, { type: 'HEADER', format: 'TEXT', text: 'For {{1}}' }],
      [hi, { type: 'CAROUSEL', cards: [] }],
      [{ type: 'BODY', text: 'Hi {{name}}' }],
    ])
      expect(read(components)?.state, JSON.stringify(components)).to.equal('unfit');
    for (const [status, state] of [
      ['PENDING', 'waiting'],
      ['IN_APPEAL', 'waiting'],
      ['PAUSED', 'paused'],
      ['REJECTED', 'refused'],
      ['DISABLED', 'refused'],
      ['ARCHIVED', 'refused'],
    ])
      expect(read([hi], { status })?.state, status).to.equal(state);
  });
});

describe('whatsapp markup', () => {
  const cases: [string, Run[], string][] = [
    [
      'marks bold, italic and struck words',
      [{ text: 'A ' }, { text: 'b', bold: true }, { text: ' ' }, { text: 'c', italic: true, strike: true }],
      'A *b* _~c~_',
    ],
    ['keeps marks close to words', [{ text: ' now ', bold: true }, { text: 'or' }], ' *now* or'],
    ['marks each line by itself', [{ text: 'one\ntwo', bold: true }], '*one*\n*two*'],
    [
      'marks no part of a word, which would show the marks',
      [{ text: 'un' }, { text: 'believ', bold: true }, { text: 'able' }],
      'unbelievable',
    ],
    [
      'leaves a text alone that holds such characters itself',
      [{ text: '2*3 ' }, { text: 'six', bold: true }],
      '2*3 six',
    ],
    ['marks code by itself', [{ text: 'PROMO10', code: true, bold: true }], '`PROMO10`'],
    [
      'never marks an address',
      [
        { text: 'https://a.example/_x_', link: 'https://a.example/_x_', bold: true },
        { text: ' b', bold: true },
      ],
      'https://go.example/r/inline?https%3A%2F%2Fa.example%2F_x_ *b*',
    ],
  ];
  for (const [title, runs, expected] of cases) {
    it(title, () => expect(toMarkup(runs, LINKS)).to.equal(expected));
  }
});
