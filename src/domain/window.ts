// The time after a person's last act in which a platform lets free messages through, and what becomes of people outside
// of it. Counting, planning and sending decide by this one rule; the store says it in SQL (`outsideSql`).
import type { Capabilities, MessagingWindow } from './capabilities.ts';
import type { Content } from './message.ts';

export type Outside = MessagingWindow['outside'];

/** How a mailing meets the window of one channel. */
export interface WindowRule {
  channel: string;
  hours: number;
  /** Outside: nothing goes (`closed`), the template goes, or the message goes at a price (`charged`). */
  outside: Outside;
}

const HOUR_MS = 3_600_000;

/** Who has acted at this instant or before is outside. */
export const windowSince = (hours: number, now: number): number => now - hours * HOUR_MS;

/** From this instant on the person is outside. Whoever never wrote is outside at any time. */
export const windowEnd = (lastInboundAt: number | null, hours: number): number =>
  (lastInboundAt ?? 0) + hours * HOUR_MS;

/** Where only templates may go and the author wrote none, nothing goes. */
export function outsideOf(
  window: MessagingWindow,
  channel: string,
  { templates }: Pick<Content, 'templates'>,
): Outside {
  return window.outside === 'template' && templates?.[channel] === undefined ? 'closed' : window.outside;
}

/** The windows of those channels that have one. */
export const windowsOf = (
  channels: Iterable<{ name: string; capabilities: Pick<Capabilities, 'window'> }>,
  content: Pick<Content, 'templates'>,
): WindowRule[] =>
  [...channels].flatMap(({ name, capabilities: { window } }) =>
    window === null ? [] : [{ channel: name, hours: window.hours, outside: outsideOf(window, name, content) }],
  );
