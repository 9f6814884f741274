const dayMs = 86_400_000;

/** The API refuses more at once. */
export const maxDays = 92;

/** A day in UTC: `2026-11-28`. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** The days from one to another, both included, in order. */
export function daysBetween(from: string, to: string): readonly string[] {
  const count = countDays(from, to);
  return Array.from({ length: Math.max(0, count) }, (_, index) => dayOf(Date.parse(from) + index * dayMs));
}

export type Range =
  /** So many days, today included. */
  | { readonly kind: 'last'; readonly days: 7 | 30 | 92 }
  | { readonly kind: 'chosen'; readonly from: string; readonly to: string };

/** The range that an address names; the last 30 days where it names none that can be shown. */
export function rangeOf(query: URLSearchParams): Range {
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''];
  if (problemOfDays(from, to) === undefined) return { kind: 'chosen', from, to };
  const days = ([7, 92] as const).find((known) => String(known) === query.get('days'));
  return { kind: 'last', days: days ?? 30 };
}

/** A range as an address names it. */
export function queryOf(range: Range): Readonly<Record<string, string>> {
  return range.kind === 'last' ? { days: String(range.days) } : { from: range.from, to: range.to };
}

/** First and last day of a range. @param todayMs any moment of today */
export function daysOf(range: Range, todayMs: number): { readonly from: string; readonly to: string } {
  if (range.kind === 'chosen') return { from: range.from, to: range.to };
  return { from: dayOf(todayMs - (range.days - 1) * dayMs), to: dayOf(todayMs) };
}

/** Why days cannot be shown, and at which end that is to be mended; undefined for those that can. */
export function problemOfDays(
  from: string,
  to: string,
): { readonly at: 'from' | 'to'; readonly why: 'missing' | 'order' | 'tooMany' } | undefined {
  if (!isDay(from)) return { at: 'from', why: 'missing' };
  if (!isDay(to)) return { at: 'to', why: 'missing' };
  const count = countDays(from, to);
  if (count < 1) return { at: 'from', why: 'order' };
  return count > maxDays ? { at: 'from', why: 'tooMany' } : undefined;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && dayOf(Date.parse(text)) === text;
}

function countDays(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs) + 1;
}
