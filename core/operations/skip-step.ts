import { pathsInto } from '../model/alternatives.ts';
import type { PlainRequest, RunAccepted } from '../contract/api.ts';
import type { Failure } from '../model/failure.ts';
import { isStepOver } from '../model/step.ts';
import type { Json } from '../model/json.ts';
import type { Ports } from '../ports/index.ts';
import type { Answer, AnswerDependencies } from './answer-run.ts';
import { answerRun, notHere, stepOf, waitingRun } from './answer-run.ts';
import { closeStep } from './close-step.ts';
import { ledgerRefOf, occurrenceOf, planOf, windowSteps, withStatuses } from './open-steps.ts';
import type { FailedRun } from './recovery-case.ts';

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
  const { step, revision } = stepOf(answer, run);
  if (step.compensates) {
    throw notHere(
      answer,
      'what undoes a step is never left out',
      `Retry it, or attest that the effect of step '${step.compensates.stepId}' was undone elsewhere`,
    );
  }
  if (planOf(run.plans, revision).author === 'engine') {
    throw notHere(
      answer,
      `step '${step.id}' is a question of the platform to a model, and the plan depends on its answer`,
    );
  }
  const wanted = readersOf(step.id, run);
  if (wanted.length > 0) {
    const named = wanted.join(', ');
    throw notHere(answer, `${named} asks for what step '${step.id}' would have answered`, 'Provide an output instead');
  }
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

/** Who would read the output of a step, in words. One that is optional is read as nothing by design. */
function readersOf(stepId: string, { head, plans }: Pick<FailedRun, 'head' | 'plans'>): string[] {
  const window = windowSteps(head, plans);
  if (window.find(({ step }) => step.id === stepId)?.step.optional) return [];
  const reads = (template: Json): boolean => pathsInto(stepId, [template]).length > 0;
  const steps = window.filter(({ step, status }) => step.id !== stepId && !isStepOver(status) && reads(step.input));
  const output = planOf(plans, head.revision).output ?? null;
  return [...steps.map(({ step }) => `step '${step.id}'`), ...(reads(output) ? ['the output of the run'] : [])];
}
