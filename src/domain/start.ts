// What a scheduled mailing does when its time has come: starts, asks because it is too late, or waits for its next
// start. And what a finished start is followed by. Pure, so that every way of being late can be tried.
import type { MailingSettings } from './mailing-settings.ts';
import { instantOfOccurrence, newestMissed, nextStart, occurrenceOf } from './repeat.ts';
import { scheduleInstant } from './schedule.ts';

export interface Due {
  dueAt: number;
  /** Starts behind it. */
  starts: number;
  /** A person said to send although it is late. */
  lateAccepted: boolean;
  settings: Pick<MailingSettings, 'repeat' | 'latest'>;
}

export type StartDecision =
  /** The cause of its deliveries is the occurrence; '' for a mailing that is sent once. */
  | { kind: 'start'; dueAt: number; occurrence: string }
  /** It stops and asks. */
  | { kind: 'ask'; dueAt: number }
  /** The next start is nearer than the missed one. */
  | { kind: 'wait'; dueAt: number };

const MINUTE_MS = 60_000;

export function decideStart({ dueAt, starts, lateAccepted, settings }: Due, now: number): StartDecision {
  const { repeat, latest } = settings;
  // Starts missed while nobody could send collapse into the newest of them.
  const due = repeat === null ? dueAt : newestMissed(repeat, { due: dueAt, now });
  const late = now - due;
  if (lateAccepted || latest === null || late <= latest * MINUTE_MS)
    return { kind: 'start', dueAt: due, occurrence: repeat === null ? '' : occurrenceOf(due) };
  const next = repeat === null ? null : nextStart(repeat, { after: now, starts });
  return next !== null && next - now < late ? { kind: 'wait', dueAt: next } : { kind: 'ask', dueAt: due };
}

export interface Started {
  /** Null: the series was ended by hand. */
  dueAt: number | null;
  occurrence: string;
  starts: number;
  settings: Pick<MailingSettings, 'repeat'>;
}

/** The start after the one that was made last; null: there is none. One that was missed meanwhile is not left out here. */
export function startAfter({ dueAt, occurrence, starts, settings: { repeat } }: Started): number | null {
  if (repeat === null || dueAt === null || occurrence === '') return null;
  return nextStart(repeat, { after: instantOfOccurrence(occurrence), starts });
}

/** When a mailing starts first that is sent now or at a set time, or the next start of a repeated one; null: never. */
export function firstStart(
  { when, repeat }: Pick<MailingSettings, 'when' | 'repeat'>,
  { earliest, starts }: { earliest: number; starts: number },
): number | null {
  const from = when.mode === 'at' ? scheduleInstant(when.local, when.zone, { overlap: when.overlap }).at : earliest;
  // The pattern alone says when a repeated mailing starts; a set time says from when on.
  return repeat === null ? from : nextStart(repeat, { after: Math.max(from, earliest) - 1, starts });
}
