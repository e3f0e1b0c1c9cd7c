// What remains to be sent, as a sender reads it: the deliveries of a slice, or single ones, with what is needed to write
// to their people, and nothing that this message does not ask for.
import type { DeliveryPurpose, DeliveryState } from '../domain/delivery.ts';
import type { SingleMessage } from '../domain/message.ts';
import type { AttributeValue } from '../domain/subscriber.ts';
import { type Database, isMysql, readJson } from './database.ts';
import { ask, askForArrays } from './hot.ts';
import type { Slice } from './slices.ts';

/** A planned delivery with what is needed to write to its person. */
export interface Outgoing {
  id: number;
  campaignId: number;
  botId: number;
  subscriberId: number;
  connectionId: number;
  purpose: DeliveryPurpose;
  attempts: number;
  parts: number;
  /** The call it went in and may have arrived with; read only where the platform knows repeats by the call. */
  callKey: string | null;
  address: string;
  firstName: string | null;
  lastName: string | null;
  locale: string | null;
  phone: string | null;
  email: string | null;
  /** Where the mailing follows people's clocks; null: it does not, or theirs is not known. */
  timeZone: string | null;
  /** When the person last acted at this address; read only where a messaging window asks for it. */
  lastInboundAt: number | null;
  /** As stored: read with `readAttributes` only where a message asks for one. */
  attributes: unknown;
  /** The message of a single delivery; null means the campaign's own. */
  content: SingleMessage | null;
}

export const readAttributes = (outgoing: Outgoing): Record<string, AttributeValue> => readJson(outgoing.attributes);

const COLUMNS = `d.id, d.subscriber_id as subscriberId, d.connection_id as connectionId, d.attempts, d.parts,
  c.external_id as address`;

const PERSON = 's.first_name as firstName, s.last_name as lastName, s.locale, s.phone, s.email, s.attributes';

const INBOUND = 'c.last_inbound_at as lastInboundAt';

/** Where the person's columns begin. */
const WHO = 6;

type Cell = string | number | null;

/** What else is read of a slice. */
export interface Reading {
  /** Who they are, which only a message that speaks of them needs. */
  person?: boolean;
  /** When they last acted. */
  window?: boolean;
  /** Which call they may have arrived with. */
  call?: boolean;
}

/** What of a slice is still to be sent. Deliveries that wait for a later try have a lease of their own. */
export async function readSlice(db: Database, slice: Slice, reading: Reading): Promise<Outgoing[]> {
  const { person = false, window = false, call = false } = reading;
  const rows = await askForArrays<Cell>(db, {
    sql: `select ${COLUMNS}${person ? `, ${PERSON}` : ''}${window ? `, ${INBOUND}` : ''}${call ? ', d.call_key' : ''}
     from deliveries d join connections c on c.id = d.connection_id${person ? ' join subscribers s on s.id = d.subscriber_id' : ''}
     where d.campaign_id = ? and d.bot_id = ? and d.id between ? and ? and d.state = 'planned' and d.purpose = 'campaign'
       and d.time_zone ${isMysql(db) ? '<=>' : 'is'} ?
       and not exists (select 1 from due_deliveries u where u.delivery_id = d.id)
     order by d.id`,
    bindings: [slice.campaignId, slice.botId, slice.first, slice.last, slice.timeZone],
  });
  return rows.map((row) => outgoingOf(slice, row, { person, window, call }));
}

/** In the order of the columns above. */
function outgoingOf(
  { campaignId, botId, timeZone }: Slice,
  row: readonly Cell[],
  { person, window, call }: Required<Reading>,
): Outgoing {
  const who = person ? row.slice(WHO, WHO + 6) : [];
  return {
    id: row[0] as number,
    campaignId,
    botId,
    subscriberId: row[1] as number,
    connectionId: row[2] as number,
    purpose: 'campaign',
    attempts: row[3] as number,
    parts: row[4] as number,
    callKey: call ? (row.at(-1) as string | null) : null,
    address: row[5] as string,
    firstName: (who[0] ?? null) as string | null,
    lastName: (who[1] ?? null) as string | null,
    locale: (who[2] ?? null) as string | null,
    phone: (who[3] ?? null) as string | null,
    email: (who[4] ?? null) as string | null,
    timeZone,
    lastInboundAt: window ? (row.at(call ? -2 : -1) as number | null) : null,
    attributes: who[5] ?? '{}',
    content: null,
  };
}

/** Single deliveries by their ids, those still planned. */
export async function readSingles(
  db: Database,
  ids: readonly number[],
  { call = false }: Pick<Reading, 'call'> = {},
): Promise<Outgoing[]> {
  if (ids.length === 0) return [];
  const { rows } = await ask<Outgoing>(db, {
    sql: `select ${COLUMNS}, ${call ? 'd.call_key' : 'null'} as callKey, d.campaign_id as campaignId, d.bot_id as botId, d.purpose,
       d.time_zone as timeZone, ${INBOUND}, ${PERSON}, d.content
     from deliveries d join connections c on c.id = d.connection_id join subscribers s on s.id = d.subscriber_id
     where d.id in (${ids.map(() => '?').join(', ')}) and d.state = 'planned'`,
    bindings: ids,
  });
  return rows.map((row) => ({ ...row, content: row.content === null ? null : readJson<SingleMessage>(row.content) }));
}

/** Those of the ids that are neither to be sent nor on the wire. */
export async function settledAmong(db: Database, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return [];
  const open = new Set(
    (await db('deliveries')
      .whereIn('id', [...ids])
      .whereIn('state', OPEN)
      .pluck('id')) as number[],
  );
  return ids.filter((id) => !open.has(id));
}

const OPEN: readonly DeliveryState[] = ['planned', 'sending'];
