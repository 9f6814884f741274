import type { SpendView } from '../../../core/contract/spend-api.ts';
import { daysBetween } from './days.ts';

export type Measure = 'usdMicros' | 'tokens' | 'calls';

export interface Bar {
  readonly label: string;
  readonly amount: number;
}

/** More bars than this cannot be told apart. */
const mostBars = 12;

/**
 * What a chart shows of a bill. Of days all, also those on which nothing was spent; of other groups the largest, and the rest as
 * one.
 *
 * @param others names the rest, which is so many groups
 */
export function barsOf(bill: SpendView, measure: Measure, others: (count: number) => string): readonly Bar[] {
  if (bill.by === 'day') {
    const amounts = new Map(bill.items.map((item) => [item.key, item[measure]]));
    return daysBetween(bill.from, bill.to).map((label) => ({ label, amount: amounts.get(label) ?? 0 }));
  }
  const bars = bill.items
    .map((item) => ({ label: item.key, amount: item[measure] }))
    .toSorted((a, b) => b.amount - a.amount);
  if (bars.length <= mostBars) return bars;
  const rest = bars.slice(mostBars - 1);
  const amount = rest.reduce((sum, bar) => sum + bar.amount, 0);
  return [...bars.slice(0, mostBars - 1), { label: others(rest.length), amount }];
}

/** How much of a whole something is: `12.5 %`. */
export function shareText(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (part / whole) * 100;
  return percent > 0 && percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(1)} %`;
}
