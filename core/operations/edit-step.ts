import type { EditRequest, RunAccepted } from '../contract/api.ts';
import type { Failure } from '../model/failure.ts';
import { doubtedLiterals } from '../model/information-flow.ts';
import type { Ports } from '../ports/index.ts';
import { headWith } from './adopt-revision.ts';
import type { AcceptDependencies } from './accept-proposal.ts';
import type { Answer, AnswerDependencies } from './answer-run.ts';
import { answerRun, notHere, stepOf, waitingRun } from './answer-run.ts';
import { closeStep } from './close-step.ts';
import { ledgerRefOf, occurrenceOf, planOf } from './open-steps.ts';
import { provenanceOf } from './plan-provenance.ts';
import { RecoveryCase } from './recovery-case.ts';
import { writeRevision } from './write-revision.ts';

export interface EditDependencies extends AnswerDependencies, Omit<AcceptDependencies, 'ports'> {
  readonly ports: AnswerDependencies['ports'] & Pick<Ports, 'ledger'>;
}

/**
 * Gives the step of an inbox item other arguments: a revision of the plan, which passes the gate of every plan, and another
 * attempt with a key of its own. What needed an approval needs one for the new bytes. The step must not have begun, or must
 * have failed for certain. Throws the problems `plan-rejected`, `resolution-not-allowed`, `already-settled`, `unknown-agent`
 * and `run-contended`.
 */
export async function editStep(answer: Answer<EditRequest>, dependencies: EditDependencies): Promise<RunAccepted> {
  const { escalation, by, request } = answer;
  const { ports, registry } = dependencies;
  const run = await waitingRun(answer, dependencies);
  if (run.repeated) return answerRun(answer, dependencies, () => ({}));
  const entry = stepOf(answer, run);
  const { step, revision } = entry;
  const author = planOf(run.plans, revision);
  const failure = escalation.failure ?? replacedBy(by);
  const occurrence = occurrenceOf(run.head, step.id);
  const { literal } = provenanceOf(run.request, author, new Map(), registry);
  const edit = { by, why: request.reason, input: request.input, kept: doubtedLiterals(step.input, literal) };
  const proposal = new RecoveryCase(run, entry, failure, occurrence).edit(edit);
  const plan = await writeRevision(answer, proposal, run, dependencies, async () => {
    if (await closeStep(ledgerRefOf(run.head, step), occurrence, failure, ports)) return;
    throw notHere(
      answer,
      `step '${step.id}' has begun or is done`,
      `Resume run '${run.head.runId}', and it goes on with what became of the step`,
    );
  });
  return answerRun(answer, dependencies, async (head) =>
    headWith(head, await dependencies.reader.windowPlans(head), plan),
  );
}

function replacedBy(by: string): Failure {
  return { class: 'denied', message: `${by} has given the step other arguments before it began` };
}
