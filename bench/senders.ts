// Two sender processes against one, on MariaDB, with a platform that takes 20 ms to answer and no limit set. Both send to
// the same people in turns; what is measured is the time from the first message at the sink to the last. Senders run
// for days: each set of them sends a mailing that is not measured before the one that is.
import { CONNECTIONS_PER_ORIGIN } from '../channels/lib/http.ts';
import { startChild } from '../test/support/child.ts';
import { crashWorld } from '../test/support/crash-world.ts';
import { stopMariadb } from '../test/support/databases.ts';
import { type Bench, round } from './bench.ts';

const PEOPLE = 30_000;
const ROUNDS = 3;
const ANSWER_MS = 20;

export const bench: Bench = async ({ people, rounds, note }) => {
  const count = people ?? PEOPLE;
  const delay = ['--delay', String(ANSWER_MS)];
  const sink = await startChild<{ url: string }>(new URL('./sink.ts', import.meta.url), delay);
  const world = await crashWorld({ kind: 'mariadb', channel: 'plain', people: count, sink });
  const speeds: { one: number[]; two: number[] } = { one: [], two: [] };
  let doubled = 0;

  /** Sends one mailing to everybody; answers messages a second. */
  async function measure(): Promise<number> {
    await world.over(await world.mailing(), 300_000);
    const { arrivals } = (await (await fetch(`${sink.ready.url}/_take`)).json()) as { arrivals: number[] };
    // Whoever is called sent had an answer of the sink: what came beyond is double.
    doubled += arrivals.length - count;
    return ((arrivals.length - 1) * 1000) / ((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0));
  }

  await world.start();
  for (let turn = 1; turn <= (rounds ?? ROUNDS); turn += 1) {
    await measure();
    speeds.one.push(await measure());
    const second = await world.start();
    await measure();
    speeds.two.push(await measure());
    await world.kill(second);
    note(`${turn}: one ${round(speeds.one.at(-1) ?? 0, 0)}/s, two ${round(speeds.two.at(-1) ?? 0, 0)}/s`);
  }
  const sent = (await world.db('deliveries').where({ state: 'sent' }).count('* as count').first()) as { count: number };
  const lost = 4 * (rounds ?? ROUNDS) * count - Number(sent.count);
  await world.close();
  await stopMariadb();
  const [one, two] = [mean(speeds.one), mean(speeds.two)];
  return {
    per_second_one: round(one, 0),
    per_second_two: round(two, 0),
    ratio: round(two / one),
    doubled,
    lost,
    // One sender waits for so many answers at a time, which bounds its speed; two have twice as many.
    per_second_window: round(CONNECTIONS_PER_ORIGIN / (ANSWER_MS / 1000), 0),
  };
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
