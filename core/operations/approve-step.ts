import type { ApprovalRequest, RunAccepted } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import type { Approval } from '../model/approval.ts';
import type { LedgerRef } from '../model/effect.ts';
import type { Escalation } from '../model/escalation.ts';
import { isFinal, statusUnderWay } from '../model/run.ts';
import type { Ports } from '../ports/index.ts';
import { occurrenceOf } from './open-steps.ts';
import {
  alreadySettled,
  changeHead,
  contended,
  ensureRunning,
  nextGeneration,
  settledAs,
  settleEscalation,
} from './wake-run.ts';

export interface ApproveDependencies {
  readonly ports: Pick<Ports, 'runs' | 'ledger' | 'engine' | 'clock' | 'ids'>;
}

interface ApproveCall {
  /** Of kind approval. */
  readonly escalation: Escalation;
  /** Who says so. */
  readonly by: string;
  readonly request: ApprovalRequest;
}

const tries = 10;
const verdicts = { approve: 'approved', reject: 'rejected' } as const;

/**
 * Records what a person says about one use of an action, and wakes its run. The order is: the approval, which is where one
 * verdict wins, the head, the escalation, the execution; a call that died in between is completed by its repetition.
 * Throws the problems `approval-changed`, `already-settled` and `run-contended`.
 */
export async function approveStep(call: ApproveCall, { ports }: ApproveDependencies): Promise<RunAccepted> {
  const { escalation, by, request } = call;
  const verdict = verdicts[request.resolution];
  checkSeen(call);
  const stands = await record(call, verdict, ports);
  const isMine = stands?.by === by && stands.verdict === verdict && stands.escalationId === escalation.escalationId;
  if (!stands || (escalation.status !== 'open' && !isMine)) throw alreadySettled(escalation, settledAs(escalation));
  const status = await goOn(escalation, stands, ports);
  if (isMine) return { runId: escalation.runId, status };
  throw alreadySettled(escalation, `was ${stands.verdict} by ${stands.by}`);
}

/** What a person has read is what they decide about: arguments or code may have changed since. */
function checkSeen({ escalation, request }: ApproveCall): void {
  const asked = escalation.approval?.binding ?? '';
  if (request.binding === undefined || asked.startsWith(request.binding)) return;
  throw new Problem(
    'approval-changed',
    `Escalation '${escalation.escalationId}' no longer asks for what binding '${request.binding}' stands for: the arguments or the code of the skill have changed. Nothing was decided. Read it again with GET /v1/escalations/${escalation.escalationId}, and name the new binding.`,
  );
}

/** Writes the verdict if there is none for what was asked. Gives the one that stands; undefined when nothing was ever said. */
async function record(
  { escalation, by, request }: ApproveCall,
  verdict: Approval['verdict'],
  ports: ApproveDependencies['ports'],
): Promise<Approval | undefined> {
  const { ledger, clock, ids } = ports;
  const { ref, binding, occurrence } = await askedFor(escalation, ports);
  let seen = await ledger.readApproval(ref, binding);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    if (seen && (seen.verdict === 'approved' || seen.occurrence >= occurrence)) return seen;
    if (escalation.status !== 'open') return undefined;
    const next: Approval = {
      ...{ ...ref, binding, verdict, occurrence, by },
      ...{ escalationId: escalation.escalationId, reason: request.reason, atMs: clock.now(), writeToken: ids.token() },
    };
    const written = await ledger.writeApproval(next, seen?.writeToken);
    if (written.written) return next;
    seen = written.current;
  }
  throw contended(escalation);
}

/** What the escalation asks about. Throws an Error when it does not say: then nothing can be bound to it. */
async function askedFor(
  escalation: Escalation,
  { runs }: Pick<Ports, 'runs'>,
): Promise<{ readonly ref: LedgerRef; readonly binding: string; readonly occurrence: number }> {
  const { tenantId, runId, stepId, approval, escalationId } = escalation;
  if (stepId === undefined || !approval)
    throw new Error(`Escalation ${escalationId} does not say what is to be approved.`);
  const head = await runs.readHead(escalation);
  if (!head) throw new Error(`Run ${runId}, which escalation ${escalationId} is about, is not in the table.`);
  const ref = { tenantId, skill: approval.skill, runId, stepId, direction: 'F' } as const;
  return { ref, binding: approval.binding, occurrence: occurrenceOf(head, stepId) };
}

/** Everything after the approval; each part is harmless when it was done before. */
async function goOn(
  escalation: Escalation,
  { by, reason, verdict }: Approval,
  ports: ApproveDependencies['ports'],
): Promise<RunAccepted['status']> {
  const head = await changeHead(escalation, ports, (current) => {
    const { waitingFor } = current;
    const waits = waitingFor?.kind === 'human' && waitingFor.escalationId === escalation.escalationId;
    if (isFinal(current.status) || !waits || current.status !== 'escalated') return undefined;
    return { ...nextGeneration(current), status: statusUnderWay(current) };
  });
  const settled = { atMs: ports.clock.now(), by, reason: `${verdict} by ${by}: ${reason}` };
  await settleEscalation(escalation, settled, ports);
  return (await ensureRunning(head, ports)).status;
}
