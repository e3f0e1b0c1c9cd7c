import { expect } from 'chai';
import { Problem } from '../../src/domain/problem.ts';
import { insertAttribute } from '../../src/store/attributes.ts';
import { pageOfAudit, recordAudit } from '../../src/store/audit.ts';
import { claimKey, keepAnswer } from '../../src/store/idempotency.ts';
import { pageOfPeople, subscriberCard } from '../../src/store/people.ts';
import { openKeyring } from '../../src/store/secrets.ts';
import { patchWorkspace, readWorkspace } from '../../src/store/settings.ts';
import { checkPassword, findSession, insertStaff, openSession } from '../../src/store/staff.ts';
import { patchSubscriber } from '../../src/store/subscriber-patch.ts';
import { findOrCreateByConnection } from '../../src/store/subscribers.ts';
import { timelineOf } from '../../src/store/timeline.ts';
import { findToken, insertToken } from '../../src/store/tokens.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { aBot, aPerson, keyring, NOW } from '../support/people.ts';

onEveryDatabase('the store of people and team', (db) => {
  it('makes a person once and fills in what was not known', async () => {
    const bot = await aBot(db());
    const contact = { botId: bot.id, address: '5', now: NOW };
    const first = await findOrCreateByConnection(db(), { ...contact, profile: { firstName: 'Олена' } });
    const again = await findOrCreateByConnection(db(), { ...contact, profile: { firstName: 'X', lastName: 'Коваль' } });
    expect([first.created, again.created]).to.deep.equal([true, false]);
    expect(again.subscriber).to.include({
      id: first.subscriber.id,
      firstName: 'Олена',
      lastName: 'Коваль',
      mainConnectionId: first.connection.id,
    });
    const found = await pageOfPeople(db(), { search: 'КОВАЛЬ оле', limit: 10 }, { now: NOW });
    expect(found.items.map((row) => row.name)).to.deep.equal(['Олена Коваль']);
  });

  it('changes a person as a whole or not at all, and tells the timeline', async () => {
    await insertAttribute(db(), { key: 'age', name: 'Age', type: 'number', choices: [] }, NOW);
    const { publicId, id } = await aPerson(db(), {
      firstName: 'Ann',
      tags: ['old'],
      connections: [{ bot: await aBot(db()) }],
    });
    const bad = await patchSubscriber(
      db(),
      publicId,
      { firstName: 'B', phone: 'x', attributes: { age: 'y', no: 1 } },
      NOW,
    ).catch((e: unknown) => e as Problem);
    expect((bad as Problem).fields.map((field) => field.path)).to.deep.equal([
      'phone',
      'attributes.age',
      'attributes.no',
    ]);
    await patchSubscriber(db(), publicId, { firstName: 'Bea', attributes: { age: 7 }, tags: ['new'] }, NOW);
    expect(await subscriberCard(db(), publicId)).to.deep.include({
      name: 'Bea',
      tags: ['new'],
      attributes: { age: 7 },
    });
    const page = await timelineOf(db(), id, { limit: 2 });
    const rest = await timelineOf(db(), id, { limit: 2, cursor: page.next! });
    expect([...page.items, ...rest.items].map((entry) => entry.what)).to.deep.equal([
      'tag_removed',
      'tag_added',
      'attribute_changed',
    ]);
  });

  it('keeps the team, its sessions, tokens and log', async () => {
    const ann = await insertStaff(db(), {
      email: 'Ann@Example.com',
      name: 'Ann',
      role: 'owner',
      password: 'a long password',
      language: null,
      now: NOW,
    });
    expect(await checkPassword(db(), 'ann@example.com ', 'a long password')).to.include({ id: ann.id });
    expect(await checkPassword(db(), 'ann@example.com', 'wrong')).to.equal(null);
    const session = await openSession(db(), ann.id, 'test', NOW);
    expect(await findSession(db(), session, NOW + 1)).to.include({ name: 'Ann' });
    expect(await findSession(db(), session, NOW + 31 * 24 * 3600_000)).to.equal(null);
    const { token } = await insertToken(db(), { name: 'ci', scopes: ['read'], staffId: ann.id, now: NOW });
    expect(await findToken(db(), token, NOW)).to.deep.include({ name: 'ci', scopes: ['read'] });
    await recordAudit(db(), { at: NOW, staffId: ann.id, action: 'bot.connected', data: { a: 1 } });
    expect((await pageOfAudit(db(), { limit: 5 })).items[0]).to.deep.include({
      who: 'Ann',
      action: 'bot.connected',
      data: { a: 1 },
    });
    await patchWorkspace(db(), { name: 'Кава' });
    expect(await readWorkspace(db())).to.include({ name: 'Кава', holdSeconds: 10 });
  });

  it('answers a repeated key with what was answered before', async () => {
    expect(await claimKey(db(), 'k', 'h', NOW)).to.deep.equal({ status: 'new' });
    expect(await claimKey(db(), 'k', 'h', NOW)).to.deep.equal({ status: 'running' });
    await keepAnswer(db(), 'k', 201, '{}');
    expect(await claimKey(db(), 'k', 'h', NOW)).to.deep.equal({ status: 'done', code: 201, body: '{}' });
    expect(await claimKey(db(), 'k', 'other', NOW)).to.deep.equal({ status: 'other' });
  });

  it('opens secrets only with the key they were closed with', () => {
    const sealed = keyring.encrypt('паролі');
    expect(keyring.decrypt(sealed)).to.equal('паролі');
    expect(() => openKeyring('22'.repeat(32)).decrypt(sealed)).to.throw(Problem, 'secrets_unreadable');
  });
});
