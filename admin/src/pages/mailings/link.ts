// Where a mailing's name leads.
import type { MailingRow } from '../../../../src/http/api/mailings.ts';

/** A draft opens in the wizard, everything else on its page. */
export const mailingLink = (
  mailing: MailingRow,
): { to: '/mailings/$id/edit' | '/mailings/$id'; params: { id: string } } => ({
  to: mailing.state === 'draft' && mailing.deletedAt === null ? '/mailings/$id/edit' : '/mailings/$id',
  params: { id: mailing.id },
});
