import type { AttestRequest, RunAccepted } from '../contract/api.ts';
import type { LedgerItem } from '../model/effect.ts';
import type { Escalation } from '../model/escalation.ts';
import { escalationIdOf } from '../model/escalation.ts';
import type { HumanResolution } from '../model/human-resolution.ts';
import { humanResolutionOf } from '../model/human-resolution.ts';
import type { Json } from '../model/json.ts';
import type { AcceptedStep } from '../model/plan.ts';
import { transition } from '../model/protocol.ts';
import { isFinal, statusUnderWay } from '../model/run.ts';
import type { Registry } from '../model/skill.ts';
import type { Ports } from '../ports/index.ts';
import { attestedBy } from './attested-output.ts';
import { ledgerRefOf, windowSteps, withStatuses } from './open-steps.ts';
import { actionOf } from './plan-provenance.ts';
import type { RunReader } from './run-reader.ts';
import { isStored, storeValue } from './stored-value.ts';
import {
  alreadySettled,
  changeHead,
  contended,
  ensureRunning,
  nextGeneration,
  settledAs,
  settleEscalation,
} from './wake-run.ts';

export interface AttestDependencies {
  readonly ports: Pick<Ports, 'runs' | 'ledger' | 'blobs' | 'engine' | 'clock' | 'ids'>;
  readonly registry: Registry;
  readonly reader: RunReader;
}

interface AttestCall {
  /** Of kind inDoubt. */
  readonly escalation: Escalation;
  /** Who says so. */
  readonly by: string;
  readonly request: AttestRequest;
}

const tries = 10;

/**
 * Records what a person says about the side effect of a step in doubt, and wakes its run. The order is: the ledger,
 * which is where one verdict wins, the head, the escalation, the execution. A call that died in between is completed
 * by the next one for the same escalation, which is refused all the same unless it repeats the verdict of its own caller.
 * Throws the problems `already-settled`, `invalid-output`, `resolution-not-allowed` and `run-contended`.
 */
export async function attestStep(call: AttestCall, dependencies: AttestDependencies): Promise<RunAccepted> {
  const { escalation, request } = call;
  const { runId } = escalation;
  const isOpen = escalation.status === 'open';
  const step = await stepOf(escalation, dependencies);
  const { item, mine } = await record(call, step, dependencies);

  const stands = item && isAbout(item, escalation) ? humanResolutionOf(item) : undefined;
  if (!item || !stands) {
    const how = `is open, but step '${step.id}' is no longer in doubt; resume the run, and it goes on with what became of the step`;
    throw alreadySettled(escalation, isOpen ? how : settledAs(escalation));
  }
  const repeated = mine || isSame(stands, item, call, step, dependencies.registry);
  if (!isOpen && !repeated) throw alreadySettled(escalation, settledAs(escalation));
  const status = await goOn(escalation, step, repeated ? { ...stands, reason: request.reason } : stands, dependencies);
  if (!isOpen) throw alreadySettled(escalation, settledAs(escalation));
  if (repeated) return { runId, status };
  const verdict = stands.verdict === 'happened' ? 'happened' : 'did not happen';
  throw alreadySettled(escalation, `was answered by ${stands.actor}, who attested that it ${verdict}`);
}

/** Writes the verdict if the step is still in doubt. Gives the item as it then is, and whether this call wrote it. */
async function record(
  call: AttestCall,
  step: AcceptedStep,
  dependencies: AttestDependencies,
): Promise<{ readonly item: LedgerItem | undefined; readonly mine: boolean }> {
  const { escalation, by, request } = call;
  const { ledger, blobs, clock, ids } = dependencies.ports;
  const ref = ledgerRefOf(escalation, step);
  let item = await ledger.read(ref);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const asked = escalation.status === 'open' && item?.status === 'IN_DOUBT' && isAbout(item, escalation);
    if (!item || !asked) return { item, mine: false };
    const attested = attestedBy(request, step, dependencies.registry);
    const verdict = attested.happened
      ? ({ kind: 'happened', result: await storeValue(attested.output, ref, blobs), trust: attested.trust } as const)
      : ({ kind: 'didNotHappen' } as const);
    const command = { kind: 'resolve', fence: item.fence, actor: by, reason: request.reason, verdict } as const;
    const moved = transition(item, command, clock.now(), ids.token());
    if (!moved.ok) throw new Error(`The ledger item of step ${step.id} cannot be resolved: ${moved.refusal}.`);
    const written = await ledger.write(moved.next, item.writeToken);
    if (written.written) return { item: moved.next, mine: true };
    item = written.current;
  }
  throw contended(escalation);
}

/** Everything after the ledger; each part is harmless when it was done before. */
async function goOn(
  escalation: Escalation,
  { id }: AcceptedStep,
  { actor, reason }: HumanResolution,
  { ports, reader }: AttestDependencies,
): Promise<RunAccepted['status']> {
  const head = await changeHead(escalation, ports, async (current) => {
    if (isFinal(current.status)) return undefined;
    const plans = await reader.windowPlans(current);
    const inDoubt = windowSteps(current, plans).some(({ step, status }) => step.id === id && status === 'inDoubt');
    if (!inDoubt) return undefined;
    const { window } = withStatuses(current, plans, new Map([[id, 'pending']]));
    // `lookAgain` tells a resume that comes before the next line that the escalation is to be settled.
    return { window, lookAgain: [id], ...nextGeneration(current), status: statusUnderWay(current) };
  });
  const settled = { atMs: ports.clock.now(), by: actor, reason: `attested by ${actor}: ${reason}` };
  await settleEscalation(escalation, settled, ports);
  return (await ensureRunning(head, ports)).status;
}

async function stepOf(escalation: Escalation, { ports, reader }: AttestDependencies): Promise<AcceptedStep> {
  const { runId, escalationId, stepId = '' } = escalation;
  const head = await ports.runs.readHead(escalation);
  const found = head && (await reader.findStep(head, stepId, head.revision));
  if (found) return found.step;
  throw new Error(`Run ${runId} has no step '${stepId}', which escalation ${escalationId} is about.`);
}

/** An escalation is about one occurrence of its step. */
export function isAbout({ occurrence }: LedgerItem, { escalationId, runId, stepId = '' }: Escalation): boolean {
  return escalationIdOf(runId, 'inDoubt', stepId, occurrence) === escalationId;
}

/** Whether what stands is what this call says, by the same person: then it is a repetition. */
function isSame(
  stands: HumanResolution,
  item: LedgerItem,
  { by, request }: AttestCall,
  step: AcceptedStep,
  registry: Registry,
): boolean {
  if (stands.actor !== by || request.happened !== (stands.verdict === 'happened')) return false;
  if (item.status !== 'DONE' || step.compensates) return true;
  const output = actionOf(registry, step.skill, step.action)?.output.safeParse(request.output);
  return output?.success === true && isStored(output.data as Json, item.result);
}
