// Statistics that audit themselves: every counter is counted again from deliveries, events and orders, and what
// differs is listed. Repairing moves each counter by its difference, so it holds while a mailing goes on.
import { compare, createTally, type Difference } from '../domain/audit.ts';
import {
  atOneInstant,
  auditedCampaigns,
  countClicks,
  countDeliveries,
  countOrders,
  countRolledUpClicks,
  publicNames,
} from '../store/audit-counts.ts';
import { bump, readCounters } from '../store/counters.ts';
import type { Database } from '../store/database.ts';
import { transact } from '../store/transact.ts';

/** Campaign and bot by their public ids. */
export type NamedDifference = Omit<Difference, 'campaign' | 'bot'> & { campaign: string; bot: string };

export const audit = async (db: Database, campaignId?: number): Promise<NamedDifference[]> =>
  named(db, await findDifferences(db, campaignId));

/** Answers what it mended. */
export async function repair(db: Database, campaignId?: number): Promise<NamedDifference[]> {
  const differences = await findDifferences(db, campaignId);
  await transact(db, (trx) =>
    bump(
      trx,
      differences.map(({ campaign, bot, button, figure, counter, truth }) => ({
        campaignId: campaign,
        botId: bot,
        buttonId: button,
        figure,
        by: truth - counter,
      })),
    ),
  );
  return named(db, differences);
}

async function named(db: Database, differences: readonly Difference[]): Promise<NamedDifference[]> {
  const campaigns = await publicNames(
    db,
    'campaigns',
    differences.map(({ campaign }) => campaign),
  );
  const bots = await publicNames(
    db,
    'bots',
    differences.map(({ bot }) => bot),
  );
  return differences.map((difference) => ({
    ...difference,
    campaign: campaigns.get(difference.campaign) ?? String(difference.campaign),
    bot: bots.get(difference.bot) ?? String(difference.bot),
  }));
}

async function findDifferences(db: Database, campaignId?: number): Promise<Difference[]> {
  const differences: Difference[] = [];
  // One campaign at a time: each is seen at one instant, and others are not held up for long.
  for (const id of await auditedCampaigns(db, campaignId)) {
    differences.push(...(await atOneInstant(db, (trx) => auditOne(trx, id))));
  }
  return differences;
}

async function auditOne(db: Database, campaignId: number): Promise<Difference[]> {
  const tally = createTally();
  const own = {
    add: (count: { botId: number; buttonId: string; figure: string; value: number }) =>
      tally.add({ ...count, campaignId }),
  };
  const counters = await readCounters(db, [campaignId]);
  await countDeliveries(db, campaignId, own);
  await countClicks(db, campaignId, own);
  await countRolledUpClicks(db, campaignId, own);
  await countOrders(db, campaignId, own);
  return compare(counters, tally.counts());
}
