import { parentPort, workerData } from 'node:worker_threads';
import { loadWith } from '../../mutants/load-with.ts';
import type { Mutant } from '../../mutants/mutant.ts';

/** What a thread is told: how many plans of which seeds, against the engine as it is or with a bug. */
export interface Task {
  readonly from: number;
  readonly plans: number;
  readonly stopAtFirst: boolean;
  readonly mutant: Mutant | undefined;
}

const task = workerData as Task;
const assertLoaded = loadWith(task.mutant);
const { campaign } = await import('../campaign.ts');
assertLoaded();
parentPort?.postMessage(await campaign(task, { stopAtFirst: task.stopAtFirst }));
