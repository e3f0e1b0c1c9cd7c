import { expect } from 'chai';
import { signSharedToken } from '../../src/domain/tracking.ts';
import type { Inbound } from '../../src/domain/channel.ts';
import { receive } from '../../src/inbound/receive.ts';
import { audit } from '../../src/stats/audit.ts';
import type { Bot } from '../../src/store/bots.ts';
import { findConnection } from '../../src/store/connections.ts';
import { readCounters } from '../../src/store/counters.ts';
import { type EventRow, toEvent } from '../../src/store/events.ts';
import { getSubscriberById } from '../../src/store/subscribers.ts';
import { tagsOf } from '../../src/store/tags.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { aBot, aPerson, NOW } from '../support/people.ts';
import { aSentMailing, fact, receiveDeps, type SentMailing, trackingKey } from '../support/sent-mailing.ts';

const DAY_MS = 24 * 3600 * 1000;

onEveryDatabase('receive', (db) => {
  let bot: Bot;
  before(async () => {
    bot = await aBot(db());
  });

  const take = (...facts: Inbound[]) => receive(receiveDeps(db()), bot, facts);
  const figures = async ({ campaign }: SentMailing): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await readCounters(db(), [campaign.id])).map(({ buttonId, figure, value }) => [
        `${buttonId}${buttonId && ' '}${figure}`,
        value,
      ]),
    );
  const eventsOfPerson = (subscriberId: number): Promise<{ kind: string; campaign_id: number | null }[]> =>
    db()('events').where({ subscriber_id: subscriberId }).orderBy('id').select('kind', 'campaign_id');

  describe('people and their connections', () => {
    it('makes a person who starts the bot a subscriber with an active connection', async () => {
      const profile = { firstName: 'Олена', lastName: 'Ким', locale: 'uk' };
      const { stored } = await take(fact('subscribed', { address: 'new-1', ref: 'spring', profile }));
      expect(stored).to.equal(1);
      const connection = await findConnection(db(), bot.id, 'new-1');
      expect(connection).to.include({
        status: 'active',
        ref: 'spring',
        since: NOW,
        subscribedAt: NOW,
        lastInboundAt: NOW,
      });
      const person = await getSubscriberById(db(), connection!.subscriberId);
      expect(person).to.include({ ...profile, mainConnectionId: connection!.id, lastSeenAt: NOW });
    });

    it('keeps words and tags that end in half a character, as JSON that every database takes', async () => {
      const half = 'caf\ud83d';
      const profile = { firstName: half };
      const { stored } = await take(
        fact('subscribed', { address: 'cut', ref: half, profile }),
        fact('replied', { address: 'cut', text: half }),
      );
      expect(stored).to.equal(2);
      const { subscriberId } = (await findConnection(db(), bot.id, 'cut'))!;
      const rows: EventRow[] = await db()('events').where({ subscriber_id: subscriberId });
      const told = rows.map(toEvent).map(({ data }) => data.text ?? data.ref);
      expect(told).to.deep.equal(['caf\ufffd', 'caf\ufffd']);
    });

    it('writes down who a person is as an import would, and nothing that does not exist', async () => {
      const told = (profile: Inbound['profile']) =>
        take(fact('replied', { address: 'told', text: 'Hi', ...(profile && { profile }) }));
      await told({ locale: 'pt_br', timeZone: 'Mars/Base', phone: '+55 (11) 91234-5678', email: 'Ana@Shop.Example' });
      const { subscriberId } = (await findConnection(db(), bot.id, 'told'))!;
      expect(await getSubscriberById(db(), subscriberId)).to.include({
        locale: 'pt-BR',
        timeZone: null,
        phone: '+5511912345678',
        email: 'ana@shop.example',
      });
      await told({ locale: 'uk', timeZone: 'America/Sao_Paulo' });
      expect(await getSubscriberById(db(), subscriberId)).to.include({
        locale: 'pt-BR',
        timeZone: 'America/Sao_Paulo',
      });
    });

    it('does nothing for a fact that is told again', async () => {
      const started = fact('subscribed', { address: 'new-2', ref: null });
      await take(started);
      await take(fact('unsubscribed', { address: 'new-2' }));
      expect(await take(started, started)).to.deep.equal({ stored: 0, repeated: 2 });
      expect((await findConnection(db(), bot.id, 'new-2'))?.status).to.equal('unsubscribed');
    });

    it('makes the connection active again when the person starts again', async () => {
      for (const kind of ['unsubscribed', 'blocked'] as const) {
        const address = `again-${kind}`;
        await take(
          fact('subscribed', { address, ref: 'first', at: NOW - 5000 }),
          fact(kind, { address, at: NOW - 3000 }),
        );
        expect((await findConnection(db(), bot.id, address))?.status).to.equal(kind);
        await take(fact('subscribed', { address, ref: null }));
        expect(await findConnection(db(), bot.id, address)).to.include({
          status: 'active',
          reason: null,
          ref: 'first',
        });
      }
    });

    it('subscribes who started before a word of theirs that came first', async () => {
      const address = 'overtaken';
      await take(fact('replied', { address, text: 'Hi', at: NOW - 3000 }));
      expect((await findConnection(db(), bot.id, address))?.status).to.equal('pending');
      await take(fact('subscribed', { address, ref: 'spring', at: NOW - 9000 }));
      expect(await findConnection(db(), bot.id, address)).to.include({
        status: 'active',
        ref: 'spring',
        subscribedAt: NOW - 9000,
        lastInboundAt: NOW - 3000,
      });
    });

    it('keeps the newer of two facts that come in the wrong order', async () => {
      const address = 'disorder';
      await take(fact('subscribed', { address, ref: null, at: NOW - 9000 }));
      await take(
        fact('subscribed', { address, ref: null, at: NOW - 3000 }),
        fact('unsubscribed', { address, at: NOW - 6000 }),
      );
      expect((await findConnection(db(), bot.id, address))?.status).to.equal('active');
    });

    it('gives back after a block no more than there was before it', async () => {
      const address = 'block';
      await take(
        fact('subscribed', { address, ref: null, at: NOW - 9000 }),
        fact('unsubscribed', { address, at: NOW - 7000 }),
        fact('blocked', { address, at: NOW - 5000 }),
        fact('unblocked', { address, at: NOW - 3000 }),
      );
      expect((await findConnection(db(), bot.id, address))?.status).to.equal('unsubscribed');
    });

    it('knows who writes without having started, and does not count that as consent', async () => {
      await take(fact('replied', { address: 'writer', text: 'Hi' }));
      expect((await findConnection(db(), bot.id, 'writer'))?.status).to.equal('pending');
    });

    it('knows nobody by a receipt alone', async () => {
      await take(fact('opened', { address: 'ghost', messageId: '1', upTo: false }));
      expect(await findConnection(db(), bot.id, 'ghost')).to.equal(null);
    });

    it('stores facts with ids longer than a column and dates from the future', async () => {
      const odd = fact('replied', { address: 'odd', text: 'x', externalId: 'i'.repeat(500), at: NOW + DAY_MS });
      expect((await take(odd)).stored).to.equal(1);
      expect((await take(odd)).repeated).to.equal(1);
      expect((await findConnection(db(), bot.id, 'odd'))?.lastInboundAt).to.equal(NOW);
      expect(await take(fact('replied', { address: 'a'.repeat(800), text: 'x' }))).to.deep.equal({
        stored: 0,
        repeated: 1,
      });
    });

    it('keeps the person of an address that becomes another one', async () => {
      const old = 'o'.repeat(650);
      const next = 'n'.repeat(650);
      await take(fact('subscribed', { address: old, ref: 'spring', profile: { firstName: 'Zoë' } }));
      const before = await findConnection(db(), bot.id, old);
      const moved = fact('subscribed', { address: next, ref: null, formerly: old });
      // Beside another newcomer, who is written down in one go with all who are new.
      expect((await take(moved, fact('subscribed', { address: 'beside', ref: null }))).stored).to.equal(2);
      const after = await findConnection(db(), bot.id, next);
      expect(after).to.include({ id: before?.id, subscriberId: before?.subscriberId, status: 'active', ref: 'spring' });
      expect(await findConnection(db(), bot.id, old)).to.equal(null);
      expect(await take(moved)).to.deep.equal({ stored: 0, repeated: 1 });
    });

    it('meets a person whose former address nobody knows', async () => {
      await take(fact('subscribed', { address: 'moved-in', ref: null, formerly: 'never seen' }));
      expect((await findConnection(db(), bot.id, 'moved-in'))?.status).to.equal('active');
    });

    it('makes one person of two first facts that arrive together', async () => {
      await Promise.all([
        take(fact('subscribed', { address: 'twins', ref: null })),
        take(fact('replied', { address: 'twins', text: 'Hello' })),
      ]);
      const rows = (await db()('connections').where({ external_id: 'twins' })) as {
        status: string;
        subscriber_id: number;
      }[];
      expect(rows).to.have.length(1);
      expect(rows[0]?.status).to.equal('active');
      expect(await eventsOfPerson(rows[0]!.subscriber_id)).to.have.length(2);
    });

    it('rolls everything back when one of the facts cannot be stored', async () => {
      const unstorable = {
        toJSON: () => {
          throw new Error('not storable');
        },
      } as unknown as string;
      const bad = fact('replied', { address: 'half', text: unstorable });
      const failure = await take(fact('subscribed', { address: 'half', ref: null }), bad).catch(
        (error: unknown) => error,
      );
      expect(failure).to.be.instanceOf(Error);
      expect(await findConnection(db(), bot.id, 'half')).to.equal(null);
    });
  });

  describe('a pressed button', () => {
    it('of a batch is the presser’s, by the address it comes from', async () => {
      const mailing = await aSentMailing(db(), { bot, states: ['sent', 'sent', 'planned'] });
      const [one, , unsent] = mailing.to;
      const { number } = mailing.links.find(({ buttonId }) => buttonId === 'more')!;
      const token = signSharedToken(trackingKey, mailing.campaign.id, number);
      const stranger = await aSentMailing(db(), { bot });
      await take(
        fact('pressed', { address: one!.address, token }),
        fact('pressed', { address: one!.address, token }),
        fact('pressed', { address: unsent!.address, token }),
        fact('pressed', { address: stranger.to[0]!.address, token }),
      );
      expect(await figures(mailing)).to.include({ button_people: 1, button_clicks: 2 });
      expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
    });

    it('counts people once and clicks always, tags, sets the attribute and plans the reply', async () => {
      const mailing = await aSentMailing(db(), { bot });
      const [to] = mailing.to;
      const deps = receiveDeps(db());
      const press = fact('pressed', { address: to!.address, token: to!.token('more') });
      await receive(deps, bot, [press]);
      await receive(deps, bot, [press, fact('pressed', { address: to!.address, token: to!.token('more') })]);

      expect(await figures(mailing)).to.include({
        button_people: 1,
        button_clicks: 2,
        'more button_people': 1,
        'more button_clicks': 2,
      });
      expect((await tagsOf(db(), [to!.subscriberId])).get(to!.subscriberId)).to.deep.equal(['curious']);
      expect((await getSubscriberById(db(), to!.subscriberId))?.attributes).to.deep.equal({ interest: 'coffee' });
      const replies = (await db()('deliveries as d')
        .join('due_deliveries as u', 'u.delivery_id', 'd.id')
        .where({ 'd.campaign_id': mailing.campaign.id, 'd.purpose': 'reply' })
        .select('d.cause', 'd.content', 'u.priority')) as { cause: string; content: unknown; priority: number }[];
      expect(replies.map(({ priority }) => priority)).to.deep.equal([10, 10]);
      expect(JSON.stringify(replies[0]?.content)).to.include('Gladly');
      expect(deps.topics.filter((topic) => topic === 'work')).to.have.length(2);
      const kinds = (await eventsOfPerson(to!.subscriberId)).map(({ kind }) => kind);
      expect(kinds).to.have.members(['button_clicked', 'tag_added', 'attribute_changed', 'button_clicked']);
      expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
    });

    it('counts nothing for a forged token, nor for another person’s', async () => {
      const mailing = await aSentMailing(db(), { bot, states: ['sent', 'sent'] });
      const [one, other] = mailing.to;
      const forged = `${one!.token('more').slice(0, -2)}AA`;
      await take(
        fact('pressed', { address: one!.address, token: forged }),
        fact('pressed', { address: one!.address, token: other!.token('more') }),
        fact('pressed', { address: one!.address, token: one!.token('site') }),
      );
      expect(await figures(mailing)).to.deep.equal({ planned: 2, sent: 2 });
      expect((await eventsOfPerson(one!.subscriberId)).map(({ campaign_id }) => campaign_id)).to.deep.equal([
        null,
        null,
        null,
      ]);
    });

    it('leaves tests out of the figures and answers them all the same', async () => {
      const mailing = await aSentMailing(db(), { bot, purpose: 'test' });
      const [to] = mailing.to;
      await take(fact('pressed', { address: to!.address, token: to!.token('more') }));
      expect(await figures(mailing)).to.deep.equal({});
      expect(await db()('due_deliveries').where({ campaign_id: mailing.campaign.id })).to.have.length(1);
    });

    it('shows that a message of unknown fate has arrived', async () => {
      const mailing = await aSentMailing(db(), { bot, states: ['unconfirmed'] });
      const [to] = mailing.to;
      await take(fact('pressed', { address: to!.address, token: to!.token('more') }));
      expect(await figures(mailing)).to.include({ sent: 1, unconfirmed: 0, button_people: 1 });
      expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
    });
  });

  describe('what people do after a mailing', () => {
    it('counts a reply and an unsubscription once, for the last mailing of the week', async () => {
      const mailing = await aSentMailing(db(), { bot });
      const [to] = mailing.to;
      await take(
        fact('replied', { address: to!.address, text: 'Thanks' }),
        fact('replied', { address: to!.address, text: 'Again' }),
        fact('unsubscribed', { address: to!.address }),
      );
      expect(await figures(mailing)).to.include({ replies: 1, unsubscribes: 1 });
      expect(
        (await eventsOfPerson(to!.subscriberId)).every(({ campaign_id }) => campaign_id === mailing.campaign.id),
      ).to.equal(true);
      expect(await audit(db(), mailing.campaign.id)).to.deep.equal([]);
    });

    it('counts nothing for a mailing of more than a week ago', async () => {
      const mailing = await aSentMailing(db(), { bot, sentAt: NOW - 8 * DAY_MS });
      await take(fact('replied', { address: mailing.to[0]!.address, text: 'Late' }));
      expect(await figures(mailing)).to.not.have.property('replies');
    });

    it('notes when the bot last heard something, at most once a second', async () => {
      const other = await aBot(db());
      const person = await aPerson(db(), { connections: [{ bot: other, address: 'health' }] });
      await receive(receiveDeps(db()), other, [fact('replied', { address: 'health', text: 'Hi' })]);
      const row = (await db()('bots').where({ id: other.id }).first('last_inbound_at')) as { last_inbound_at: number };
      expect(Number(row.last_inbound_at)).to.equal(NOW);
      await receive(receiveDeps(db(), NOW + 500), { ...other, lastInboundAt: NOW }, [
        fact('replied', { address: 'health', text: 'Hi' }),
      ]);
      const after = (await db()('bots').where({ id: other.id }).first('last_inbound_at')) as {
        last_inbound_at: number;
      };
      expect(Number(after.last_inbound_at)).to.equal(NOW);
      expect(await eventsOfPerson(person.id)).to.have.length(2);
    });
  });
});
