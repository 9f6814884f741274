import type { Limits } from '../contract/limits.ts';
import type { Dispatch } from '../contract/machine.ts';
import type { LedgerItem } from '../model/effect.ts';
import { jsonHash } from '../model/json.ts';
import type { Json } from '../model/json.ts';
import type { AcceptedStep } from '../model/plan.ts';
import type { RunHead } from '../model/run.ts';
import type { StepOutcome } from '../model/step.ts';
import type { Ports } from '../ports/index.ts';
import type { DispatchedRun } from './dispatch-steps.ts';
import { occurrenceOf } from './open-steps.ts';
import { placeArguments } from './place-arguments.ts';
import { renderTemplate } from './render-template.ts';
import type { RunReader } from './run-reader.ts';

export interface CompensationDispatchDependencies {
  readonly ports: Pick<Ports, 'ledger' | 'blobs'>;
  readonly reader: RunReader;
  readonly limits: Pick<Limits, 'undoBackoffMs'>;
}

/**
 * The dispatch of a compensation: with the arguments of the step that it undoes, byte for byte as the ledger knows them.
 * Nobody is asked whether it may run: that its effect was done, by leave of all who had to give it, is why it is undone.
 * Throws StoreUnavailable.
 */
export async function dispatchCompensation(
  { step, undone }: { readonly step: AcceptedStep; readonly undone: NonNullable<AcceptedStep['compensates']> },
  run: DispatchedRun,
  inlineBytes: number,
  { ports, reader, limits }: CompensationDispatchDependencies,
): Promise<Dispatch | StepOutcome> {
  const { head, identity } = run;
  const { tenantId, runId } = head;
  const { id: stepId, skill, action, functionArn, skillHash } = step;
  const failed = (message: string): StepOutcome => ({
    ...{ kind: 'failed', stepId, attempts: 0 },
    failure: { class: 'compensationFailed', message },
  });
  const item = await ports.ledger.read({ tenantId, skill, runId, stepId: undone.stepId, direction: 'F' });
  if (item?.status !== 'DONE') {
    return failed(
      `step '${undone.stepId}' is ${item?.status ?? 'not begun'} in the ledger, and only a done step is undone`,
    );
  }
  const input = await argumentsOf(item, undone, run, reader);
  if (input === undefined) {
    return failed(
      `the arguments of step '${undone.stepId}' cannot be rendered as they were sent (hash ${item.argsHash.slice(0, 12)}), so it is not known what is to be undone`,
    );
  }
  const { argsHash, trust, argumentTrust = trust } = item;
  return {
    functionArn,
    request: {
      ...identity,
      ...{ stepId, skill, action, direction: 'C', occurrence: occurrenceOf(head, stepId), argsHash, skillHash },
      ...{ trust: argumentTrust, settleOnly: false, doubted: [] },
      undo: { stepId: undone.stepId, backoffMs: limits.undoBackoffMs },
      input: await placeArguments({ tenantId, skill, argsHash, input }, inlineBytes, ports),
      lookAgain: head.lookAgain?.includes(stepId) ?? false,
    },
  };
}

/** Rendered as when the step was dispatched: some later revision may by then have defined a step that it names. */
async function argumentsOf(
  { argsHash }: LedgerItem,
  { stepId, revision }: NonNullable<AcceptedStep['compensates']>,
  { head, request }: DispatchedRun,
  reader: RunReader,
): Promise<Json | undefined> {
  const original = (await reader.plan(head, revision)).steps.find(({ id }) => id === stepId);
  if (!original) return undefined;
  const last = await lastForward(head, reader);
  for (const at of new Set([revision, last])) {
    const rendered = await renderTemplate(original.input, at, head, request, reader);
    if (rendered.ok && jsonHash(rendered.value) === argsHash) return rendered.value;
  }
  return undefined;
}

async function lastForward(head: RunHead, reader: RunReader): Promise<number> {
  for (let revision = head.revision; revision > 1; revision -= 1) {
    if (!(await reader.plan(head, revision)).takesBack) return revision;
  }
  return 1;
}
