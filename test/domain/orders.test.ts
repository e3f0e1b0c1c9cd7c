import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  figureChanges,
  formatMoney,
  moveOrder,
  ORDER_STATES,
  orderFigures,
  type OrderState,
} from '../../src/domain/orders.ts';
import { Problem } from '../../src/domain/problem.ts';

describe('moveOrder', () => {
  const permitted = new Set(['ordered→paid', 'ordered→cancelled', 'paid→refunded', 'paid→cancelled']);
  for (const from of ORDER_STATES)
    for (const to of ORDER_STATES)
      it(`${from} → ${to}: ${from === to ? 'nothing to do' : permitted.has(`${from}→${to}`) ? 'moves' : 'refused'}`, () => {
        if (from === to) expect(moveOrder(from, to)).to.equal(false);
        else if (permitted.has(`${from}→${to}`)) expect(moveOrder(from, to)).to.equal(true);
        else
          expect(() => moveOrder(from, to))
            .to.throw(Problem)
            .with.property('code', 'order_state');
      });
});

describe('figureChanges', () => {
  const order = { amount: 1250, currency: 'EUR' };

  it('makes a paid order a sale and takes a refund back', () => {
    expect(figureChanges(order, null, 'ordered')).to.deep.equal([{ figure: 'orders', by: 1 }]);
    expect(figureChanges(order, 'ordered', 'paid')).to.deep.equal([
      { figure: 'sales', by: 1 },
      { figure: 'revenue:EUR', by: 1250 },
    ]);
    expect(figureChanges(order, 'paid', 'refunded')).to.deep.equal([
      { figure: 'sales', by: -1 },
      { figure: 'revenue:EUR', by: -1250 },
    ]);
    expect(figureChanges(order, 'paid', 'paid')).to.deep.equal([]);
  });

  it('adds up, along any way, to what the last state counts for', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ORDER_STATES)), (wishes) => {
        let state: OrderState = 'ordered';
        const changes = figureChanges(order, null, state);
        for (const wish of wishes) {
          try {
            if (!moveOrder(state, wish)) continue;
          } catch {
            continue;
          }
          changes.push(...figureChanges(order, state, wish));
          state = wish;
        }
        for (const [figure, value] of orderFigures(state, order.amount, order.currency)) {
          expect(changes.filter((change) => change.figure === figure).reduce((sum, { by }) => sum + by, 0)).to.equal(
            value,
          );
        }
      }),
    );
  });
});

describe('formatMoney', () => {
  it('knows how many digits a currency has', () => {
    expect(formatMoney(1250, 'EUR', 'en')).to.equal('€12.50');
    expect(formatMoney(1250, 'JPY', 'en')).to.equal('¥1,250');
    expect(formatMoney(123456, 'UAH', 'uk')).to.match(/1\s234,56\s₴/);
  });
});
