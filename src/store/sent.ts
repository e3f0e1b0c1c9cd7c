// Deliveries that were simply sent, nearly all there are: nothing but their own rows and the counters change, in one
// transaction and one trip to the database.
import { groupBy } from '../domain/group.ts';
import { chargeSteps } from './charges.ts';
import { bumpSteps, MINUTE_MS } from './counters.ts';
import { type Database, isMysql } from './database.ts';
import { inOneTrip, together } from './hot.ts';
import type { SettledDelivery } from './settled.ts';
import type { Step } from './sqlite-messages.ts';

/** On MySQL what is charged for is written with care: the one text counts what it changes, and not whose it was. */
export const isSimplySent = (db: Database, { settled, single, purpose, charged = false }: SettledDelivery): boolean =>
  settled.state === 'sent' && !single && purpose === 'campaign' && !(charged && isMysql(db));

/**
 * Writes them down. False where not all were `sending` under the stamp they went out with: then, on SQLite, nothing was
 * written, and on MySQL those that were, each counted; to write one of these again changes nothing.
 */
export async function saveSent(db: Database, group: readonly SettledDelivery[]): Promise<boolean> {
  if (group.length === 0) return true;
  // One time for all, the earliest: a watermark receipt speaks of what was sent no later than it.
  const at = Math.min(...group.map((delivery) => delivery.at));
  const byRun = [...groupBy(group, ({ campaignId, botId }) => `${campaignId} ${botId}`)];
  // Always in the same order, so that two senders never wait for each other in a circle.
  const runs = byRun.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, run]) => [...alike(run).values()]);
  return isMysql(db) ? saveOnMysql(db, runs, at) : saveOnSqlite(db, runs, at);
}

const alike = (run: readonly SettledDelivery[]): Map<number, SettledDelivery[]> =>
  // A message has a few parts and a few tries at most.
  groupBy(run, ({ settled }) => 100 * settled.attempts + settled.parts);

type Runs = readonly (readonly (readonly SettledDelivery[])[])[];

async function saveOnSqlite(db: Database, runs: Runs, at: number): Promise<boolean> {
  const updates = runs.flat().map((some): Step => {
    const set = setOf(some, at, 'max');
    return {
      sql: `update deliveries as d set ${set.sql}, external_message_id = v.value ->> 1 from json_each(?) as v
        where d.id = v.value ->> 0 and d.state = 'sending' and d.sending_at = v.value ->> 2`,
      bindings: [...set.bindings, JSON.stringify(some.map((d) => [d.id, d.settled.messageId, d.stampedAt]))],
      mustChange: some.length,
    };
  });
  const changes = runs.flatMap((run) => {
    const first = run[0]?.[0];
    const by = run.reduce((sum, some) => sum + some.length, 0);
    return first ? [{ campaignId: first.campaignId, botId: first.botId, figure: 'sent', by, at }] : [];
  });
  const charges = chargeSteps(
    db,
    runs.flat(2).filter(({ charged }) => charged),
  );
  return (await together(db, [...updates, ...bumpSteps(db, changes), ...charges])) !== null;
}

async function saveOnMysql(db: Database, runs: Runs, at: number): Promise<boolean> {
  const parts = runs.flat();
  const changed = await inOneTrip(
    db,
    parts.flatMap((some) => stepsOnMysql(some, at)),
  );
  return parts.every((some, index) => changed[index * STEPS_ON_MYSQL + 1] === some.length);
}

/** Of one group of likes; the update is the second. */
const STEPS_ON_MYSQL = 4;

/**
 * What is changed is what is counted: within one text nothing can look at it and turn back. Counted and locked first,
 * and not asked of `row_count()`: whose client was killed meanwhile is told -1, and the text goes on to its commit.
 */
function stepsOnMysql(group: readonly SettledDelivery[], at: number): Step[] {
  const { campaignId, botId } = group[0] ?? { campaignId: 0, botId: 0 };
  const set = setOf(group, at, 'greatest');
  // Ids and instants are our own integers: written out, they need no binding each.
  const ids = group.map(({ id }) => id).join(', ');
  const stamps = group.map(({ id, stampedAt }) => `(${id}, ${stampedAt})`).join(', ');
  const ours = `id in (${ids}) and state = 'sending' and (id, sending_at) in (${stamps})`;
  const add = 'on duplicate key update value = value + @sent';
  return [
    { sql: `select count(*) into @sent from deliveries where ${ours} for update`, bindings: [] },
    {
      sql: `update deliveries set ${set.sql}, external_message_id = elt(field(id, ${ids}), ${group.map(() => '?').join(', ')})
        where ${ours}`,
      bindings: [...set.bindings, ...group.map(({ settled }) => settled.messageId)],
    },
    {
      sql: `insert into counters (campaign_id, bot_id, button_id, figure, value) values (?, ?, '', 'sent', @sent) ${add}`,
      bindings: [campaignId, botId],
    },
    {
      sql: `insert into counter_minutes (campaign_id, figure, minute, value) values (?, 'sent', ?, @sent) ${add}`,
      bindings: [campaignId, at - (at % MINUTE_MS)],
    },
  ];
}

function setOf(group: readonly SettledDelivery[], at: number, later: string): { sql: string; bindings: number[] } {
  const { attempts, parts } = group[0]?.settled ?? { attempts: 0, parts: 0 };
  const time = `${later}(sending_at, ?)`;
  return {
    sql: `state = 'sent', reason = null, detail = null, attempts = ?, parts = ?, settled_at = ${time}, sent_at = ${time}`,
    bindings: [attempts, parts, at, at],
  };
}
