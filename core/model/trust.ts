import * as z from 'zod';

/**
 * How far a value may be believed. `trusted`: a person, or the author of a playbook, said so. `model`: a model wrote it.
 * `untrusted`: somebody outside did, or it was made from what somebody outside wrote.
 */
export const trusts = ['trusted', 'model', 'untrusted'] as const;
export const trust = z.enum(trusts);
export type Trust = z.infer<typeof trust>;

/** The trust of what was made from several values: that of the worst of them; `trusted` when there are none. */
export function leastTrusted(values: Iterable<Trust>): Trust {
  let worst = 0;
  for (const value of values) worst = Math.max(worst, trusts.indexOf(value));
  return trusts[worst] ?? 'untrusted';
}
