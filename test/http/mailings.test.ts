// A mailing from draft to scheduled and back, over HTTP: what blocks it, who is told, and what the live stream says.
import { expect } from 'chai';
import { mailingSettingsSchema } from '../../src/domain/mailing-settings.ts';
import type { Live, Mailing, MailingCheck } from '../../src/http/api/mailings.ts';
import { getBot } from '../../src/store/bots.ts';
import { moveCampaign } from '../../src/store/campaigns.ts';
import { bump } from '../../src/store/counters.ts';
import { findOrCreateByConnection } from '../../src/store/subscribers.ts';
import { type Ask, startApp, type TestApp } from '../support/app.ts';
import { until } from '../support/services.ts';

const CONTENT = {
  synchronised: true,
  variants: {
    '*': {
      elements: [
        { kind: 'text', text: 'Hello {{first_name|friend}}' },
        {
          kind: 'buttons',
          rows: [[{ kind: 'link', id: 'menu', label: 'See the menu', url: 'https://example.com/menu' }]],
        },
      ],
    },
  },
};

describe('mailings over HTTP', () => {
  let app: TestApp;
  let ask: Ask;
  const people: string[] = [];
  const published: { topic: string; data: unknown }[] = [];

  before(async () => {
    app = await startApp();
    ask = await app.token('read', 'write', 'send');
    const { body } = await ask('POST', '/api/v1/bots', { channel: 'plain', credentials: { token: 'good-token-1234' } });
    const bot = await getBot(app.deps.db, (body as { id: string }).id);
    for (let index = 0; index < 20; index += 1) {
      const { subscriber } = await findOrCreateByConnection(app.deps.db, {
        botId: bot!.id,
        address: String(index),
        profile: { firstName: 'Anna' },
        now: app.deps.now(),
      });
      people.push(subscriber.publicId);
    }
    for (const topic of ['work', 'campaign'] as const)
      app.deps.bus.subscribe(topic, (data) => void published.push({ topic, data }));
  });
  after(() => app.stop());

  const create = async (body: unknown = {}): Promise<Mailing> => (await ask('POST', '/api/v1/mailings', body)).body;
  const check = async (id: string): Promise<MailingCheck> => (await ask('POST', `/api/v1/mailings/${id}/check`)).body;
  const idOf = async (publicId: string): Promise<number> =>
    ((await app.deps.db('campaigns').where({ public_id: publicId }).first('id')) as { id: number }).id;

  it('starts as a draft whose check says what is missing, in words and with the step', async () => {
    const { id, state } = await create();
    expect(state).to.equal('draft');
    await ask('PATCH', `/api/v1/mailings/${id}`, { version: 1, name: '' });
    const { findings, total } = await check(id);
    expect(total, 'counted as if there were a message').to.equal(20);
    const errors = findings.filter(({ level }) => level === 'error');
    expect(errors.map(({ message }) => message)).to.deep.equal([
      'Give the mailing a name so you can find it later.',
      'The message is empty. Add a text or a picture.',
    ]);
    const refused = await ask('POST', `/api/v1/mailings/${id}/send`, { version: 2 });
    expect(refused.body).to.include({ code: 'mailing_not_ready' });
    expect(refused.body).to.have.nested.property('errors[0].path', 'name');
  });

  it('keeps what a change does not mention, and refuses a change of an old version', async () => {
    const { id } = await create({ name: 'Spring', content: CONTENT, settings: { excluded: [people[0]] } });
    const saved = await ask('PATCH', `/api/v1/mailings/${id}`, { version: 1, settings: { speed: 5 } });
    expect(saved.body).to.deep.include({
      version: 2,
      settings: mailingSettingsSchema.parse({ speed: 5, excluded: [people[0]] }),
    });
    expect((await ask('PATCH', `/api/v1/mailings/${id}`, { version: 1, name: 'Old' })).body).to.include({
      code: 'version_conflict',
      status: 409,
    });
    expect(
      (await ask('PATCH', `/api/v1/mailings/${id}`, { version: 2, audience: { field: 'nose', operator: 'is' } })).body,
    ).to.have.nested.property('errors[0].path', 'audience.field');
    expect(
      (
        await ask('PATCH', `/api/v1/mailings/${id}`, {
          version: 2,
          content: { synchronised: false, variants: { pigeon: { elements: [] } } },
        })
      ).body,
    ).to.have.nested.property('errors[0].path', 'content.variants.pigeon');
  });

  it('says how many go first and counts the wait into the end', async () => {
    const settings = { canary: { people: 5, minutes: 10 } };
    const { id } = await create({ name: 'Careful', content: CONTENT, settings });
    const { findings, durationSeconds, startsAt, endsAt } = await check(id);
    expect(findings.find(({ code }) => code === 'canary')?.message).to.equal(
      '5 people go first, the rest 10 min later if all is well.',
    );
    expect(durationSeconds).to.be.within(600, 660);
    expect(endsAt).to.equal(startsAt + durationSeconds * 1000);
    const all = await create({ name: 'Careful', content: CONTENT, settings: { canary: { people: 20 } } });
    const plain = await check(all.id);
    expect(plain.findings.find(({ code }) => code === 'canary_all')?.level).to.equal('warning');
    expect(plain.durationSeconds).to.be.below(60);
  });

  it('checks, is confirmed by number, scheduled after the hold, and taken back', async () => {
    const { id } = await create({ name: 'Tasting', content: CONTENT });
    const { total, byChannel, findings, startsAt, endsAt } = await check(id);
    expect({ total, byChannel }).to.deep.equal({ total: 20, byChannel: { plain: 20 } });
    expect(findings.filter(({ level }) => level === 'error')).to.deep.equal([]);
    expect(findings.find(({ code }) => code === 'link_rush')?.message).to.contain('example.com');
    expect(endsAt).to.be.at.least(startsAt);
    expect((await ask('POST', `/api/v1/mailings/${id}/send`, { version: 1, expected: 15 })).body).to.include({
      code: 'audience_moved',
      detail: 'It was 15 people, now 20. Look again and confirm.',
    });
    const before = app.deps.now();
    const sent: Mailing = (
      await ask('POST', `/api/v1/mailings/${id}/send`, { version: 1, expected: 20 }, { 'idempotency-key': 'click' })
    ).body;
    expect(sent.state).to.equal('scheduled');
    expect(sent.dueAt).to.be.at.least(before + 10_000);
    expect(published.map(({ topic }) => topic)).to.include('work');
    const again = await ask(
      'POST',
      `/api/v1/mailings/${id}/send`,
      { version: 1, expected: 20 },
      { 'idempotency-key': 'click' },
    );
    expect(again.body, 'a double click').to.deep.equal(sent);
    expect((await ask('POST', `/api/v1/mailings/${id}/unschedule`)).body).to.include({ state: 'draft', dueAt: null });
    expect((await ask('POST', `/api/v1/mailings/${id}/stop`)).body).to.include({ code: 'campaign_state', status: 409 });
  });

  it('refuses a time that has passed, in the zone of the mailing', async () => {
    const when = { mode: 'at', local: '2020-01-01T10:00', zone: 'Europe/Berlin' };
    const { id } = await create({ name: 'Late', content: CONTENT, settings: { when } });
    const { body } = await ask('POST', `/api/v1/mailings/${id}/send`, { version: 1 });
    expect(body).to.have.nested.property(
      'errors[0].message',
      'That time has passed in Europe/Berlin. Choose a later one or send immediately.',
    );
  });

  it('lets only the speed move while it sends, and tells the sender', async () => {
    const { id } = await create({ name: 'Running', content: CONTENT });
    await ask('POST', `/api/v1/mailings/${id}/send`, { version: 1 });
    const number = await idOf(id);
    await moveCampaign(app.deps.db, number, 'start', { now: app.deps.now() });
    const { version }: Mailing = (await ask('GET', `/api/v1/mailings/${id}`)).body;
    expect((await ask('PATCH', `/api/v1/mailings/${id}`, { version, content: CONTENT })).body).to.include({
      code: 'campaign_locked',
      status: 409,
    });
    expect((await ask('PATCH', `/api/v1/mailings/${id}`, { version, settings: { speed: 3 } })).status).to.equal(200);
    expect(published).to.deep.include({ topic: 'campaign', data: { id: number } });
    expect((await ask('POST', `/api/v1/mailings/${id}/stop`)).body).to.include({ state: 'stopped' });
    expect((await ask('POST', `/api/v1/mailings/${id}/continue`)).body).to.include({ state: 'sending' });
    expect((await ask('DELETE', `/api/v1/mailings/${id}`)).status, 'not while it sends').to.equal(409);
  });

  it('copies, throws away and brings back; the tabs show it', async () => {
    const { id } = await create({ name: 'Original', content: CONTENT });
    expect((await ask('POST', `/api/v1/mailings/${id}/copy`)).body).to.include({
      name: 'Original (copy)',
      state: 'draft',
    });
    const inTrash = async (): Promise<boolean> =>
      ((await ask('GET', '/api/v1/mailings?tab=trash')).body as { items: Mailing[] }).items.some(
        (mailing) => mailing.id === id,
      );
    await ask('DELETE', `/api/v1/mailings/${id}`);
    expect(await inTrash()).to.equal(true);
    await ask('POST', `/api/v1/mailings/${id}/restore`);
    expect(await inTrash()).to.equal(false);
  });

  it('takes only choices that a messenger offers', async () => {
    const wrong = [
      [{ nowhere: ['paid'] }, 'settings.choices.nowhere', 'channel_unknown'],
      [{ plain: ['paid'] }, 'settings.choices.plain.0', 'choice_not_offered'],
    ] as const;
    for (const [choices, path, code] of wrong) {
      const { status, body } = await ask('POST', '/api/v1/mailings', { name: 'Choices', settings: { choices } });
      expect(status).to.equal(422);
      expect(body).to.have.nested.property('errors[0].path', path);
      expect(body).to.have.nested.property('errors[0].code', code);
    }
    expect((await create({ name: 'None', settings: { choices: { plain: [] } } })).settings.choices).to.deep.equal({
      plain: [],
    });
  });

  it('previews for a person with what the channel loses and refuses', async () => {
    const long = {
      synchronised: true,
      variants: {
        '*': {
          elements: [{ kind: 'text', text: [{ text: `Hi {{first_name|friend}} ${'x'.repeat(120)}`, italic: true }] }],
        },
      },
    };
    const { body } = await ask('POST', '/api/v1/preview', {
      content: long,
      channels: ['plain'],
      subscriber: people[0],
    });
    const { items } = body as {
      items: { losses: { message: string }[]; errors: { path: string; message: string }[]; fallbacks: string[] }[];
    };
    expect(JSON.stringify(items[0])).to.contain('Hi Anna');
    expect(items[0]?.losses).to.not.deep.equal([]);
    expect(items[0]?.errors, 'what is for every messenger is split where one takes less').to.deep.equal([]);
    for (const { message } of items[0]?.losses ?? []) expect(message).to.match(/\s/);
    const own = { synchronised: false, variants: { plain: long.variants['*'] } };
    const written = await ask('POST', '/api/v1/preview', { content: own, channels: ['plain'] });
    expect(written.body).to.have.nested.property('items[0].errors[0].path', 'content.variants.plain.elements.0.text');
    const stranger = await ask('POST', '/api/v1/preview', { content: long, channels: ['plain'] });
    expect(stranger.body).to.have.nested.property('items[0].fallbacks[0]', 'first_name');
  });

  it('names the bots over which a picture could not be fetched, with the remedy', async () => {
    const image = { kind: 'image', source: 'http://shop.example/p.jpg' };
    const { capabilities } = app.deps.channels.get('plain') as { capabilities: { pictures?: object } };
    const { id } = await create({
      name: 'Picture',
      content: { synchronised: true, variants: { '*': { elements: [image] } } },
    });
    const faults = async (): Promise<{ path: string; message: string }[]> => {
      const { body } = await ask('POST', `/api/v1/mailings/${id}/check`);
      const { findings } = body as { findings: { code: string; path: string; message: string }[] };
      return findings.filter(({ code }) => code.startsWith('picture_'));
    };
    expect(await faults()).to.deep.equal([]);
    capabilities.pictures = { upload: false, https: true };
    const [fault] = await faults();
    delete capabilities.pictures;
    expect(fault?.path).to.equal('content.variants.*.elements.0.source');
    expect(fault?.message).to.match(/over Bot good-t\. Upload the picture/);
  });

  it('plans a test, waits for its outcome, and says who cannot get one', async () => {
    const { id } = await create({ name: 'Test', content: CONTENT });
    const asked = ask('POST', `/api/v1/mailings/${id}/test`, { subscribers: [people[0]] });
    const row = () => app.deps.db('deliveries').where({ purpose: 'test' }).first('id', 'cause');
    await until('the test to be planned', async () => (await row()) !== undefined);
    await app.deps.db('deliveries').where({ purpose: 'test' }).update({ state: 'sent' });
    app.deps.bus.publish('live');
    expect((await asked).body).to.deep.equal({
      results: [
        { subscriber: people[0], channel: 'plain', form: 'message', state: 'sent', reason: null, detail: null },
      ],
    });
    expect(
      (await ask('POST', `/api/v1/mailings/${id}/test`, { subscribers: ['zzzzzzzzzzzz'] })).body,
    ).to.have.nested.property('errors[0].path', 'subscribers.0');
    await app.deps.db('connections').where({ external_id: '5' }).update({ status: 'blocked' });
    const { results } = (await ask('POST', `/api/v1/mailings/${id}/test`, { subscribers: [people[5]] })).body as {
      results: { state: string; detail: string }[];
    };
    expect(results[0]).to.include({ state: 'skipped' });
    expect(results[0]?.detail).to.match(/subscribe/);
  });

  it('answers figures, recipients and their file, and tries again', async () => {
    const { id } = await create({ name: 'Figures', content: CONTENT });
    expect((await ask('GET', `/api/v1/mailings/${id}/statistics`)).body).to.have.nested.property('figures.planned', 0);
    expect((await ask('GET', `/api/v1/mailings/${id}/recipients?state=clicked`)).body).to.deep.equal({
      items: [],
      next: null,
    });
    const csv = await ask('GET', `/api/v1/mailings/${id}/recipients.csv`);
    expect(csv.headers.get('content-disposition')).to.contain(`recipients-${id}.csv`);
    expect(csv.text).to.match(/^\ufeff?subscriber,name,channel/);
    expect((await ask('POST', `/api/v1/mailings/${id}/retry`, { which: 'all' })).body).to.have.nested.property(
      'errors[0].path',
      'which',
    );
    expect((await ask('GET', '/api/v1/orders?state=paid')).body).to.deep.equal({ items: [], next: null });
    expect((await ask('PATCH', '/api/v1/orders/zzzzzzzzzzzz', { state: 'paid' })).status).to.equal(404);
  });

  it('tells open pages what moved, at most once a second, and those that come back what they missed', async () => {
    const { id } = await create({ name: 'Watched', content: CONTENT });
    const number = await idOf(id);
    const stream = await open(app, await tokenOf(app));
    await until('the stream to be open', () => stream.text.includes(': ready'));
    await until('the first look', async () => {
      await bump(app.deps.db, [{ campaignId: number, botId: 1, figure: 'planned', by: 1 }]);
      return stream.text.includes('"kind":"mailing"');
    });
    const told = stream.events().filter((event) => event.live.kind === 'mailing');
    expect(told.every(({ live }) => live.kind === 'mailing' && live.mailing.id === id)).to.equal(true);
    const since = told.at(-1)!.id - 1;
    app.deps.bus.publish('bot', { id: 1 });
    await until('the bot', () => stream.text.includes('"kind":"bot"'));
    stream.close();
    const later = await open(app, await tokenOf(app), since);
    await until(
      'what was missed',
      () => later.text.includes('"kind":"bot"') && later.text.includes('"kind":"mailing"'),
    );
    later.close();
  });
});

const tokenOf = async (app: TestApp): Promise<string> => {
  const owner = await app.token('write', 'read');
  return ((await owner('POST', '/api/v1/tokens', { name: 'live', scopes: ['read'] })).body as { token: string }).token;
};

async function open(app: TestApp, token: string, lastEventId?: number) {
  const aborter = new AbortController();
  const response = await fetch(`${app.url}/api/v1/live`, {
    signal: aborter.signal,
    headers: {
      authorization: `Bearer ${token}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
    },
  });
  expect(response.headers.get('content-type')).to.contain('text/event-stream');
  const stream = {
    text: '',
    events: (): { id: number; live: Live }[] =>
      [...stream.text.matchAll(/id: (\d+)\ndata: (.*)\n\n/g)].map((match) => ({
        id: Number(match[1]),
        live: JSON.parse(match[2]!) as Live,
      })),
    close: () => aborter.abort(),
  };
  const decoder = new TextDecoder();
  void (async () => {
    for await (const chunk of response.body!) stream.text += decoder.decode(chunk as Uint8Array);
  })().catch(() => undefined);
  return stream;
}
