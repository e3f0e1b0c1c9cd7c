// What the address says about the recipients shown: a state or an action, a reason, a name.
import type { RecipientQuery } from '../../../../src/http/api/statistics.ts';

export const RECIPIENT_FILTERS = [
  'sent',
  'delivered',
  'opened',
  'failed',
  'skipped',
  'planned',
  'unconfirmed',
  'cancelled',
  'clicked',
  'clicked_link',
  'clicked_button',
  'clicked_buy',
  'ordered',
  'bought',
  'replied',
] as const satisfies readonly NonNullable<RecipientQuery['state']>[];
export type RecipientFilter = (typeof RECIPIENT_FILTERS)[number];

export interface RecipientsView {
  state: RecipientFilter | null;
  reason: string | null;
  search: string;
}

type Search = Readonly<Record<string, string | undefined>>;

export function readRecipients(search: Search): RecipientsView {
  const state = RECIPIENT_FILTERS.find((filter) => filter === search.state) ?? null;
  return {
    state,
    reason: state === null ? null : (search.reason?.slice(0, 32) ?? null),
    search: search.search?.slice(0, 200) ?? '',
  };
}

/** A reason belongs to a state: with another state it is dropped. */
export const writeRecipients = ({ state, reason, search }: RecipientsView): Search => ({
  tab: 'recipients',
  state: state ?? undefined,
  reason: state === null ? undefined : (reason ?? undefined),
  search: search.trim() === '' ? undefined : search.trim(),
});

export const recipientsQuery = ({ state, reason, search }: RecipientsView): RecipientQuery => ({
  ...(state === null ? {} : { state }),
  ...(reason === null ? {} : { reason }),
  ...(search === '' ? {} : { search }),
});
