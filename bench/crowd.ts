// Many people at once, written by the database itself: a million one by one would take longer than what is measured.
import type { Bot } from '../src/store/bots.ts';
import { type Database, isMysql } from '../src/store/database.ts';

const DIGITS =
  '(select 0 as d union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9)';
const CHUNK = 100_000;

/** So many people with one active connection each, addresses `p1`, `p2` …, in a database that has none yet. */
export async function crowd(db: Database, bot: Bot, count: number): Promise<void> {
  const places = Array.from({ length: String(CHUNK).length - 1 }, (_, place) => ({
    name: `n${place}`,
    weight: 10 ** place,
  }));
  const number = places.map(({ name, weight }) => `${name}.d * ${weight}`).join(' + ');
  const numbers = `select 1 + ? + ${number} as i from ${places.map(({ name }) => `${DIGITS} ${name}`).join(' cross join ')}`;
  const name = isMysql(db) ? `concat('p', i)` : `'p' || i`;
  for (let done = 0; done < count; done += CHUNK) {
    const some = `(${numbers}) as numbers where i <= ? order by i`;
    await db.raw(
      `insert into subscribers (id, public_id, first_name, attributes, search_text, created_at, main_connection_id)
       select i, ${name}, ${name}, '{}', ${name}, 1, i from ${some}`,
      [done, count],
    );
    await db.raw(
      `insert into connections (id, subscriber_id, bot_id, external_id, status, since, subscribed_at)
       select i, i, ?, ${name}, 'active', 1, 1 from ${some}`,
      [bot.id, done, count],
    );
  }
  await db.raw(isMysql(db) ? 'analyze table subscribers, connections' : 'analyze');
}
