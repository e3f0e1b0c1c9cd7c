// What a mailing waits for that is news: a person's word, where it stopped by itself (going on is then an answer to a
// question, not a button among others); or something that keeps it from starting.
import type { MailingRow } from '../../../../src/http/api/mailings.ts';

const QUESTIONS = ['too_late', 'canary_failed'] as const;

/** What it asks about; null: nothing. */
export const questionOf = ({
  state,
  reason,
}: Pick<MailingRow, 'state' | 'reason'>): (typeof QUESTIONS)[number] | null =>
  state === 'stopped' ? (QUESTIONS.find((question) => question === reason) ?? null) : null;

/** What keeps it from starting or going on; that its time has not come is none. */
export const hindranceOf = ({ waiting }: Pick<MailingRow, 'waiting'>): MailingRow['waiting'] =>
  waiting?.code === 'not_due' ? null : waiting;
