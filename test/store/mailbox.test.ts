import { expect } from 'chai';
import type { Payload } from '../../src/domain/channel.ts';
import {
  appendMessages,
  createMailbox,
  latestMessages,
  type MailboxNews,
  messagesAfter,
  ownMessages,
} from '../../src/store/mailbox.ts';
import { joinVisitor, visitorConnection } from '../../src/store/visitors.ts';
import { onEveryDatabase } from '../support/databases.ts';

const entry = (visitorId: string, key: string, text = key) => ({
  botId: 1,
  visitorId,
  key,
  payload: { elements: [{ kind: 'text', text: [{ text }] }] } as Payload,
});
const page = (visitorId: string) => ({ botId: 1, visitorId, limit: 50 });

onEveryDatabase('the mailbox of a website visitor', (db) => {
  it('appends once per key and answers the first id again', async () => {
    const news: MailboxNews[] = [];
    const mailbox = createMailbox(
      db(),
      (told) => news.push(told),
      () => 1000,
    );
    const first = await mailbox.append([entry('anna', 'k1'), entry('bert', 'k1'), entry('anna', 'k2')]);
    expect(new Set(first).size).to.equal(3);
    expect(await mailbox.append([entry('anna', 'k1', 'another text'), entry('anna', 'k3')])).to.include(first[0]);
    const thread = await latestMessages(db(), page('anna'));
    expect(thread.map(({ payload }) => payload)).to.deep.equal(['k1', 'k2', 'k3'].map((key) => entry('', key).payload));
    expect(news).to.deep.include({ botId: 1, visitorId: 'bert' });
  });

  it('takes hundreds at once, in order', async () => {
    const entries = Array.from({ length: 250 }, (_, index) => entry(`visitor-${index}`, 'bulk'));
    const ids = await createMailbox(db()).append(entries);
    expect(ids).to.deep.equal(ids.toSorted((a, b) => a - b));
    const [message] = await latestMessages(db(), page('visitor-249'));
    expect(message?.seq).to.equal(ids[249]);
  });

  it('keeps what two senders append at once apart and single', async () => {
    const mailbox = createMailbox(db());
    const answers = await Promise.all(Array.from({ length: 6 }, () => mailbox.append([entry('carla', 'same')])));
    expect(new Set(answers.flat()).size).to.equal(1);
  });

  it("never mistakes a visitor's key for one of ours", async () => {
    const at = 2000;
    await appendMessages(db(), [{ ...entry('dora', '7:0'), payload: { id: '7:0', text: 'mine' } }], 'in', at);
    await createMailbox(db()).append([entry('dora', '7:0')]);
    const thread = await latestMessages(db(), page('dora'));
    expect(thread.map(({ direction }) => direction)).to.deep.equal(['in', 'out']);
  });

  it('reads on from the last number, and once more what may have been committed late', async () => {
    const [one, two, three] = await appendMessages(
      db(),
      ['a', 'b', 'c'].map((key) => entry('emil', key)),
      'out',
      5000,
    );
    const read = async (after: number, lateSince: number): Promise<number[]> =>
      (await messagesAfter(db(), page('emil'), { after, lateSince })).map(({ seq }) => seq);
    expect(await read(one!, 9000)).to.deep.equal([two, three]);
    expect(await read(two!, 4000)).to.deep.equal([one, two, three]);
    expect(await read(three!, 9000)).to.deep.equal([]);
  });

  it('tells whose a message is', async () => {
    const [mine] = await appendMessages(db(), [entry('frida', 'x')], 'out', 1);
    const [theirs] = await appendMessages(db(), [entry('gustav', 'x')], 'out', 1);
    expect(await ownMessages(db(), { botId: 1, visitorId: 'frida' }, [mine!, theirs!, 999_999])).to.deep.equal([mine]);
    expect(await ownMessages(db(), { botId: 2, visitorId: 'frida' }, [mine!])).to.deep.equal([]);
  });
});

onEveryDatabase('a visitor known to the site', (db) => {
  async function visitor(visitorId: string): Promise<{ botId: number; visitorId: string }> {
    const base = { attributes: '{}', created_at: 1 };
    const [subscriberId] = await db()('subscribers').insert({ ...base, public_id: `p-${visitorId}` });
    const [connectionId] = await db()('connections').insert({
      subscriber_id: subscriberId,
      bot_id: 1,
      external_id: visitorId,
      status: 'active',
      since: 1,
    });
    await db()('subscribers').where({ id: subscriberId }).update({ main_connection_id: connectionId });
    return { botId: 1, visitorId };
  }

  it('becomes that person, on the second device too', async () => {
    const laptop = await visitor('laptop');
    const phone = await visitor('phone');
    await joinVisitor(db(), laptop, 'user-1');
    await joinVisitor(db(), phone, 'user-1');
    const [one, two] = [await visitorConnection(db(), laptop), await visitorConnection(db(), phone)];
    expect(one?.externalKey).to.equal('user-1');
    expect(two?.subscriberId).to.equal(one?.subscriberId);
    const left = await db()('subscribers').where({ public_id: 'p-phone' }).first();
    expect(left).to.include({ main_connection_id: null, external_key: null });
  });

  it('is never taken away from another person', async () => {
    const shared = await visitor('shared');
    await joinVisitor(db(), shared, 'user-2');
    await joinVisitor(db(), shared, 'user-3');
    expect((await visitorConnection(db(), shared))?.externalKey).to.equal('user-2');
  });
});
