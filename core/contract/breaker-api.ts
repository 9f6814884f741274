import * as z from 'zod';
import { breakerHealths } from '../model/breaker.ts';
import { moment, page } from './api-parts.ts';

/** Of a language model that agents ask, or of what skills depend on. */
export const breakerKinds = ['model', 'dependency'] as const;

export const breakerView = z.strictObject({
  /** The name of a dependency, or `model:` and that of a model. */
  breakerId: z.string(),
  kind: z.enum(breakerKinds),
  dependency: z.string(),
  /** Skills that declare the dependency, or agents that ask the model. */
  usedBy: z.array(z.string()),
  state: z.enum(breakerHealths),
  /** Left out when nothing was ever recorded: then all calls have succeeded. */
  since: moment.optional(),
  /** Of an open breaker: when one call may try whether the dependency is back. */
  openUntil: moment.optional(),
  /** The last calls that count, at most 20, and how many of them failed. Successes count once one has failed. */
  calls: z.int().nonnegative(),
  failures: z.int().nonnegative(),
  /** The last time a person isolated or closed it. */
  byHand: z
    .strictObject({ act: z.enum(['isolated', 'closed']), by: z.string(), reason: z.string(), at: moment })
    .optional(),
});
export type BreakerView = z.infer<typeof breakerView>;

export const breakerPage = page(breakerView);
export type BreakerPage = z.infer<typeof breakerPage>;

/** Body of `POST /v1/breakers/{id}/isolate` and of `…/close`. */
export const breakerRequest = z.strictObject({ reason: z.string().min(1).max(500) });
export type BreakerRequest = z.infer<typeof breakerRequest>;
