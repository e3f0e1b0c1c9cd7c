// How many messages a bot sent that its platform charges for, by calendar month (UTC): for the people who watch a monthly
// count, and beside the deliveries, which do not know what they cost.
import { addStep } from './counters.ts';
import type { Database } from './database.ts';
import type { Step } from './sqlite-messages.ts';
import type { Value } from './values.ts';

/** A message that was accepted, at its price. */
export interface Charge {
  botId: number;
  at: number;
}

const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);

export function chargeSteps(db: Database, charges: readonly Charge[]): Step[] {
  const sums = new Map<string, [botId: number, month: string, by: number]>();
  for (const { botId, at } of charges) {
    const month = monthOf(at);
    const sum = sums.get(`${botId} ${month}`) ?? [botId, month, 0];
    sum[2] += 1;
    sums.set(`${botId} ${month}`, sum);
  }
  return addStep(
    db,
    'charged_messages',
    ['bot_id', 'month'],
    [...sums.values()].sort(([a], [b]) => a - b),
  );
}

export async function charge(db: Database, charges: readonly Charge[]): Promise<void> {
  for (const { sql, bindings } of chargeSteps(db, charges)) await db.raw(sql, [...bindings] as Value[]);
}

/** By bot, in the month of an instant. */
export async function chargedInMonth(
  db: Database,
  botIds: readonly number[],
  at: number,
): Promise<Map<number, number>> {
  const rows: { bot_id: number; value: number | string }[] = await db('charged_messages')
    .whereIn('bot_id', [...botIds])
    .where({ month: monthOf(at) })
    .select('bot_id', 'value');
  return new Map(rows.map((row) => [row.bot_id, Number(row.value)]));
}
