// Messaging windows in counts and confirmations: how many people are outside, and what happens to them, in words.
import type { Channel } from '../domain/channel.ts';
import { groupBy } from '../domain/group.ts';
import type { Content } from '../domain/message.ts';
import { windowsOf } from '../domain/window.ts';
import type { AudienceCount, AudienceQuery } from '../store/audience.ts';
import { countWindows } from '../store/audience-windows.ts';
import { listBots } from '../store/bots.ts';
import { chargedInMonth } from '../store/charges.ts';
import type { Database } from '../store/database.ts';
import type { Windows } from '../store/window-sql.ts';
import type { WindowCheck } from './api/engine.ts';
import type { Findings } from './findings.ts';

/** The windows that a mailing of this content has to keep, as they stand at an instant. */
export const windowsAt = (
  channels: ReadonlyMap<string, Channel>,
  content: Pick<Content, 'templates'>,
  at: number,
): Windows => ({ at, rules: windowsOf(channels.values(), content) });

export interface Windowed {
  /** Without those whom a window shuts out. */
  count: AudienceCount;
  windows: WindowCheck[];
}

/** A count that does not know of windows, and the same with them. */
export async function withWindows(
  db: Database,
  count: AudienceCount,
  query: AudienceQuery | null,
  options: { now: number; signal?: AbortSignal | undefined },
): Promise<Windowed> {
  const windowed = query?.windows ? await countWindows(db, query, options) : null;
  if (!windowed) return { count, windows: [] };
  const bots = new Map((await listBots(db)).map((bot) => [bot.publicId, bot]));
  const charged = await chargedInMonth(
    db,
    [...bots.values()].map(({ id }) => id),
    query?.windows?.at ?? options.now,
  );
  const byChannel: Record<string, number> = {};
  for (const [id, people] of Object.entries(windowed.byBot)) {
    const channel = bots.get(id)?.channel ?? '';
    byChannel[channel] = (byChannel[channel] ?? 0) + people;
  }
  const windows = windowed.windows.flatMap(({ bot: id, out, outside, ...numbers }): WindowCheck[] => {
    const bot = bots.get(id);
    const hours = query?.windows?.rules.find(({ channel }) => channel === bot?.channel)?.hours ?? 0;
    if (!bot) return [];
    const month =
      outside === 'charged' ? { charged: charged.get(bot.id) ?? 0, free: bot.settings.monthlyFree ?? null } : null;
    return [{ ...numbers, bot: id, name: bot.name, hours, outside: out, rule: outside, month }];
  });
  return { count: { ...count, total: windowed.total, byBot: windowed.byBot, byChannel }, windows };
}

/** What happens to those outside, messenger by messenger. */
export function tellWindows(windows: readonly WindowCheck[], found: Findings): void {
  for (const [channel, own] of groupBy(windows, (one) => one.channel)) {
    const sum = (numberOf: (one: WindowCheck) => number): number =>
      own.reduce((total, one) => total + numberOf(one), 0);
    const tell = (code: string, count: number): void => {
      if (count > 0) found.warn('audience', code, { channel, count, hours: own[0]?.hours ?? 0 });
    };
    tell(
      'window_template',
      sum(({ rule, outside }) => (rule === 'template' ? outside : 0)),
    );
    tell(
      'window_moved',
      sum(({ moved }) => moved),
    );
    tell(
      'window_skipped',
      sum(({ skipped }) => skipped),
    );
    tell(
      'window_charged',
      sum(({ rule, outside }) => (rule === 'charged' ? outside : 0)),
    );
  }
  for (const { name, outside, month } of windows) {
    if (month === null || month.free === null || outside === 0) continue;
    const numbers = { name, count: month.charged + outside, free: month.free };
    if (numbers.count > month.free) found.warn('sending', 'window_month_over', numbers);
    else found.ok('sending', 'window_month', numbers);
  }
}
