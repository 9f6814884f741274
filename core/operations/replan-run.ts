import type { ReplanRequest, RunAccepted } from '../contract/api.ts';
import { isStepOver } from '../model/step.ts';
import { headWith } from './adopt-revision.ts';
import type { Answer } from './answer-run.ts';
import { answerRun, notHere, waitingRun } from './answer-run.ts';
import type { OpenStep } from './decision.ts';
import type { EditDependencies } from './edit-step.ts';
import { itemsBySteps, ledgerRefOf, occurrenceOf, unrecordedFailure, windowSteps } from './open-steps.ts';
import { GoalPlanner } from './plan-goal.ts';
import type { FailedRun } from './recovery-case.ts';
import { writeRevision } from './write-revision.ts';

/**
 * Has the model of an agent plan anew what is not over, with what a person wants. The question is a step of the run like any
 * other, and the plan that answers it passes the gate. Throws the problems `resolution-not-allowed`, `plan-rejected`,
 * `already-settled`, `unknown-agent` and `run-contended`.
 */
export async function replanRun(answer: Answer<ReplanRequest>, dependencies: EditDependencies): Promise<RunAccepted> {
  const { by, request } = answer;
  const { registry, reader } = dependencies;
  const run = await waitingRun(answer, dependencies);
  if (run.repeated) return answerRun(answer, dependencies, () => ({}));
  const failed = await failedSteps(answer, run, dependencies);
  const planner = new GoalPlanner({ ...run, failed }, registry, reader);
  const asked = await planner.instructed(request.instructions, by);
  const plan = await writeRevision(answer, asked, run, dependencies, () => Promise.resolve());
  return answerRun(answer, dependencies, async (head) => headWith(head, await reader.windowPlans(head), plan));
}

async function failedSteps(
  answer: Answer,
  { head, plans }: FailedRun,
  { ports }: EditDependencies,
): Promise<OpenStep[]> {
  const open = windowSteps(head, plans).filter(({ status }) => !isStepOver(status));
  const steps = open.map(({ step }) => step);
  const items = itemsBySteps(head, steps, await ports.ledger.readMany(steps.map((step) => ledgerRefOf(head, step))));
  const begun = open.find(({ step, status }) => {
    const now = items.get(step.id)?.status;
    return status === 'inDoubt' || now === 'INTENT' || now === 'VERIFY' || now === 'IN_DOUBT';
  });
  if (begun) throw notHere(answer, `step '${begun.step.id}' has begun, and what became of it has to be known first`);
  return open.flatMap(({ step, status }): OpenStep[] => {
    if (status !== 'failed') return [];
    const item = items.get(step.id);
    const failure = item?.status === 'FAILED' ? item.failure : (answer.escalation.failure ?? unrecordedFailure);
    return [
      {
        ...{ id: step.id, after: step.after, optional: step.optional ?? false, timeoutSeconds: step.timeoutSeconds },
        ...{ occurrence: occurrenceOf(head, step.id), state: { status: 'failed', failure } },
      },
    ];
  });
}
