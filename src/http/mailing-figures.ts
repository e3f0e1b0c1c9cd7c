// What became of a mailing: its figures, the outcome for every person, and another try for those it did not reach.
import { fullName } from '../domain/text.ts';
import { createCanaryCounts } from '../stats/canary.ts';
import { recipientsCsv } from '../stats/recipients-csv.ts';
import { statistics } from '../stats/statistics.ts';
import { getCampaign } from '../store/campaigns.ts';
import { type RecipientRow, recipientsPage, retryDeliveries } from '../store/deliveries.ts';
import { retryAnswerSchema, retryBodySchema } from './api/mailings.ts';
import { type Recipient, recipientPageSchema, recipientQuerySchema, statisticsSchema } from './api/statistics.ts';
import { goneSignal } from './context.ts';
import { sendCsv } from './csv.ts';
import type { HttpDeps } from './deps.ts';
import { record } from './record.ts';
import { guarded, type Route } from './route.ts';

const toRecipient = (row: RecipientRow): Recipient => ({
  subscriber: { id: row.subscriberPublicId, name: fullName(row.firstName, row.lastName) },
  channel: row.channel,
  bot: row.bot,
  state: row.state,
  reason: row.reason,
  detail: row.detail,
  attempts: row.attempts,
  tried: row.tried,
  sentAt: row.sentAt,
  settledAt: row.settledAt,
  deliveredAt: row.deliveredAt,
  openedAt: row.openedAt,
  clickedAt: row.clickedAt,
});

export function mailingFigureRoutes({ db, channels, bus, now }: HttpDeps): Route[] {
  const countCanary = createCanaryCounts(db);
  return [
    guarded({
      method: 'get',
      path: '/mailings/:id/statistics',
      tag: 'Mailings',
      summary: 'Figures, by messenger and by button, over time, and reasons of failure.',
      needs: 'read',
      answer: statisticsSchema,
      async handle({ params, language, response }) {
        const campaign = await getCampaign(db, params.id ?? '');
        return statistics(db, campaign, channels, { language, countCanary, signal: goneSignal(response) });
      },
    }),
    guarded({
      method: 'get',
      path: '/mailings/:id/recipients',
      tag: 'Mailings',
      summary: 'Every person of the mailing with the outcome.',
      needs: 'read',
      query: recipientQuerySchema,
      answer: recipientPageSchema,
      async handle({ params, query }) {
        const { id } = await getCampaign(db, params.id ?? '');
        const { items, next } = await recipientsPage(db, id, query);
        return { items: items.map(toRecipient), next };
      },
    }),
    guarded({
      method: 'get',
      path: '/mailings/:id/recipients.csv',
      tag: 'Mailings',
      summary: 'The same as a file, all pages at once.',
      needs: 'read',
      query: recipientQuerySchema,
      type: 'text/csv',
      async handle({ params, query, response }) {
        const { id, publicId } = await getCampaign(db, params.id ?? '');
        const { state, reason, search } = query;
        await sendCsv(response, `recipients-${publicId}.csv`, recipientsCsv(db, id, { state, reason, search }));
      },
    }),
    guarded({
      method: 'post',
      path: '/mailings/:id/retry',
      tag: 'Mailings',
      summary: 'Try again those who failed for a passing reason, or the unconfirmed, who may then get it twice.',
      needs: 'send',
      body: retryBodySchema,
      answer: retryAnswerSchema,
      async handle({ params, body, actor }) {
        const { id, publicId } = await getCampaign(db, params.id ?? '');
        const planned = await retryDeliveries(db, id, body.which, now());
        await record(db, now(), actor, {
          action: 'mailing.retried',
          target: publicId,
          data: { which: body.which, planned },
        });
        for (const topic of ['campaign', 'work', 'live'] as const) bus.publish(topic, { id });
        return { planned };
      },
    }),
  ];
}
