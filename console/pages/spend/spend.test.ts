import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SpendView } from '../../../core/contract/spend-api.ts';
import { barsOf, shareText } from './bars.ts';
import { daysBetween, daysOf, problemOfDays, rangeOf } from './days.ts';

const line = (key: string, usdMicros: number) => ({ key, usdMicros, usd: '0.00', tokens: 10, calls: 1 });
const bill = (by: SpendView['by'], items: SpendView['items']): SpendView => {
  const total = { usdMicros: 0, usd: '0.00', tokens: 0, calls: 0 };
  return { by, from: '2026-02-27', to: '2026-03-02', items, total };
};
const others = (count: number) => `${count} others`;

describe('the chart of a bill', () => {
  test('shows every day, also those on which nothing was spent', () => {
    expect(barsOf(bill('day', [line('2026-03-01', 7)]), 'usdMicros', others)).toEqual([
      { label: '2026-02-27', amount: 0 },
      { label: '2026-02-28', amount: 0 },
      { label: '2026-03-01', amount: 7 },
      { label: '2026-03-02', amount: 0 },
    ]);
  });

  test('shows the largest groups and the rest as one, and loses nothing', () => {
    const amounts = fc.array(fc.nat(1_000_000), { maxLength: 40 });
    fc.assert(
      fc.property(amounts, (sums) => {
        const items = sums.map((sum, index) => line(`agent-${index}`, sum));
        const bars = barsOf(bill('agent', items), 'usdMicros', others);
        expect(bars.length).toBe(Math.min(sums.length, 12));
        const sumOf = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0);
        expect(sumOf(bars.map(({ amount }) => amount))).toBe(sumOf(sums));
      }),
    );
  });

  test('tells a small share from none', () => {
    expect([shareText(1, 8), shareText(1, 10_000), shareText(0, 5), shareText(0, 0)]).toEqual([
      '12.5 %',
      '< 0.1 %',
      '0.0 %',
      '–',
    ]);
  });
});

describe('the days of the page', () => {
  const rangeIn = (query: string) => rangeOf(new URLSearchParams(query));

  test('are the last 30 unless the address names others that can be shown', () => {
    expect(rangeIn('')).toEqual({ kind: 'last', days: 30 });
    expect(rangeIn('days=7')).toEqual({ kind: 'last', days: 7 });
    expect(rangeIn('days=8')).toEqual({ kind: 'last', days: 30 });
    expect(rangeIn('from=2026-01-02&to=2026-01-01')).toEqual({ kind: 'last', days: 30 });
    expect(rangeIn('from=2026-01-01&to=2026-01-02')).toEqual({ kind: 'chosen', from: '2026-01-01', to: '2026-01-02' });
  });

  test('end today, which counts', () => {
    const todayMs = Date.parse('2026-03-01T23:59:59Z');
    const { from, to } = daysOf({ kind: 'last', days: 7 }, todayMs);
    expect([from, to]).toEqual(['2026-02-23', '2026-03-01']);
    expect(daysBetween(from, to)).toHaveLength(7);
  });

  test('are refused with the end that is to be mended', () => {
    expect(problemOfDays('2026-02-30', '2026-03-01')).toEqual({ at: 'from', why: 'missing' });
    expect(problemOfDays('2026-03-01', '')).toEqual({ at: 'to', why: 'missing' });
    expect(problemOfDays('2026-03-02', '2026-03-01')).toEqual({ at: 'from', why: 'order' });
    expect(problemOfDays('2026-01-01', '2026-04-03')).toEqual({ at: 'from', why: 'tooMany' });
    expect(problemOfDays('2026-01-01', '2026-04-02')).toBeUndefined();
  });
});
