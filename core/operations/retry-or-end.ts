import type { PlainRequest, RunAccepted } from '../contract/api.ts';
import type { Ports } from '../ports/index.ts';
import type { Answer, AnswerDependencies } from './answer-run.ts';
import { answerRun, notHere, stepOf, waitingRun } from './answer-run.ts';
import { resumedHead } from './resume-run.ts';
import { effectOf } from './step-effect.ts';

export interface RetryDependencies extends AnswerDependencies {
  readonly ports: AnswerDependencies['ports'] & Pick<Ports, 'ledger'>;
}

/**
 * Sets the run of an inbox item going again, as `resumeRun` does: failed steps get another attempt, and a step in doubt is
 * looked up once more where its provider can be asked. Throws the problems `resolution-not-allowed`, `already-settled`,
 * `step-in-doubt`, `unknown-agent` and `run-contended`.
 */
export async function retryRun(answer: Answer<PlainRequest>, dependencies: RetryDependencies): Promise<RunAccepted> {
  if (answer.escalation.kind === 'inDoubt') await checkAskable(answer, dependencies);
  return answerRun(answer, dependencies, async (head) => (await resumedHead(head, dependencies)) ?? {});
}

async function checkAskable(answer: Answer, dependencies: RetryDependencies): Promise<void> {
  const run = await waitingRun(answer, dependencies);
  if (run.repeated) return;
  const { step } = stepOf(answer, run);
  if (effectOf(step, dependencies.registry)?.class === 'Q') return;
  throw notHere(
    answer,
    `nobody can be asked what became of step '${step.id}', and sending it again might do it twice`,
    'Find out at the provider, and attest what happened',
  );
}

/**
 * Ends the run of an inbox item as canceled; what it has done stands. Throws the problems `resolution-not-allowed`,
 * `already-settled` and `run-contended`.
 */
export function abortRun(answer: Answer<PlainRequest>, dependencies: AnswerDependencies): Promise<RunAccepted> {
  const { by, request } = answer;
  return answerRun(answer, dependencies, (head) => {
    if (head.compensation) {
      throw notHere(answer, 'the run is being taken back, and its end leaves nothing undone', 'Retry, or attest');
    }
    const atMs = dependencies.ports.clock.now();
    return { cancelRequested: head.cancelRequested ?? { atMs, by, reason: request.reason } };
  });
}
