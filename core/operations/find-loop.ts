import type { Failure } from '../model/failure.ts';
import type { RunHead } from '../model/run.ts';
import type { AcceptedStep } from '../model/plan.ts';
import type { ActionDefinition } from '../model/skill.ts';
import type { Ports } from '../ports/index.ts';
import { ledgerRefOf } from './open-steps.ts';
import type { WindowStep } from './open-steps.ts';
import type { RunReader } from './run-reader.ts';

/** The same use for this time is one too many. */
const timesOfLoop = 3;
/** Revisions that are looked back at: who goes in circles does so in small ones, and the look costs as much in any run. */
const revisionsBack = 30;

/**
 * Why a step is not begun that a model has planned: its effect with these very arguments was wanted twice before in the run.
 * What people plan may be meant so. Undefined when it is no loop.
 */
export async function loopIn(
  { step, revision }: WindowStep,
  argsHash: string,
  run: { readonly head: RunHead; readonly action: ActionDefinition | undefined },
  { ledger, reader }: { readonly ledger: Pick<Ports['ledger'], 'readMany'>; readonly reader: RunReader },
): Promise<Failure | undefined> {
  const { head, action } = run;
  const own = await reader.plan(head, revision);
  if ((own.author !== 'planner' && own.author !== 'recovery') || action?.effect.class === 'P') return undefined;
  const before = new Map<string, AcceptedStep>();
  for (let at = revision; at >= Math.max(1, head.revision - revisionsBack); at -= 1) {
    const { steps } = await reader.plan(head, at);
    const earlier =
      at === revision
        ? steps.slice(
            0,
            steps.findIndex(({ id }) => id === step.id),
          )
        : steps;
    for (const one of earlier) {
      if (one.skill === step.skill && one.action === step.action && one.id !== step.id) before.set(one.id, one);
    }
  }
  if (before.size < timesOfLoop - 1) return undefined;
  const items = await ledger.readMany([...before.values()].map((one) => ledgerRefOf(head, one)));
  const same = items
    .filter((item) => item.argsHash === argsHash && item.sends > 0)
    .toReversed()
    .map(({ stepId }) => `'${stepId}'`);
  if (same.length < timesOfLoop - 1) return undefined;
  const message =
    `${step.skill}/${step.action} is wanted with the same arguments once more, after ${same.join(', ')}; ` +
    'it was not sent. Plan something else, or say what another time is for by other arguments.';
  return { class: 'loop', message };
}
