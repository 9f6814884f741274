import type { PlainRequest, RunAccepted } from '../contract/api.ts';
import type { Ports } from '../ports/index.ts';
import type { Answer, AnswerDependencies } from './answer-run.ts';
import { answerRun, notHere, waitingRun } from './answer-run.ts';
import { resumedHead } from './resume-run.ts';

export interface RetryDependencies extends AnswerDependencies {
  readonly ports: AnswerDependencies['ports'] & Pick<Ports, 'ledger'>;
}

/**
 * Sets the run of an inbox item going again, as `resumeRun` does: failed steps get another attempt, and a step in doubt is
 * looked up once more where its provider can be asked. Throws the problems `resolution-not-allowed`, `already-settled`,
 * `step-in-doubt`, `unknown-agent` and `run-contended`.
 */
export async function retryRun(answer: Answer<PlainRequest>, dependencies: RetryDependencies): Promise<RunAccepted> {
  if (answer.escalation.kind === 'inDoubt') await waitingRun(answer, dependencies);
  return answerRun(answer, dependencies, async (head) => (await resumedHead(head, dependencies)) ?? {});
}

const endsNothing = 'the run is being taken back, and its end leaves nothing undone; retry, or attest';

/**
 * Ends the run of an inbox item as canceled; what it has done stands. Throws the problems `resolution-not-allowed`,
 * `already-settled` and `run-contended`.
 */
export function abortRun(answer: Answer<PlainRequest>, dependencies: AnswerDependencies): Promise<RunAccepted> {
  const { by, request } = answer;
  return answerRun(answer, dependencies, (head) => {
    if (head.compensation) throw notHere(answer, endsNothing);
    const atMs = dependencies.ports.clock.now();
    return { cancelRequested: head.cancelRequested ?? { atMs, by, reason: request.reason } };
  });
}
