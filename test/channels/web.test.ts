import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createWebChannel } from '../../channels/web/index.ts';
import type { Channel, ChannelBot } from '../../src/domain/channel.ts';
import type { Mailbox, MailboxEntry, WebPayload } from '../../src/domain/mailbox.ts';
import { plainText } from '../../src/domain/message.ts';
import { conformance } from './conformance.ts';

const bot: ChannelBot = {
  id: 3,
  publicId: 'bot00003',
  externalId: 'bot00003',
  name: 'Shop chat',
  credentials: {},
  apiRoot: null,
  webhookSecret: 'chat-secret_012345',
};
const hello = {
  payload: { elements: [{ kind: 'text', text: [{ text: 'Hello' }] }] },
  address: 'v_3f9a1c5e7b2d',
  key: '1:0',
};

/** Keeps entries by key, as the real one does. */
function memoryMailbox(): Mailbox & { entries: MailboxEntry[] } {
  const entries: MailboxEntry[] = [];
  return {
    entries,
    async append(wishes) {
      return wishes.map((wish) => {
        const known = entries.findIndex(({ visitorId, key }) => visitorId === wish.visitorId && key === wish.key);
        return known === -1 ? entries.push(wish) : known + 1;
      });
    },
  };
}
const brokenMailbox: Mailbox = {
  append: async () => {
    throw new Error('the store is away');
  },
};

const create = (mailbox: Mailbox = memoryMailbox()): Channel => createWebChannel({ mailbox });

conformance('web', create, {
  bot,
  secrets: [bot.webhookSecret],
  inspect(payload) {
    const { elements } = payload as unknown as WebPayload;
    const rows = elements.flatMap((element) => (element.kind === 'buttons' ? element.rows : []));
    return {
      text: elements.flatMap((element) => (element.kind === 'text' ? [plainText(element.text)] : [])).join(''),
      caption: '',
      rows: rows.map((row) => row.map(({ label }) => label)),
      targets: rows.flat().map(({ url, token }) => url ?? token ?? ''),
    };
  },
  requests: null,
  updates: JSON.parse(readFileSync(new URL('../fixtures/web/updates.json', import.meta.url), 'utf8')),
  outcomes: [
    {
      title: 'a message that lies in the mailbox',
      expected: { status: 'accepted', messageId: '1' },
      deliver: (channel) => channel.deliver([hello], bot),
    },
    {
      title: 'a store that is away',
      expected: { status: 'unknown' },
      deliver: () => create(brokenMailbox).deliver([hello], bot),
    },
  ],
  batches: [
    {
      title: 'two messages, one of which had come before in other company',
      expected: [
        { status: 'accepted', messageId: '2' },
        { status: 'accepted', messageId: '1' },
      ],
      async deliver(channel) {
        await channel.deliver([hello], bot);
        return channel.deliver([{ ...hello, key: '2:0' }, hello], bot);
      },
    },
    {
      title: 'a store that is away',
      expected: [{ status: 'unknown' }, { status: 'unknown' }],
      deliver: () => create(brokenMailbox).deliver([hello, { ...hello, key: '2:0' }], bot),
    },
  ],
  faults: [],
});

describe('web deliver', () => {
  it('puts a repeated message into the mailbox once, and answers with the first id', async () => {
    const mailbox = memoryMailbox();
    const channel = create(mailbox);
    const first = await channel.deliver([hello, { ...hello, key: '2:0' }], bot);
    const again = await channel.deliver([hello], bot);
    expect(again[0]).to.deep.equal(first[0]);
    expect(mailbox.entries.map(({ key }) => key)).to.deep.equal(['1:0', '2:0']);
  });
});
