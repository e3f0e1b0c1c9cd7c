// When statements are given up: only where the server itself does not answer, and never because one takes long.
import { expect } from 'chai';
import { isAway } from '../../src/store/away.ts';
import { createLifeline, type Lifeline } from '../../src/store/mysql-lifeline.ts';
import { until } from '../support/services.ts';

const TICK_MS = 10;

describe('a lifeline', () => {
  let lifeline: Lifeline;
  let asked: (readonly number[])[];
  let answer: () => Promise<void>;
  let destroyed: number[];

  const line = (threadId: number): { threadId: number; destroy(): void } => ({
    threadId,
    destroy: () => void destroyed.push(threadId),
  });
  const never = (): Promise<never> => new Promise(() => undefined);

  beforeEach(() => {
    asked = [];
    destroyed = [];
    lifeline = createLifeline({
      tickMs: TICK_MS,
      ask: (givenUp) => {
        asked.push(givenUp);
        return answer();
      },
    });
  });
  afterEach(() => lifeline.end());

  it('asks nobody while statements are answered', async () => {
    answer = async () => undefined;
    for (let n = 0; n < 20; n += 1) expect(await lifeline.watch(line(1), async () => n)).to.equal(n);
    expect(asked).to.deep.equal([]);
  });

  it('lets a statement take as long as it wants while the server answers', async () => {
    answer = async () => undefined;
    let finish = (_value: string): void => undefined;
    const slow = lifeline.watch(line(1), () => new Promise<string>((resolve) => (finish = resolve)));
    await until('it was asked about several times', () => asked.length > 3);
    expect(() => lifeline.expectAnswer()).not.to.throw();
    finish('done');
    expect(await slow).to.equal('done');
    expect(destroyed).to.deep.equal([]);
  });

  it('gives all up where the server does not answer, and ends what it had begun before going on', async () => {
    let wake = (): void => undefined;
    answer = () => new Promise((resolve) => (wake = resolve));
    const errors = await Promise.all(
      [1, 2].map((id) => lifeline.watch(line(id), never).catch((error: unknown) => error)),
    );
    for (const error of errors) expect(isAway(error)).to.equal(true);
    expect(destroyed).to.deep.equal([1, 2]);
    expect(() => lifeline.expectAnswer()).to.throw('does not answer');
    // The question that was open then named nobody yet: one more is asked before anything else is.
    answer = async () => undefined;
    wake();
    await until('it may be asked again', () => {
      try {
        lifeline.expectAnswer();
        return true;
      } catch {
        return false;
      }
    });
    expect(asked).to.deep.equal([[], [1, 2]]);
  });

  it('asks again until there is an answer, naming the connections that were given up', async () => {
    answer = () => Promise.reject(new Error('refused'));
    await lifeline.watch(line(7), never).catch(() => undefined);
    await until('it was asked again', () => asked.length > 2);
    expect(asked.at(-1)).to.deep.equal([7]);
    answer = async () => undefined;
    const count = asked.length;
    await until('it was heard', () => asked.length > count);
    expect(await lifeline.watch(line(8), async () => 'well')).to.equal('well');
  });
});
