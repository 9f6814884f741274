import type { BreakerView } from '../../../core/contract/breaker-api.ts';

const urgency: readonly BreakerView['state'][] = ['isolated', 'open', 'half-open', 'closed'];

/** Breakers that keep calls from going through first, then by name. */
export function inOrder(breakers: readonly BreakerView[]): readonly BreakerView[] {
  return breakers.toSorted(
    (a, b) => urgency.indexOf(a.state) - urgency.indexOf(b.state) || a.dependency.localeCompare(b.dependency, 'en'),
  );
}

/** Those whose name, or whose users' names, hold the text, whatever its case. */
export function matching(breakers: readonly BreakerView[], text: string): readonly BreakerView[] {
  const wanted = text.trim().toLowerCase();
  return breakers.filter(({ dependency, usedBy }) =>
    [dependency, ...usedBy].some((name) => name.toLowerCase().includes(wanted)),
  );
}
