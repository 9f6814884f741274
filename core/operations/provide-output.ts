import type { AttestRequest, ProvideRequest, RunAccepted } from '../contract/api.ts';
import { humanResolutionOf } from '../model/human-resolution.ts';
import type { AcceptedStep } from '../model/plan.ts';
import { transition } from '../model/protocol.ts';
import type { Ports } from '../ports/index.ts';
import type { Answer, AnswerDependencies } from './answer-run.ts';
import { answerRun, notHere, stepOf, waitingRun } from './answer-run.ts';
import type { Attested } from './attested-output.ts';
import { attestedBy } from './attested-output.ts';
import { ledgerRefOf, occurrenceOf, windowSteps, withStatuses } from './open-steps.ts';
import { isStored, storeValue } from './stored-value.ts';
import { contended } from './wake-run.ts';

export interface ProvideDependencies extends AnswerDependencies {
  readonly ports: AnswerDependencies['ports'] & Pick<Ports, 'ledger' | 'blobs'>;
}

const tries = 10;

/**
 * Records that what a step was to do has been done elsewhere, with what it would have answered: the step was not begun, or it
 * has failed for certain. Also ends a compensation that its provider refuses for good. The order is: the ledger, the head,
 * the escalation, the execution; a call that died in between is completed by its repetition. Throws the problems
 * `invalid-output`, `resolution-not-allowed`, `already-settled`, `unknown-agent` and `run-contended`.
 */
export async function provideOutput(
  answer: Answer<AttestRequest | ProvideRequest>,
  dependencies: ProvideDependencies,
): Promise<RunAccepted> {
  const { request } = answer;
  const run = await waitingRun(answer, dependencies);
  if (run.repeated) return answerRun(answer, dependencies, () => ({}));
  const { step } = stepOf(answer, run);
  if (request.resolution === 'attest' && !request.happened) {
    throw notHere(answer, `that the effect of step '${step.id}' did not take place is on record already`);
  }
  // What undoes a step answers nothing.
  const isNothing = step.compensates !== undefined && request.output === null;
  const given = { happened: true, ...(request.output === undefined || isNothing ? {} : { output: request.output }) };
  const attested = attestedBy(given, step, dependencies.registry);
  if (attested.happened) await record(answer, attested, step, occurrenceOf(run.head, step.id), dependencies);
  return answerRun(answer, dependencies, async (head) => {
    const plans = await dependencies.reader.windowPlans(head);
    const isThere = windowSteps(head, plans).some((one) => one.step.id === step.id);
    return isThere ? { window: withStatuses(head, plans, new Map([[step.id, 'completed']])).window } : {};
  });
}

async function record(
  answer: Answer,
  { output, trust }: Extract<Attested, { happened: true }>,
  step: AcceptedStep,
  occurrence: number,
  { ports }: ProvideDependencies,
): Promise<void> {
  const { by: actor, request, escalation } = answer;
  const { ledger, blobs, clock, ids } = ports;
  const ref = ledgerRefOf(escalation, step);
  const result = await storeValue(output, ref, blobs);
  const command = { kind: 'provide', ref, occurrence, actor, reason: request.reason, result, trust } as const;
  let item = await ledger.read(ref);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const isMine = item?.status === 'DONE' && humanResolutionOf(item)?.actor === actor && isStored(output, item.result);
    if (isMine) return;
    const moved = transition(item, command, clock.now(), ids.token());
    if (!moved.ok) {
      throw notHere(
        answer,
        `step '${step.id}' has begun, is in doubt or is done`,
        `Resume run '${escalation.runId}', and it goes on with what became of the step`,
      );
    }
    const written = await ledger.write(moved.next, item?.writeToken);
    if (written.written) return;
    item = written.current;
  }
  throw contended(escalation);
}
