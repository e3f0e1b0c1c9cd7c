// Does the memory of a sender grow with its audience? The highest resident set of a process that sends a mailing to ten
// thousand, a hundred thousand and a million people, each in a process of its own, on SQLite.
import { openDatabase } from '../src/store/database.ts';
import { migrate } from '../src/store/migrate.ts';
import { startChild } from '../test/support/child.ts';
import { newDatabaseUrl } from '../test/support/databases.ts';
import { dueMailing, figuresOf } from '../test/support/mailing.ts';
import { aBot } from '../test/support/people.ts';
import { type Bench, type Figures, round } from './bench.ts';
import { crowd } from './crowd.ts';

const SIZES = { '10k': 10_000, '100k': 100_000, '1m': 1_000_000 };
const MB = 1_048_576;

export const bench: Bench = async ({ people, note }) => {
  const figures: Figures = {};
  for (const [name, size] of Object.entries(SIZES)) {
    const count = Math.min(size, people ?? size);
    const peak = await peakOf(count);
    note(`${count} people: ${round(peak / MB, 0)} MB`);
    figures[`rss_${name}_mb`] = round(peak / MB, 0);
  }
  return { ...figures, ratio_1m_10k: round((figures.rss_1m_mb ?? Number.NaN) / (figures.rss_10k_mb ?? Number.NaN)) };
};

async function peakOf(count: number): Promise<number> {
  const url = await newDatabaseUrl('sqlite');
  const db = openDatabase(url);
  await migrate(db);
  await crowd(db, await aBot(db, { channel: 'plain' }), count);
  const campaign = await dueMailing(db);
  const sink = await startChild<{ url: string }>(new URL('./sink.ts', import.meta.url));
  const sender = await startChild<{ peakBytes: number }>(new URL('./memory-sender.ts', import.meta.url), [
    url,
    sink.ready.url,
  ]);
  await sender.kill();
  await sink.kill();
  const { counters } = await figuresOf(db, campaign.id);
  await db.destroy();
  if (counters.sent !== count) throw new Error(`${counters.sent} of ${count} were sent`);
  return sender.ready.peakBytes;
}
