// Builders for the engine's tests: many people at once, a mailing that is due, a sender over a fake channel, and the
// sums that must hold at every instant.
import { expect } from 'chai';
import { createLocalBus } from '../../src/bus.ts';
import type { MailingSettings } from '../../src/domain/mailing-settings.ts';
import type { Channel } from '../../src/domain/channel.ts';
import { FIGURE_OF, type DeliveryState } from '../../src/domain/delivery.ts';
import type { Content, Element } from '../../src/domain/message.ts';
import { createLog } from '../../src/log.ts';
import { type Outbound, type OutboundDeps, startOutbound } from '../../src/outbound/index.ts';
import type { Bot } from '../../src/store/bots.ts';
import { type Campaign, createCampaign, moveCampaign } from '../../src/store/campaigns.ts';
import { readCounters } from '../../src/store/counters.ts';
import { type Database, isMysql } from '../../src/store/database.ts';
import { keyring } from './people.ts';

export const text = (words: string): Element => ({ kind: 'text', text: [{ text: words }] });

export const contentOf = (...elements: Element[]): Content => ({ synchronised: true, variants: { '*': { elements } } });

const CHUNK = 400;

/** People with one active connection each; their addresses are `p1`, `p2` … */
export async function manyPeople(db: Database, bot: Bot, count: number, prefix = 'p'): Promise<void> {
  for (let first = 1; first <= count; first += CHUNK) {
    const names = Array.from({ length: Math.min(CHUNK, count - first + 1) }, (_, index) => `${prefix}${first + index}`);
    await db.transaction(async (trx) => {
      await trx('subscribers').insert(
        names.map((name) => ({
          public_id: `${bot.publicId}-${name}`.slice(-24),
          first_name: name,
          attributes: '{}',
          search_text: name,
          created_at: 1,
        })),
      );
      const ids = (
        await trx('subscribers').orderBy('id', 'desc').limit(names.length).pluck('id')
      ).reverse() as number[];
      await trx('connections').insert(
        names.map((name, index) => ({
          subscriber_id: ids[index],
          bot_id: bot.id,
          external_id: name,
          status: 'active',
          since: 1,
          subscribed_at: 1,
        })),
      );
      await trx.raw(
        'update subscribers set main_connection_id = (select min(c.id) from connections c where c.subscriber_id = subscribers.id) where main_connection_id is null',
      );
    });
  }
}

export interface MailingSpec {
  settings?: Partial<MailingSettings>;
  content?: Content;
  /** When it is due, by the test's clock. */
  now?: number;
}

/** A mailing to all active people, due now; without a limit of its own unless one is given. */
export async function dueMailing(
  db: Database,
  { settings = {}, content = contentOf(text('Hello')), now = Date.now() }: MailingSpec = {},
): Promise<Campaign> {
  const draft = await createCampaign(db, {
    name: 'Test',
    content,
    settings: { speed: null, ...settings },
    staffId: null,
    now,
  });
  return moveCampaign(db, draft.id, 'schedule', { now, dueAt: now });
}

export interface Rig extends Outbound {
  bus: ReturnType<typeof createLocalBus>;
}

/** A sender; `changes` are what the test gives in place of the usual, such as a clock. */
export function startSender(db: Database, channels: readonly Channel[], changes: Partial<OutboundDeps> = {}): Rig {
  const bus = createLocalBus();
  const outbound = startOutbound({
    db,
    keyring,
    channels: new Map(channels.map((channel) => [channel.name, channel])),
    apiRoots: {},
    bus,
    log: createLog(process.env.LOG_LEVEL ?? 'silent'),
    now: Date.now,
    random: Math.random,
    publicUrl: () => 'https://herald.example',
    owner: `test-${process.pid}-${Math.random()}`,
    ...changes,
  });
  return { ...outbound, bus };
}

export type Sums = Record<string, number>;

/** The counters of a mailing and, beside them, the same figures counted anew over the rows. */
export async function figuresOf(db: Database, campaignId: number): Promise<{ counters: Sums; rows: Sums }> {
  const counters: Sums = {};
  for (const { figure, value } of await readCounters(db, [campaignId]))
    if (value !== 0) counters[figure] = (counters[figure] ?? 0) + value;
  const states = (await db('deliveries')
    .where({ campaign_id: campaignId, purpose: 'campaign' })
    .groupBy('state')
    .select('state')
    .count('* as count')) as {
    state: DeliveryState;
    count: number | string;
  }[];
  const rows: Sums = {};
  for (const { state, count } of states) {
    rows.planned = (rows.planned ?? 0) + Number(count);
    const figure = FIGURE_OF[state];
    if (figure) rows[figure] = (rows[figure] ?? 0) + Number(count);
  }
  return { counters, rows };
}

/** What is counted equals what is there. */
export async function expectAudited(db: Database, campaignId: number): Promise<Sums> {
  // One moment for both, also while others write.
  const snapshot = isMysql(db) ? { isolationLevel: 'repeatable read' as const } : {};
  const { counters, rows } = await db.transaction((trx) => figuresOf(trx, campaignId), snapshot);
  expect(counters).to.deep.equal(rows);
  return counters;
}
