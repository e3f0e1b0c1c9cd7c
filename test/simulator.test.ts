// Simulated messengers beside a real server: a process for each, people spread over them, those on two of them one
// subscriber each, and everything found again after a restart.
import { expect } from 'chai';
import { SIMULATORS } from '../channels/simulators.ts';
import type { Bot, Simulator } from '../src/http/api/bots.ts';
import type { Page } from '../src/http/api/common.ts';
import type { SubscriberDetails, SubscriberRow } from '../src/http/api/subscribers.ts';
import { fillSimulator, type OwnedServer, startOwnedServer } from './support/owner.ts';
import { databaseKinds, newDatabaseUrl } from './support/databases.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { type Service, startRedis, until } from './support/services.ts';

/** Any two of them: nothing here depends on which. */
const CHANNELS = Object.keys(SIMULATORS).slice(0, 2);
const PEOPLE = 60;
const ON_TWO = CHANNELS.length > 1 ? 12 : 0;

describe('simulated messengers', function () {
  this.timeout(120_000);
  let server: OwnedServer;
  let again: RunningServer | undefined;
  let state: Simulator;

  const bots = async (): Promise<Bot[]> =>
    (await server.api<{ items: Bot[] }>('GET', '/bots')).items.filter((bot) => bot.simulated);
  const people = async (): Promise<SubscriberDetails[]> => {
    const { items } = await server.api<Page<SubscriberRow>>('POST', '/subscribers/search', { limit: 200 });
    return Promise.all(items.map(({ id }) => server.api<SubscriberDetails>('GET', `/subscribers/${id}`)));
  };

  before(async () => {
    server = await startOwnedServer();
  });
  after(async () => {
    await (again ?? server)?.stop();
  });

  it('refuses one that there is not', async () => {
    const refused = await server.api('POST', '/simulator', { channels: ['pigeon'] }).catch((error: Error) => error);
    expect(String(refused)).to.include('channels.0').and.to.include(CHANNELS[0]);
  });

  it('run side by side, each with a bot of its own', async () => {
    state = await fillSimulator(server.api, { channels: CHANNELS, people: PEOPLE, overlap: ON_TWO });
    expect(state).to.include({ running: true, persons: PEOPLE, shared: ON_TWO, people: PEOPLE + ON_TWO });
    expect(state.messengers.map((one) => [one.channel, one.running])).to.deep.equal(
      CHANNELS.map((name) => [name, true]),
    );
    expect((await bots()).map((bot) => [bot.channel, bot.status])).to.have.deep.members(
      CHANNELS.map((name) => [name, 'connected']),
    );
  });

  it('share some of their people, each of whom is one subscriber with two active connections', async () => {
    const active = async () => (await bots()).reduce((sum, bot) => sum + bot.active, 0);
    await until('everybody to have subscribed', async () => (await active()) === PEOPLE + ON_TWO);
    const everybody = await people();
    expect(everybody).to.have.length(PEOPLE);
    const shared = everybody.filter(({ connections }) => connections.length === 2);
    expect(shared).to.have.length(ON_TWO);
    for (const { name, connections } of shared) {
      expect(name).not.to.equal('');
      expect(connections.map(({ status }) => status)).to.deep.equal(['active', 'active']);
      expect(new Set(connections.map(({ bot }) => bot.channel)).size).to.equal(2);
      expect(connections.filter(({ main }) => main)).to.have.length(1);
    }
    if (CHANNELS.length === 1) return;
    const homes = shared.map(({ connections }) => connections.find(({ main }) => main)?.bot.channel);
    expect(new Set(homes).size, 'at home on either').to.equal(2);
  });

  it('take in more people later', async () => {
    state = await fillSimulator(server.api, { channels: CHANNELS.slice(0, 1), people: 5 });
    expect(state).to.include({ persons: PEOPLE + 5, shared: ON_TWO });
    await until('the newcomers', async () => (await people()).length === PEOPLE + 5);
  });

  it('stop together, and are there again with the same bots and people', async () => {
    const before = await bots();
    const stopped = await server.api<Simulator>('DELETE', '/simulator');
    expect(stopped).to.include({ running: false });
    expect(stopped.messengers.map(({ running }) => running)).to.deep.equal(CHANNELS.map(() => false));
    state = await server.api<Simulator>('POST', '/simulator', { channels: CHANNELS, people: 0 });
    expect(state).to.include({ running: true, persons: PEOPLE + 5, filled: PEOPLE + ON_TWO + 5 });
    expect((await bots()).map(({ id }) => id)).to.deep.equal(before.map(({ id }) => id));
  });

  it('are found again after a restart of the server, and take messages', async () => {
    await server.api('PATCH', '/simulator', { press: 0.25 });
    await server.end('SIGTERM');
    again = await startServer(server.environment, server);
    state = await server.api<Simulator>('GET', '/simulator');
    expect(state).to.include({ running: true, persons: PEOPLE + 5, filled: PEOPLE + ON_TWO + 5 });
    expect(state.behaviour).to.include({ press: 0.25 });
    await server.api('PATCH', '/settings', { holdSeconds: 0 });
    const content = { synchronised: true, variants: { '*': { elements: [{ kind: 'text', text: 'Hello' }] } } };
    const draft = await server.api<{ id: string; version: number }>('POST', '/mailings', { name: 'All', content });
    await server.api('POST', `/mailings/${draft.id}/send`, { version: draft.version });
    await until('everybody to have it', async () => {
      state = await server.api<Simulator>('GET', '/simulator');
      return state.received === PEOPLE + 5;
    });
    for (const { received } of state.messengers) expect(received).to.be.greaterThan(0);
  });
});

describe('a simulated messenger beside a process that only sends', function () {
  this.timeout(120_000);
  let redis: Service | undefined;
  let web: OwnedServer | undefined;
  let sender: RunningServer | undefined;

  before(async function () {
    if (!databaseKinds().includes('mariadb')) this.skip();
    redis = await startRedis();
    const shared = {
      DATABASE_URL: await newDatabaseUrl('mariadb'),
      REDIS_URL: redis.url,
      SECRET_KEY: '11'.repeat(32),
      INSTANCE_ID: 'herald-under-test',
    };
    web = await startOwnedServer({ ...shared, ROLE: 'web' });
    sender = await startServer({ ...shared, ROLE: 'sender' });
  });
  after(async () => {
    await sender?.stop();
    await web?.stop();
    await redis?.stop();
  });

  it('gets the messages, though the sender did not start it', async () => {
    if (!web) throw new Error('no server');
    const { api } = web;
    await fillSimulator(api, { channels: CHANNELS.slice(0, 1), people: 20 });
    await until('everybody to have subscribed', async () => {
      const { items } = await api<{ items: Bot[] }>('GET', '/bots');
      return items.some((bot) => bot.simulated && bot.active === 20);
    });
    await api('PATCH', '/settings', { holdSeconds: 0 });
    const content = { synchronised: true, variants: { '*': { elements: [{ kind: 'text', text: 'Hello' }] } } };
    const draft = await api<{ id: string; version: number }>('POST', '/mailings', { name: 'All', content });
    await api('POST', `/mailings/${draft.id}/send`, { version: draft.version });
    await until('everybody to have it', async () => (await api<Simulator>('GET', '/simulator')).received === 20);
  });
});
