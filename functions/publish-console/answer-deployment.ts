import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

const answerMs = 20_000;
/** Of the reason that CloudFormation shows; the whole answer may have 4,096 bytes. */
const reasonCharacters = 1_000;

/** What has become of what a deployment asked for. */
export type Outcome = { readonly status: 'SUCCESS' } | { readonly status: 'FAILED'; readonly reason: string };

/**
 * Tells CloudFormation how it ended; until then it waits. Throws an Error when that does not arrive, so that Lambda tries the
 * whole once more.
 *
 * @param id that the resource keeps for ever
 */
export async function answerDeployment(
  event: CloudFormationCustomResourceEvent,
  id: string,
  outcome: Outcome,
): Promise<void> {
  const { StackId, RequestId, LogicalResourceId, ResponseURL } = event;
  const reason = outcome.status === 'FAILED' ? { Reason: outcome.reason.slice(0, reasonCharacters) } : {};
  const answer = await fetch(ResponseURL, {
    method: 'PUT',
    // The address is signed for a request without a type.
    headers: { 'content-type': '' },
    body: JSON.stringify({
      ...{ Status: outcome.status, PhysicalResourceId: id },
      ...{ StackId, RequestId, LogicalResourceId },
      ...reason,
    }),
    signal: AbortSignal.timeout(answerMs),
  });
  if (!answer.ok) throw new Error(`CloudFormation took the answer with status ${answer.status}.`);
}
