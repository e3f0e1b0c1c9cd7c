// A mailing that has gone out, as rows: for tests of what comes back. Its message has one button of each kind and a
// link inside the text.
import type { Inbound } from '../../src/domain/channel.ts';
import type { DeliveryState } from '../../src/domain/delivery.ts';
import { FIGURE_OF } from '../../src/domain/delivery.ts';
import type { Message } from '../../src/domain/message.ts';
import { signToken } from '../../src/domain/tracking.ts';
import { type Bus, createLocalBus } from '../../src/bus.ts';
import type { ReceiveDeps } from '../../src/inbound/receive.ts';
import { createLog } from '../../src/log.ts';
import { type Bot } from '../../src/store/bots.ts';
import { type Campaign, createCampaign, getCampaignById } from '../../src/store/campaigns.ts';
import { bump } from '../../src/store/counters.ts';
import type { Database } from '../../src/store/database.ts';
import { ensureLinks, type StoredLink } from '../../src/store/links.ts';
import { aPerson, keyring, NOW } from './people.ts';

export const MESSAGE: Message = {
  elements: [
    { kind: 'text', text: [{ text: 'See ' }, { text: 'our site', link: 'https://shop.example/inline' }] },
    {
      kind: 'buttons',
      rows: [
        [{ kind: 'link', id: 'site', label: 'Open', url: 'https://shop.example/?a=1&b=2' }],
        [
          {
            kind: 'message',
            id: 'more',
            label: 'Tell me more',
            reply: [{ text: 'Gladly' }],
            tag: 'curious',
            attribute: { key: 'interest', value: 'coffee' },
          },
        ],
        [
          {
            kind: 'buy',
            id: 'buy',
            label: 'Buy',
            product: { name: 'Guji <b>250 g</b>', amount: 1250, currency: 'EUR' },
          },
        ],
      ],
    },
  ],
};

export const SENT_AT = NOW - 3_600_000;
export const trackingKey = keyring.derive('tracking');

export interface SentTo {
  deliveryId: number;
  subscriberId: number;
  publicId: string;
  connectionId: number;
  address: string;
  token(buttonId: string): string;
}

export interface SentMailing {
  campaign: Campaign;
  links: StoredLink[];
  to: SentTo[];
}

let count = 0;

export interface SentMailingSpec {
  bot: Bot;
  states?: readonly DeliveryState[];
  purpose?: 'campaign' | 'test';
  message?: Message;
  person?: Parameters<typeof aPerson>[1];
  sentAt?: number;
}

/** One person per state. A sent message's id at the platform is `m<delivery id>`. */
export async function aSentMailing(db: Database, spec: SentMailingSpec): Promise<SentMailing> {
  const { bot, states = ['sent'], purpose = 'campaign', message = MESSAGE, sentAt = SENT_AT } = spec;
  const draft = await createCampaign(db, { name: 'Spring tasting', staffId: null, now: NOW });
  const links = await ensureLinks(db, draft.id, bot.channel, message);
  const to: SentTo[] = [];
  for (const state of states) {
    count += 1;
    const address = `person-${count}`;
    const person = await aPerson(db, { ...spec.person, connections: [{ bot, address }] });
    const connectionId = person.connectionIds[0]!;
    const isSent = FIGURE_OF[state] === 'sent';
    const [deliveryId] = (await db('deliveries').insert({
      campaign_id: draft.id,
      subscriber_id: person.id,
      connection_id: connectionId,
      bot_id: bot.id,
      purpose,
      cause: purpose === 'campaign' ? '' : `test:${count}`,
      state,
      planned_at: sentAt - 1000,
      sending_at: ['planned', 'skipped', 'cancelled'].includes(state) ? null : sentAt - 20,
      settled_at: FIGURE_OF[state] === null ? null : sentAt,
      sent_at: isSent ? sentAt : null,
    })) as [number];
    if (isSent)
      await db('deliveries')
        .where({ id: deliveryId })
        .update({ external_message_id: `m${deliveryId}` });
    const figure = FIGURE_OF[state];
    if (purpose === 'campaign') {
      const key = { campaignId: draft.id, botId: bot.id };
      await bump(db, [
        { ...key, figure: 'planned', by: 1 },
        ...(figure ? [{ ...key, figure, by: 1, ...(figure === 'sent' ? { at: sentAt } : {}) }] : []),
      ]);
    }
    const token = (buttonId: string): string =>
      signToken(trackingKey, deliveryId, links.find((link) => link.buttonId === buttonId)!.number);
    to.push({ deliveryId, subscriberId: person.id, publicId: person.publicId, connectionId, address, token });
  }
  await db('campaigns')
    .where({ id: draft.id })
    .update({ state: 'sent', started_at: sentAt, plan_cursor: 1, plan_ceiling: 1 });
  return { campaign: await getCampaignById(db, draft.id), links, to };
}

export interface Heard extends ReceiveDeps {
  bus: Bus;
  /** Topics published so far. */
  topics: string[];
}

export function receiveDeps(db: Database, now = NOW): Heard {
  const bus = createLocalBus();
  const topics: string[] = [];
  for (const topic of ['work', 'live', 'receipt'] as const) bus.subscribe(topic, () => void topics.push(topic));
  return { db, bus, now: () => now, trackingKey, log: createLog('silent'), topics };
}

type InboundOf<K extends Inbound['kind']> = Inbound extends infer I
  ? I extends Inbound
    ? K extends I['kind']
      ? I
      : never
    : never
  : never;
type About<K extends Inbound['kind']> = Omit<InboundOf<K>, 'kind' | 'externalId' | 'at'>;

let facts = 0;

/** A fact with an id of its own, dated now unless said otherwise. */
export function fact<K extends Inbound['kind']>(
  kind: K,
  about: About<K> & { externalId?: string; at?: number },
): Inbound {
  facts += 1;
  return { externalId: `fact-${facts}`, at: NOW, ...about, kind } as unknown as Inbound;
}
