// The messaging window in SQL: the same rule as `domain/window.ts`, for the connections in hand.
import { windowSince, type WindowRule } from '../domain/window.ts';

/** The windows of an audience's channels, as they stand at an instant. */
export interface Windows {
  at: number;
  rules: readonly WindowRule[];
}

/** A window by its bot. */
export interface BotWindow {
  botId: number;
  /** Whoever acted at this instant or before is outside. */
  since: number;
  outside: WindowRule['outside'];
}

export const botWindows = (
  windows: Windows | undefined,
  bots: readonly { id: number; channel: string }[],
): BotWindow[] =>
  (windows?.rules ?? []).flatMap(({ channel, hours, outside }) =>
    bots
      .filter((bot) => bot.channel === channel)
      .map(({ id }) => ({ botId: id, since: windowSince(hours, windows?.at ?? 0), outside })),
  );

export const closedOnly = (windows: readonly BotWindow[]): BotWindow[] =>
  windows.filter(({ outside }) => outside === 'closed');

/** Is this connection outside of its window? Our own integers are written out: the text is used several times over. */
export function outsideSql(windows: readonly BotWindow[], bot = 'c.bot_id', lastInbound = 'c.last_inbound_at'): string {
  if (windows.length === 0) return '0 = 1';
  const cases = windows.map(({ botId, since }) => `when ${botId} then ${since}`);
  // Elsewhere nobody is outside: everyone acted after an instant before all others.
  return `coalesce(${lastInbound}, 0) <= case ${bot} ${cases.join(' ')} else -1 end`;
}
