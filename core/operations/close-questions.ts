import { standingOf } from '../model/approval.ts';
import type { Escalation } from '../model/escalation.ts';
import { humanResolutionOf } from '../model/human-resolution.ts';
import { pastTense } from '../model/resolution.ts';
import type { FinalRunStatus, RunHead } from '../model/run.ts';
import type { Ports } from '../ports/index.ts';
import { isAbout } from './attest-step.ts';
import { quorumOf, settledByApproval } from './approve-step.ts';
import { ledgerRefOf } from './open-steps.ts';
import type { RunReader } from './run-reader.ts';
import { escalationsOf } from './trace/read-revisions.ts';
import type { WakePorts } from './wake-run.ts';
import { settledByMoving, settleEscalation } from './wake-run.ts';

interface CloseDependencies {
  readonly ports: WakePorts & Pick<Ports, 'ledger'>;
  readonly reader: RunReader;
}

type Settled = NonNullable<Escalation['settled']>;

/**
 * Closes the inbox item that a run has waited for until somebody moved it on, and lets go what waits for it: whoever did may
 * have died before that. What only a person can answer stays open until one has. Repeating it is harmless. Throws
 * StoreUnavailable, and what the engine throws.
 *
 * @param head as whoever moved the run on has left it
 */
export async function closeAnswered(head: RunHead, dependencies: CloseDependencies): Promise<void> {
  const { tenantId, waitingFor, status, generation } = head;
  if (waitingFor?.kind !== 'human' || status === 'escalated') return;
  const { ports } = dependencies;
  const item = await ports.runs.readEscalation(tenantId, waitingFor.escalationId);
  if (!item || item.generation >= generation) return;
  const settled = item.status === 'open' ? await answerTo(item, head, dependencies) : item.settled;
  if (settled) await settleEscalation(item, settled, ports, (current) => current.generation < generation);
}

/**
 * Closes every inbox item that a run has opened, since nobody is asked any more when it is over. Repeating it is harmless.
 * Throws as `closeAnswered`.
 */
export async function closeQuestions(
  head: RunHead,
  status: FinalRunStatus,
  dependencies: CloseDependencies,
): Promise<void> {
  // One that nobody has ever moved on has asked nobody.
  if (head.generation === 1) return;
  const { ports } = dependencies;
  const notes = await ports.runs.listNotes(head, { from: 0, to: head.revision });
  const asked = await escalationsOf(head, notes, { ports });
  for (const item of asked.values()) {
    if (item.status !== 'open') continue;
    const over = { atMs: ports.clock.now(), by: 'holdfast', reason: `the run is ${status}` };
    await settleEscalation(item, (await answerTo(item, head, dependencies)) ?? over, ports);
  }
}

/** What somebody has said to it, as the head, the approval or the ledger has it; undefined when the question stands. */
async function answerTo(
  item: Escalation,
  head: RunHead,
  { ports, reader }: CloseDependencies,
): Promise<Settled | undefined> {
  const { escalationId, kind, stepId = '', approval } = item;
  const { answered } = head;
  const atMs = ports.clock.now();
  if (answered?.escalationId === escalationId) {
    const { by, resolution } = answered;
    return { atMs, by, reason: `${pastTense[resolution]} by ${by}` };
  }
  if (approval) {
    const { skill, binding } = approval;
    const said = await ports.ledger.readApproval({ ...head, skill, stepId, direction: 'F' }, binding);
    const stands = said !== undefined && standingOf(said, said.occurrence, quorumOf(item)) !== 'open';
    return stands && said.escalationId === escalationId ? settledByApproval(said) : undefined;
  }
  if (kind === 'inDoubt') {
    const found = await reader.findStep(head, stepId, head.revision);
    const ledgerItem = found && (await ports.ledger.read(ledgerRefOf(head, found.step)));
    const said = ledgerItem && isAbout(ledgerItem, item) ? humanResolutionOf(ledgerItem) : undefined;
    const saidAtMs = ledgerItem?.evidence.at(-1)?.atMs ?? atMs;
    return said && { atMs: saidAtMs, by: said.actor, reason: `attested by ${said.actor}: ${said.reason}` };
  }
  return settledByMoving.has(kind) ? { atMs, by: 'holdfast', reason: 'the run has moved on' } : undefined;
}
