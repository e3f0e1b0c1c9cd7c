// A mailing as the API shows it: the row of the table, and the whole of it for the wizard and its page.
import { mailingRows } from '../stats/mailing-row.ts';
import type { Campaign } from '../store/campaigns.ts';
import { contentOf } from '../store/messages.ts';
import type { Mailing, MailingRow } from './api/mailings.ts';
import type { HttpDeps } from './deps.ts';

export type ViewDeps = Pick<HttpDeps, 'db' | 'channels' | 'now'>;

export const toRows = ({ db, channels, now }: ViewDeps, campaigns: readonly Campaign[]): Promise<MailingRow[]> =>
  mailingRows(db, campaigns, channels, now());

export async function toMailing(deps: ViewDeps, campaign: Campaign): Promise<Mailing> {
  const [row] = await toRows(deps, [campaign]);
  if (!row) throw new Error(`mailing ${campaign.publicId} has no row`);
  const { version, audience, settings } = campaign;
  return { ...row, version, content: await contentOf(deps.db, campaign), audience, settings };
}
