// The starts of a repeated mailing with their figures, counted from the ledger by the cause of its deliveries. Walked in
// slices of ids, as every question about a million rows is.
import { type DeliveryState, FIGURE_OF } from '../domain/delivery.ts';
import type { Database } from './database.ts';
import { OCCURRENCE_LENGTH } from './planning-rules.ts';
import { deliveryRange } from './statistics.ts';
import { walkUp } from './walk.ts';

export interface StartFigures {
  occurrence: string;
  planned: number;
  sent: number;
  failed: number;
  skipped: number;
  cancelled: number;
  unconfirmed: number;
}

/** The newest first. */
export async function countStarts(db: Database, campaignId: number, signal?: AbortSignal): Promise<StartFigures[]> {
  const range = await deliveryRange(db, campaignId);
  const starts = new Map<string, StartFigures>();
  if (!range) return [];
  await walkUp(db, { ...range, signal }, async (from, to) => {
    const start = `substr(cause, 1, ${OCCURRENCE_LENGTH})`;
    const rows = (await db('deliveries')
      .where({ campaign_id: campaignId, purpose: 'campaign' })
      .where('id', '>', from)
      .where('id', '<=', to)
      .groupByRaw(`${start}, state`)
      .select(db.raw(`${start} as occurrence`), 'state', db.raw('count(*) as people'))) as {
      occurrence: string;
      state: DeliveryState;
      people: number | string;
    }[];
    for (const { occurrence, state, people } of rows) {
      const figures = starts.get(occurrence) ?? { occurrence, ...NONE };
      figures.planned += Number(people);
      const figure = FIGURE_OF[state];
      if (figure) figures[figure] += Number(people);
      starts.set(occurrence, figures);
    }
  });
  return [...starts.values()].sort((a, b) => (a.occurrence < b.occurrence ? 1 : -1));
}

const NONE = { planned: 0, sent: 0, failed: 0, skipped: 0, cancelled: 0, unconfirmed: 0 };
