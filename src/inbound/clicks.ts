// Counts a click of a person on a button or link of a mailing: every click, each person once, per button and in all.
// Called inside the transaction that stored the click as an event, with the delivery locked.
import type { EventKind } from '../domain/event.ts';
import type { LinkKind } from '../domain/links.ts';
import { confirmArrival } from '../domain/receipt.ts';
import type { Figure } from '../domain/stats.ts';
import { type ArrivalDelivery, type Mark, markOnce, saveArrival } from '../store/arrivals.ts';
import { bump, type CounterChange } from '../store/counters.ts';
import type { Database } from '../store/database.ts';
import { clickedBefore } from '../store/clicks.ts';
import type { StoredLink } from '../store/links.ts';

interface ClickKind {
  event: EventKind;
  mark: Mark;
  people: Figure;
  clicks: Figure;
}

const LINK: ClickKind = {
  event: 'link_clicked',
  mark: 'link_clicked_at',
  people: 'link_people',
  clicks: 'link_clicks',
};

export const CLICKS: Readonly<Record<LinkKind, ClickKind>> = {
  link: LINK,
  inline: LINK,
  buy: { event: 'buy_clicked', mark: 'buy_clicked_at', people: 'buy_people', clicks: 'buy_clicks' },
  message: { event: 'button_clicked', mark: 'button_clicked_at', people: 'button_people', clicks: 'button_clicks' },
};

export interface Click {
  delivery: ArrivalDelivery;
  link: StoredLink;
  eventId: number;
  at: number;
}

export async function countClick(db: Database, { delivery, link, eventId, at }: Click): Promise<void> {
  const kind = CLICKS[link.kind];
  const first = await markOnce(db, delivery.id, kind.mark, at);
  // What was clicked has arrived, whatever became of the answer to the call that sent it.
  const arrival = confirmArrival(delivery, at);
  if (arrival.counts.length > 0) await saveArrival(db, delivery.id, arrival.after);
  if (delivery.purpose !== 'campaign') return;

  const { campaignId, botId } = delivery;
  const firstOnButton = !(await clickedBefore(db, { delivery, event: kind.event, buttonId: link.buttonId, eventId }));
  const changes: CounterChange[] = arrival.counts.map((count) => ({ campaignId, botId, ...count }));
  changes.push({ campaignId, botId, figure: kind.clicks, by: 1, at });
  changes.push({ campaignId, botId, buttonId: link.buttonId, figure: kind.clicks, by: 1 });
  if (first) changes.push({ campaignId, botId, figure: kind.people, by: 1 });
  if (firstOnButton) changes.push({ campaignId, botId, buttonId: link.buttonId, figure: kind.people, by: 1 });
  await bump(db, changes);
}
