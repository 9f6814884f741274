import { StoreUnavailable } from '../model/failure.ts';
import { sha256 } from '../model/json.ts';
import type { RunHead } from '../model/run.ts';
import { isStepOver, statusCharacters } from '../model/step.ts';
import type { Ports } from '../ports/index.ts';
import { itemsBySteps, ledgerRefOf, windowSteps } from './open-steps.ts';
import { RunReader } from './run-reader.ts';

const ended = {
  DONE: statusCharacters.completed,
  FAILED: statusCharacters.failed,
  IN_DOUBT: statusCharacters.inDoubt,
  CANCELED: statusCharacters.skipped,
} as const;
const notEnded = '-';

export interface Progress {
  /** Equal for two moments between which no step came to an end and the plan stayed as it was. */
  readonly mark: string;
  /** Why only the head could be asked. */
  readonly unread?: string;
}

/**
 * How far a run has come. The ledger is asked too, for an execution may die before the head knows what it has done.
 * A plan that cannot be read is no reason to know nothing: it may be what the run dies of. Throws StoreUnavailable.
 */
export async function progressOf(head: RunHead, ports: Pick<Ports, 'runs' | 'ledger' | 'blobs'>): Promise<Progress> {
  try {
    return { mark: markOf(head, await stepCharacters(head, ports)) };
  } catch (error) {
    if (error instanceof StoreUnavailable || !(error instanceof Error)) throw error;
    return {
      mark: markOf(head, head.window.map(({ statuses }) => statuses.replaceAll(/[pr]/g, notEnded)).join('|')),
      unread: error.message,
    };
  }
}

function markOf({ revision, stepsRetired }: RunHead, characters: string): string {
  return sha256([revision, stepsRetired, characters].join('|')).slice(0, 16);
}

async function stepCharacters(head: RunHead, ports: Pick<Ports, 'runs' | 'ledger' | 'blobs'>): Promise<string> {
  const steps = windowSteps(head, await new RunReader(ports).windowPlans(head));
  const open = steps.filter(({ status }) => !isStepOver(status));
  const wanted = open.map(({ step }) => step);
  const items = wanted.length === 0 ? [] : await ports.ledger.readMany(wanted.map((step) => ledgerRefOf(head, step)));
  const ends = new Map(
    [...itemsBySteps(head, wanted, items)].flatMap(([stepId, { status }]) =>
      status in ended ? [[stepId, ended[status as keyof typeof ended]]] : [],
    ),
  );
  return steps
    .map(({ step, status }) => (isStepOver(status) ? statusCharacters[status] : (ends.get(step.id) ?? notEnded)))
    .join('');
}
