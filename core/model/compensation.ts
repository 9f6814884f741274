import * as z from 'zod';
import { skillId, stepId } from './names.ts';

/** The wish that a run is taken back. Once its head has it, the run only undoes, and nothing changes that any more. */
export const compensation = z.object({
  atMs: z.int(),
  /** A person, or the playbook or agent that takes its failures back. */
  by: z.string(),
  reason: z.string(),
  /** How the run ends when everything is undone. */
  ending: z.enum(['canceled', 'failed']),
});
export type Compensation = z.infer<typeof compensation>;

/** A done step whose effect stays as it is, and why. */
export const standingEffect = z.object({ stepId, skill: skillId, action: z.string(), why: z.string() });
export type StandingEffect = z.infer<typeof standingEffect>;

/**
 * What a revision of compensations takes back: every done effect of the revisions `from` down to `downTo`. Those further
 * down come in a revision of their own, once this one is over.
 */
export const takenBack = z.object({
  from: z.int().nonnegative(),
  downTo: z.int().positive(),
  /** The first few of the effects that stand, and how many there are. */
  standing: z.array(standingEffect),
  standingCount: z.int().nonnegative(),
});
export type TakenBack = z.infer<typeof takenBack>;

const undoMark = 'undo:';

/**
 * Id of the step that undoes another one. No author of a plan can write it: a colon is not allowed in theirs.
 *
 * @param revision where the step is defined, when another step with the same id is undone too
 */
export function undoStepId(stepIdUndone: string, revision?: number): string {
  return `${undoMark}${stepIdUndone}${revision === undefined ? '' : `:${revision}`}`;
}
