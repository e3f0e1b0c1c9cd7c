// A mailing that stopped by itself and waits for a person's word: going on is an answer to a question, not a button among
// others.
import type { MailingRow } from '../../../../src/http/api/mailings.ts';

const QUESTIONS = ['too_late', 'canary_failed'] as const;

/** What it asks about; null: nothing. */
export const questionOf = ({
  state,
  reason,
}: Pick<MailingRow, 'state' | 'reason'>): (typeof QUESTIONS)[number] | null =>
  state === 'stopped' ? (QUESTIONS.find((question) => question === reason) ?? null) : null;
