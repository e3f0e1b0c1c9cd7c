// What the address of the mailings table says: the tab and the search. What is not said is the default, so that the plain
// address is the plain table.
import type { MailingTab } from '../../api/api.ts';

export const TABS = [
  'all',
  'draft',
  'scheduled',
  'sending',
  'sent',
  'stopped',
  'trash',
] as const satisfies readonly MailingTab[];

export interface MailingsView {
  tab: MailingTab;
  search: string;
}

type Search = Readonly<Record<string, string | undefined>>;

export const readView = (search: Search): MailingsView => ({
  tab: TABS.find((tab) => tab === search.tab) ?? 'all',
  search: search.search?.slice(0, 200) ?? '',
});

export const writeView = ({ tab, search }: MailingsView): Search => ({
  tab: tab === 'all' ? undefined : tab,
  search: search.trim() === '' ? undefined : search.trim(),
});
