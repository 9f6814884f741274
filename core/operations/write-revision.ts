import { Problem } from '../contract/problems.ts';
import { canonicalJson } from '../model/json.ts';
import type { PlanRevision } from '../model/plan.ts';
import type { Answer } from './answer-run.ts';
import { acceptProposal, judgeProposal } from './accept-proposal.ts';
import type { AcceptDependencies, PlannedRun, Proposal } from './accept-proposal.ts';
import { alreadySettled } from './wake-run.ts';

/**
 * Writes what a person wants of a plan as its next revision, after the gate that every plan passes. `close` is called in
 * between: nothing is closed for a proposal that does not pass. Repeating it is harmless. Throws the problems `plan-rejected`,
 * and `already-settled` when somebody else has added to the plan meanwhile.
 */
export async function writeRevision(
  answer: Answer,
  proposal: Proposal,
  run: PlannedRun,
  dependencies: AcceptDependencies,
  close: () => Promise<void>,
): Promise<PlanRevision> {
  const judged = await judgeProposal(proposal, run, dependencies);
  if (judged.kind === 'rejected') throw rejected(judged.failure.message, judged.problems);
  await close();
  const planned = await acceptProposal(proposal, run, dependencies);
  if (planned.kind !== 'planned') {
    throw rejected(planned.kind === 'rejected' ? planned.failure.message : planned.reason, undefined);
  }
  if (whatIsWanted(planned.plan) === whatIsWanted(judged.plan)) return planned.plan;
  throw alreadySettled(answer.escalation, 'is open, but somebody has changed the plan of its run meanwhile');
}

function whatIsWanted({ author, reason, steps, output }: PlanRevision): string {
  return canonicalJson([author, reason, steps, output ?? null]);
}

function rejected(message: string, problems: readonly string[] | undefined): Problem {
  return new Problem(
    'plan-rejected',
    `What you want of the plan does not pass its gate: ${message}. Nothing was decided. Correct it, or decide otherwise.`,
    problems === undefined ? {} : { problems: problems.map((one) => ({ message: one })) },
  );
}
