import type { PlainRequest, RunAccepted } from '../contract/api.ts';
import type { Failure } from '../model/failure.ts';
import type { Ports } from '../ports/index.ts';
import type { Answer, AnswerDependencies } from './answer-run.ts';
import { answerRun, notHere, stepOf, waitingRun } from './answer-run.ts';
import { closeStep } from './close-step.ts';
import { ledgerRefOf, occurrenceOf, withStatuses } from './open-steps.ts';

export interface SkipDependencies extends AnswerDependencies {
  readonly ports: AnswerDependencies['ports'] & Pick<Ports, 'ledger'>;
}

/**
 * Leaves the step of an inbox item out. It must not have begun, or must have failed for certain, and nothing may ask for what
 * it would have answered. Throws the problems `resolution-not-allowed`, `already-settled`, `unknown-agent` and `run-contended`.
 */
export async function skipStep(answer: Answer<PlainRequest>, dependencies: SkipDependencies): Promise<RunAccepted> {
  const { escalation, by } = answer;
  const { ports, reader } = dependencies;
  const run = await waitingRun(answer, dependencies);
  if (run.repeated) return answerRun(answer, dependencies, () => ({}));
  const { step } = stepOf(answer, run);
  const failure: Failure = escalation.failure ?? { class: 'denied', message: `${by} has left the step out` };
  const closed = await closeStep(ledgerRefOf(run.head, step), occurrenceOf(run.head, step.id), failure, ports);
  if (!closed) throw notHere(answer, `step '${step.id}' has begun or is done`, 'Resume its run');
  return answerRun(answer, dependencies, async (head) => {
    const plans = await reader.windowPlans(head);
    const { window } = withStatuses(head, plans, new Map([[step.id, 'skipped']]));
    const lost = Object.entries(head.lost).filter(([id]) => id !== step.id);
    return { window, lost: Object.fromEntries(lost) };
  });
}
