import type { PlanRevision } from '../model/plan.ts';
import type { BurstWindow } from './burst-window.ts';
import { compensationWanted } from './compensation-wanted.ts';
import { takenBackBy } from './on-failure.ts';
import { planCompensation } from './plan-compensation.ts';
import type { CompensationDependencies } from './plan-compensation.ts';

/**
 * Brings a run on that is taken back: it is on record that it is, nothing of it can begin any more, and then its
 * compensations are planned. False when somebody else has moved the run.
 *
 * @param failure why, when nobody has asked for it before
 * @param writeHead writes the head of the window; false when somebody else has
 */
export async function takeBack(
  window: BurstWindow,
  failure: string | undefined,
  dependencies: CompensationDependencies,
  writeHead: () => Promise<boolean>,
): Promise<boolean> {
  const { compensation } = window.head;
  if (!compensation) {
    const by = takenBackBy(await dependencies.reader.request(window.head));
    const atMs = dependencies.ports.clock.now();
    const wish = { atMs, by, reason: failure ?? 'no reason given', ending: 'failed' } as const;
    window.setHead({ ...window.head, ...compensationWanted(window.head, wish), status: 'compensating' });
    // On record first: whoever finds compensations in the plan has to find out what they are for.
    return writeHead();
  }
  if (await window.cancelUnbegun()) return true;
  await adopt(window, await planCompensation({ ...window.head, compensation }, dependencies), dependencies);
  return true;
}

/**
 * Whether a run that is canceled has something open after all: a step that has begun meanwhile, or a revision that a burst
 * has written, and perhaps begun, without bringing it into the head.
 */
export async function leftOpen(window: BurstWindow, dependencies: CompensationDependencies): Promise<boolean> {
  const { head } = window;
  const unknown = head.compensation ? undefined : await dependencies.ports.runs.readPlan(head, head.revision + 1);
  if (unknown) await adopt(window, { plan: unknown, fresh: false }, dependencies);
  return (await window.cancelUnbegun()) || unknown !== undefined;
}

/** @param planned `fresh`: nothing of it can have begun */
async function adopt(
  window: BurstWindow,
  { plan, fresh }: { readonly plan: PlanRevision; readonly fresh: boolean },
  { reader }: CompensationDependencies,
): Promise<void> {
  reader.rememberPlan(plan);
  window.adopt(plan);
  await window.load({ fromLedger: !fresh });
}
