import { expect } from 'chai';
import * as fc from 'fast-check';
import { seriesOf, summarise } from '../../src/domain/stats.ts';

const MINUTE_MS = 60_000;

describe('seriesOf', () => {
  it('puts quiet minutes between busy ones', () => {
    const { stepMs, points } = seriesOf([
      { figure: 'sent', minute: 0, value: 5 },
      { figure: 'link_clicks', minute: 2 * MINUTE_MS, value: 1 },
      { figure: 'buy_clicks', minute: 2 * MINUTE_MS, value: 2 },
      { figure: 'planned', minute: 9 * MINUTE_MS, value: 9 },
    ]);
    expect(stepMs).to.equal(MINUTE_MS);
    expect(points).to.deep.equal([
      { at: 0, sent: 5, failed: 0, clicks: 0, orders: 0 },
      { at: MINUTE_MS, sent: 0, failed: 0, clicks: 0, orders: 0 },
      { at: 2 * MINUTE_MS, sent: 0, failed: 0, clicks: 3, orders: 0 },
    ]);
  });

  it('stays readable however long the mailing lasts, and loses nothing', () => {
    const minutes = fc.array(
      fc.record({
        figure: fc.constant('sent'),
        minute: fc.nat(3_000_000).map((n) => n * MINUTE_MS),
        value: fc.nat(100),
      }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(minutes, (list) => {
        const { points } = seriesOf(list);
        expect(points.length).to.be.within(1, 122);
        const total = list.reduce((sum, { value }) => sum + value, 0);
        expect(points.reduce((sum, { sent }) => sum + sent, 0)).to.equal(total);
      }),
    );
  });

  it('is empty for a mailing of which nothing is known', () => {
    expect(seriesOf([])).to.deep.equal({ stepMs: MINUTE_MS, points: [] });
  });
});

describe('summarise', () => {
  it('adds up bots, keeps currencies apart and leaves out money that was given back', () => {
    const figures = summarise(
      [
        { figure: 'planned', value: 10 },
        { figure: 'planned', value: 5 },
        { figure: 'sent', value: 12 },
        { figure: 'revenue:EUR', value: 1250 },
        { figure: 'revenue:UAH', value: 0 },
        { figure: 'delivered', value: 3 },
      ],
      { delivered: false, opened: true },
    );
    expect(figures).to.deep.include({
      planned: 15,
      sent: 12,
      remaining: 3,
      delivered: null,
      opened: 0,
      revenue: { EUR: 1250 },
    });
  });
});
