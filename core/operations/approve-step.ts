import type { ApprovalRequest, RunAccepted } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import type { Approval } from '../model/approval.ts';
import { standingOf, votesOf } from '../model/approval.ts';
import type { LedgerRef } from '../model/effect.ts';
import type { Escalation } from '../model/escalation.ts';
import { isFinal, statusUnderWay } from '../model/run.ts';
import type { Ports } from '../ports/index.ts';
import { changeEscalation } from './change-escalation.ts';
import { occurrenceOf } from './open-steps.ts';
import {
  alreadySettled,
  changeHead,
  contended,
  ensureRunning,
  headOf,
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
 * Where several people have to approve, each counts once, and the run waits until there are enough; one who rejects decides.
 * Throws the problems `approval-changed`, `different-person-needed`, `already-settled` and `run-contended`.
 */
export async function approveStep(call: ApproveCall, { ports }: ApproveDependencies): Promise<RunAccepted> {
  const { escalation, by, request } = call;
  const verdict = verdicts[request.resolution];
  checkSeen(call);
  if (verdict === 'approved') await checkPerson(call, ports);
  const stands = await record(call, verdict, ports);
  const isMine = stands !== undefined && isBy(by, stands, verdict) && stands.escalationId === escalation.escalationId;
  if (!stands || (escalation.status !== 'open' && !isMine)) throw alreadySettled(escalation, settledAs(escalation));
  if (standingOf(stands, stands.occurrence, quorumOf(escalation)) === 'open') return waitForOthers(call, stands, ports);
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

function isBy(person: string, approval: Approval, verdict: Approval['verdict']): boolean {
  if (approval.verdict !== verdict) return false;
  return verdict === 'rejected' ? approval.by === person : votesOf(approval).some(({ by }) => by === person);
}

/** How many people have to approve. */
export const quorumOf = ({ approval }: Escalation): number => approval?.quorum ?? 1;

/** Where the grant says so, whoever wants the use, or has given it its arguments, is not who allows it. */
async function checkPerson({ escalation, by }: ApproveCall, { runs }: Pick<Ports, 'runs'>): Promise<void> {
  if (!escalation.approval?.differentPerson) return;
  const request = await runs.readRequest(escalation);
  const isEditor = (await editorsOf(escalation, runs)).includes(by);
  if (request?.requestedBy !== by && !isEditor) return;
  const did = isEditor ? 'has given this use its arguments' : `has started run '${escalation.runId}'`;
  throw new Problem(
    'different-person-needed',
    `${by} ${did}, and the grant of agent '${escalation.agent}' wants somebody else to approve it. Nothing was decided. Ask a colleague; you may reject it.`,
  );
}

/** People who have given the step its arguments, as its newest definition tells. */
async function editorsOf(escalation: Escalation, runs: Ports['runs']): Promise<readonly string[]> {
  const head = await runs.readHead(escalation);
  for (const { revision } of head?.window.toReversed() ?? []) {
    const plan = await runs.readPlan(escalation, revision);
    if (!plan?.steps.some(({ id }) => id === escalation.stepId)) continue;
    return plan.recovery?.stepId === escalation.stepId ? (plan.recovery?.editors ?? []) : [];
  }
  return [];
}

/** One has approved, and others have to: the item is free for them. */
async function waitForOthers(
  { escalation, by, request }: ApproveCall,
  stands: Approval,
  ports: ApproveDependencies['ports'],
): Promise<RunAccepted> {
  const atMs = votesOf(stands).find((vote) => vote.by === by)?.atMs ?? ports.clock.now();
  await changeEscalation(escalation, ports, ({ status, claim, deciding, lastAct }) => {
    if (status !== 'open') return undefined;
    const free = {
      claim: claim?.by === by ? undefined : claim,
      deciding: deciding?.by === by ? undefined : deciding,
    };
    const isTold = lastAct?.kind === 'approved' && lastAct.by === by && lastAct.atMs === atMs;
    return isTold ? { set: free } : { set: free, act: { kind: 'approved', by, atMs, text: request.reason } };
  });
  const { status } = await headOf(escalation, ports);
  return { runId: escalation.runId, status };
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
    if (standingOf(seen, occurrence, quorumOf(escalation)) !== 'open') return seen;
    if (seen && isBy(by, seen, verdict) && verdict === 'approved') return seen;
    if (escalation.status !== 'open') return undefined;
    const vote = { by, reason: request.reason, atMs: clock.now() };
    // Those before a rejection were about another attempt.
    const before = seen?.verdict === 'approved' ? votesOf(seen) : [];
    const votes = verdict === 'approved' ? [...before, vote] : before;
    const next: Approval = {
      ...{ ...ref, binding, verdict, occurrence, ...vote },
      ...{ escalationId: escalation.escalationId, writeToken: ids.token() },
      ...(quorumOf(escalation) === 1 ? {} : { votes: [...votes] }),
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
  stands: Approval,
  ports: ApproveDependencies['ports'],
): Promise<RunAccepted['status']> {
  const head = await changeHead(escalation, ports, (current) => {
    const { waitingFor } = current;
    const waits = waitingFor?.kind === 'human' && waitingFor.escalationId === escalation.escalationId;
    if (isFinal(current.status) || !waits || current.status !== 'escalated') return undefined;
    return { ...nextGeneration(current), status: statusUnderWay(current) };
  });
  await settleEscalation(escalation, settledByApproval(stands), ports);
  return (await ensureRunning(head, ports)).status;
}

/** How an inbox item is closed that this verdict answers. */
export function settledByApproval({ by, reason, verdict, votes, atMs }: Approval): NonNullable<Escalation['settled']> {
  const people = verdict === 'approved' && votes ? votes.map((vote) => vote.by).join(', ') : by;
  return { atMs, by, reason: `${verdict} by ${people}: ${reason}` };
}
