// The messaging window at the moment of sending: a mailing may take hours, and a window closes meanwhile. Who is outside
// by then gets what the platform lets through, or is left to another connection.
import type { Payload } from '../domain/channel.ts';
import { windowEnd, type WindowRule } from '../domain/window.ts';
import type { Outgoing } from '../store/outgoing.ts';

/** How one delivery meets its messenger's window. */
export interface TaskWindow {
  closesAt: number;
  outside: WindowRule['outside'];
  /** Where a template is what goes outside. */
  template: () => Payload[];
}

interface Windowed {
  outgoing: Pick<Outgoing, 'parts'>;
  payloads: Payload[];
  window: TaskWindow | null;
}

export const taskWindow = (
  window: { rule: WindowRule; template: (outgoing: Outgoing) => Payload[] } | null,
  outgoing: Outgoing,
): TaskWindow | null =>
  window && {
    closesAt: windowEnd(outgoing.lastInboundAt, window.rule.hours),
    outside: window.rule.outside,
    template: () => window.template(outgoing),
  };

/** May it go out now? Outside it takes the form that is allowed there; what has arrived in part is finished as it is. */
export function mayPass(task: Windowed, now: number): boolean {
  const { window, outgoing } = task;
  if (window === null || outgoing.parts > 0 || now < window.closesAt) return true;
  if (window.outside === 'template') task.payloads = window.template();
  return window.outside !== 'closed';
}

export const isCharged = ({ window }: Windowed, at: number): boolean =>
  window !== null && window.outside === 'charged' && at >= window.closesAt;
