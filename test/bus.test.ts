import { expect } from 'chai';
import { Redis } from 'ioredis';
import { type Bus, createRedisBus } from '../src/bus.ts';
import { type Service, startRedis, until } from './support/services.ts';

describe('the bus over Redis', () => {
  let redis: Service;
  let buses: Bus[];
  let complaints: number;
  const open = (): { bus: Bus; heard: unknown[] } => {
    const bus = createRedisBus(redis.url, () => {
      complaints += 1;
    });
    buses.push(bus);
    const heard: unknown[] = [];
    bus.subscribe('campaign', (data) => heard.push(data));
    return { bus, heard };
  };
  beforeEach(async () => {
    redis = await startRedis();
    buses = [];
    complaints = 0;
  });
  afterEach(async () => {
    for (const bus of buses) await bus.close();
    await redis.stop();
  });

  /** Publishes until the other hears: a message of before its subscription is lost. */
  const reaches = (from: Bus, heard: unknown[], word: string): Promise<void> =>
    until(`${word} is heard`, () => {
      from.publish('campaign', word);
      return heard.includes(word);
    });

  it('is heard here at once, and once, and by the others', async () => {
    const [one, other] = [open(), open()];
    await reaches(one.bus, other.heard, 'hello');
    one.heard.length = 0;
    other.heard.length = 0;
    one.bus.publish('campaign', { id: 'c1' });
    expect(one.heard).to.deep.equal([{ id: 'c1' }]);
    await until('the other hears it', () => other.heard.length > 0);
    other.bus.publish('campaign', 'answer');
    await until('the answer comes', () => one.heard.includes('answer'));
    expect(one.heard).to.deep.equal([{ id: 'c1' }, 'answer']);
  });

  it('goes on here while Redis is away or hangs, and everywhere when it is back', async () => {
    const [one, other] = [open(), open()];
    await reaches(one.bus, other.heard, 'before');
    const port = Number(new URL(redis.url).port);
    await redis.stop();
    one.bus.publish('campaign', 'alone');
    expect(one.heard).to.include('alone');
    await until('it is told', () => complaints > 0);
    redis = await startRedis(port);
    await reaches(one.bus, other.heard, 'after');
    await reaches(other.bus, one.heard, 'and back');
    expect(complaints, 'two connections each, told once each').to.be.at.most(4);
    redis.process.kill('SIGSTOP');
    one.bus.publish('campaign', 'in silence');
    expect(one.heard).to.include('in silence');
    redis.process.kill('SIGCONT');
    await reaches(one.bus, other.heard, 'awake');
  });

  it('subscribes also where Redis comes later, and is not upset by what others say', async () => {
    const port = Number(new URL(redis.url).port);
    await redis.stop();
    const [one, other] = [open(), open()];
    redis = await startRedis(port);
    await reaches(one.bus, other.heard, 'late');
    const stranger = new Redis(redis.url);
    await stranger.publish('herald:campaign', 'no JSON');
    await stranger.publish('herald:campaign', '"a word"');
    stranger.disconnect();
    await reaches(one.bus, other.heard, 'still there');
  });
});
