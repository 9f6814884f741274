import type { RunBudget } from '../model/budget.ts';
import type { Failure } from '../model/failure.ts';
import { modelSkillId } from '../model/model-step.ts';
import type { PlanRevision } from '../model/plan.ts';
import { recoveriesIn } from '../model/recovery.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import { budgetOfRun } from '../model/run.ts';

/** Of a run whose budget says nothing of them. */
const defaultRecoveries = 3;

/** How often a model may still plan anew in a run: after failures, and after verdicts that the goal is not reached. */
export function recoveriesLeft(head: RunHead, request: RunRequest): number {
  const { recoveries } = budgetOfRun(head, request);
  const replans = head.replans ?? 0;
  // A budget that somebody has set is for all that is done about failures.
  if (recoveries !== undefined) return Math.max(0, recoveries - replans - recoveriesIn(head.recoveries));
  return Math.max(0, defaultRecoveries - replans);
}

/** What a head says of recoveries once this revision is added. Asking again because of the gate is part of the same one. */
export function recoveriesWith(
  { replans = 0 }: RunHead,
  { author, steps, carry }: PlanRevision,
): Pick<RunHead, 'replans'> {
  const asks = author === 'engine' && steps.some(({ skill, action }) => skill === modelSkillId && action === 'revise');
  const again = ((carry ?? {}) as { readonly round?: number }).round !== 1;
  const sum = replans + (asks && !again ? 1 : 0);
  return sum === 0 ? {} : { replans: sum };
}

/** Of a run that a model plans and whose budget says nothing of steps: a model that only ever adds to its plan comes to an end. */
const defaultGoalSteps = 1_000;

/** Undefined when so many more steps may be planned. */
export function stepsProblem(
  planned: number,
  added: number,
  budget: RunBudget,
  author: PlanRevision['author'],
): Failure | undefined {
  const byModel = author === 'planner' || author === 'engine';
  const steps = budget.steps ?? (byModel ? defaultGoalSteps : undefined);
  if (steps === undefined || planned + added <= steps) return undefined;
  const message =
    `the run's budget is ${steps} steps; ${planned} are planned and ${added} more are wanted. ` +
    'Nothing of them was added. Resume the run with a larger budget, or cancel it.';
  return { class: 'budgetExceeded', message };
}
