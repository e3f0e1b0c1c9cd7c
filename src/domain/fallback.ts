// Over which of a person's connections a message goes, and over which next where one refuses. One person gets one copy:
// the order is stated, a connection is tried once, and nobody who said no is written to elsewhere.
import type { RefusalReason } from './channel.ts';
import type { Via } from './mailing-settings.ts';
import type { ConnectionStatus } from './subscriber.ts';

/** Refusals that speak of the connection and not of the message or the person: another connection may do. */
export const FALLBACK_REASONS = ['blocked', 'unreachable', 'window_closed'] as const satisfies readonly RefusalReason[];
export type FallbackReason = (typeof FALLBACK_REASONS)[number];

export const allowsFallback = (reason: string | null): reason is FallbackReason =>
  (FALLBACK_REASONS as readonly (string | null)[]).includes(reason);

/** The order in which a mailing goes over a person's connections; null: over one, or each by itself. */
export type Order = { kind: 'main' } | { kind: 'list'; bots: readonly number[] } | null;

/** `idOf` knows the bots' ids by their public ids. */
export function orderOf(via: Via, idOf: (publicId: string) => number | undefined): Order {
  if (via.mode === 'main') return via.fallback ? { kind: 'main' } : null;
  return via.each ? null : { kind: 'list', bots: via.bots.flatMap((bot) => idOf(bot) ?? []) };
}

/** One of a person's connections. */
export interface Way {
  connectionId: number;
  botId: number;
  status: ConnectionStatus;
  /** When the person last used it, as far as is known. */
  usedAt: number;
  /** It is outside of a messaging window that nothing goes through. */
  closed?: boolean;
}

export interface Ways {
  all: readonly Way[];
  main: number | null;
}

/** The bots that are not disconnected, and whether the message has a variant for their channel. */
export type Bots = ReadonlyMap<number, { variant: boolean }>;

const hasVariant = (bots: Bots, way: Way): boolean => way.status === 'active' && bots.get(way.botId)?.variant === true;
const canCarry = (bots: Bots, way: Way): boolean => hasVariant(bots, way) && !way.closed;

/** The main connection first, then the most recently used; or in the order of the list. */
function inOrder({ all, main }: Ways, order: NonNullable<Order>): Way[] {
  const rank = (way: Way): number =>
    order.kind === 'list' ? order.bots.indexOf(way.botId) : Number(way.connectionId !== main);
  return all
    .filter((way) => rank(way) >= 0)
    .toSorted((a, b) => rank(a) - rank(b) || b.usedAt - a.usedAt || a.connectionId - b.connectionId);
}

/**
 * Over which connection a mailing that goes over main ones reaches a person, before the filter is asked about it: the
 * first that can be written to; else the first outside of its messaging window; else the first that a variant is missing
 * for; else the main one, whatever its state.
 */
export function firstWay(ways: Ways, bots: Bots): Way | null {
  const ordered = inOrder(ways, { kind: 'main' });
  const active = ordered.filter((way) => way.status === 'active' && bots.has(way.botId));
  const main = ordered.find((way) => way.connectionId === ways.main && bots.has(way.botId));
  return (
    active.find((way) => canCarry(bots, way)) ??
    active.find((way) => hasVariant(bots, way)) ??
    active[0] ??
    main ??
    null
  );
}

/**
 * Over which connections one person gets a mailing now, as planning chooses them. Where none will do, the one that is to be
 * complained of; none where there is not even that.
 */
export function waysFor(ways: Ways, bots: Bots, via: Via, idOf: (publicId: string) => number | undefined): Way[] {
  const some = (way: Way | null | undefined): Way[] => (way ? [way] : []);
  if (via.mode === 'main') {
    return some(via.fallback ? firstWay(ways, bots) : ways.all.find((way) => way.connectionId === ways.main));
  }
  const list = { kind: 'list' as const, bots: via.bots.flatMap((bot) => idOf(bot) ?? []) };
  const active = inOrder(ways, list).filter((way) => way.status === 'active' && bots.has(way.botId));
  const carrying = active.filter((way) => hasVariant(bots, way));
  if (via.each && carrying.length > 0) return carrying;
  return some(carrying.find((way) => !way.closed) ?? carrying[0] ?? active[0]);
}

// --- After a refusal ------------------------------------------------------------------------

export interface Tried {
  connectionId: number;
  reason: FallbackReason;
}

/** More than anyone has; what is remembered of them fits its column. */
export const MOST_TRIED = 8;

/** Where a delivery goes that a connection refused, or why it ends: for the first reason, which is the one to mend. */
export type Onward = { kind: 'next'; way: Way; tried: Tried[] } | { kind: 'end'; reason: FallbackReason };

export interface Refusal {
  order: Order;
  ways: Ways;
  bots: Bots;
  /** Connections tried before, oldest first. */
  tried: readonly Tried[];
  refused: Tried;
}

export function afterRefusal({ order, ways, bots, tried: before, refused }: Refusal): Onward {
  const tried = [...before, refused];
  const had = new Set(tried.map(({ connectionId }) => connectionId));
  const way =
    order && tried.length <= MOST_TRIED
      ? inOrder(ways, order).find((one) => canCarry(bots, one) && !had.has(one.connectionId))
      : undefined;
  return way ? { kind: 'next', way, tried } : { kind: 'end', reason: (before[0] ?? refused).reason };
}

/** As it is stored: `<connection>:<reason>`, parted by commas. */
export const writeTried = (tried: readonly Tried[]): string | null =>
  tried.length === 0 ? null : tried.map(({ connectionId, reason }) => `${connectionId}:${reason}`).join(',');

export function readTried(text: string | null): Tried[] {
  return (text ?? '').split(',').flatMap((part): Tried[] => {
    const [id, reason = null] = part.split(':');
    return allowsFallback(reason) ? [{ connectionId: Number(id), reason }] : [];
  });
}
