// The life of an order: placed, paid (then it is a sale), taken back. One table of moves; what each state counts for
// follows from the state alone, so a repeated notice moves nothing and a refund subtracts exactly what was added.
import { Problem } from './problem.ts';
import { revenueFigure } from './stats.ts';

export const ORDER_STATES = ['ordered', 'paid', 'cancelled', 'refunded'] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export interface Customer {
  name?: string;
  contact?: string;
  note?: string;
}

const MOVES: Readonly<Record<OrderState, readonly OrderState[]>> = {
  ordered: ['paid', 'cancelled'],
  paid: ['refunded', 'cancelled'],
  cancelled: [],
  refunded: [],
};

/** False when the order is there already; throws `order_state` when the table has no such move. */
export function moveOrder(state: OrderState, next: OrderState): boolean {
  if (state === next) return false;
  if (!MOVES[state].includes(next)) throw new Problem('order_state', { state, next });
  return true;
}

/** What an order in a state adds to the figures. A refunded order was placed all the same; a cancelled one was not. */
export function orderFigures(state: OrderState, amount: number, currency: string): Map<string, number> {
  return new Map([
    ['orders', state === 'cancelled' ? 0 : 1],
    ['sales', state === 'paid' ? 1 : 0],
    [revenueFigure(currency), state === 'paid' ? amount : 0],
  ]);
}

/** How the figures change from one state to another; `null`: there was no order. Zeros are left out. */
export function figureChanges(
  order: { amount: number; currency: string },
  from: OrderState | null,
  to: OrderState,
): { figure: string; by: number }[] {
  const before = from === null ? new Map<string, number>() : orderFigures(from, order.amount, order.currency);
  return [...orderFigures(to, order.amount, order.currency)]
    .map(([figure, value]) => ({ figure, by: value - (before.get(figure) ?? 0) }))
    .filter(({ by }) => by !== 0);
}

/** Minor units in words of a language: 1250 EUR → €12.50. */
export function formatMoney(amount: number, currency: string, language: string): string {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}
