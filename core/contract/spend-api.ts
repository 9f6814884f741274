import * as z from 'zod';
import { countDays, day } from '../model/day.ts';

export { usdText } from '../model/budget.ts';

/** A bill covers at most so many days. */
export const maxSpendDays = 92;
/** Days of a bill when its first one is left out, the last one included. */
export const defaultSpendDays = 30;

export const spendGroups = ['agent', 'tenant', 'model', 'day'] as const;
export const spendGroup = z.enum(spendGroups);
export type SpendGroup = z.infer<typeof spendGroup>;

/**
 * Days are in UTC, both included. `to` is today when left out, `from` 29 days before `to`. With `split`, each item says what it
 * is made of, as for a chart of days whose bars are agents.
 */
export const spendQuery = z
  .strictObject({
    by: spendGroup.default('agent'),
    split: spendGroup.optional(),
    from: day.optional(),
    to: day.optional(),
  })
  .refine(({ by, split }) => split !== by, { path: ['split'], message: "is the same as 'by'; give another one" })
  .refine(({ from, to }) => from === undefined || to === undefined || countDays(from, to) >= 1, {
    path: ['from'],
    message: "is after 'to'; give the earlier day first",
  })
  .refine(({ from, to }) => from === undefined || to === undefined || countDays(from, to) <= maxSpendDays, {
    path: ['from'],
    message: `a bill covers at most ${maxSpendDays} days; ask for them in parts`,
  });

const spent = {
  /** Millionths of a US dollar. */
  usdMicros: z.int().nonnegative(),
  /** The same in US dollars, as exact decimal text: `0.0123`. */
  usd: z.string().regex(/^[0-9]+\.[0-9]{2,6}$/),
  tokens: z.int().nonnegative(),
  /** Of models. */
  calls: z.int().nonnegative(),
};

const spentBy = z.strictObject({ key: z.string(), ...spent });

/** What a tenant has spent on models, as far as calls are settled. */
export const spendView = z.strictObject({
  by: spendGroup,
  split: spendGroup.optional(),
  from: day,
  to: day,
  /** Days in order, the others with the most money first. A group that spent nothing is left out. */
  items: z.array(
    spentBy.extend({
      /** With `split`: what the item is made of, in the same order. */
      parts: z.array(spentBy).optional(),
    }),
  ),
  total: z.strictObject(spent),
});
export type SpendView = z.infer<typeof spendView>;

/** What a run has spent on models, with what is set aside for calls that are still under way. */
export const runSpendView = z.strictObject({ usdMicros: z.int().nonnegative(), tokens: z.int().nonnegative() });
