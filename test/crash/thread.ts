import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { loadWith } from '../mutants/load-with.ts';
import type { Mutant } from '../mutants/mutant.ts';
import type { Plan, Report } from './campaign.ts';

/** `singles`: no crash, and one at every call. `alternating`: as these, on the platforms in turn. `pairs`: every two. `triples`: so many seeds, three crashes each. */
export type Which =
  | { readonly kind: 'singles' | 'alternating' | 'pairs' }
  | { readonly kind: 'triples'; readonly from: number; readonly count: number }
  | { readonly kind: 'one'; readonly plan: Plan };

/** What a thread is told: which runs of a scenario, with the engine as it is or with a bug. */
export interface Task {
  readonly scenario: string;
  readonly which: Which;
  readonly stopAtFirst: boolean;
  readonly mutant: Mutant | undefined;
}

const task = workerData as Task;
const assertLoaded = loadWith(task.mutant);
const { Campaign, sumOf } = await import('./campaign.ts');
const { scenarios } = await import('./scenarios.ts');
const { loadProject } = await import('../../local/project/load-project.ts');
assertLoaded();

const repository = fileURLToPath(new URL('../../', import.meta.url));
const input = JSON.parse(readFileSync(`${repository}examples/trip.json`, 'utf8')) as never;
const scenario = scenarios.find(({ name }) => name === task.scenario);
if (!scenario) throw new Error(`There is no scenario '${task.scenario}'.`);
const campaign = new Campaign(scenario, (await loadProject(repository)).registry, input);

const reports: Report[] = [];
for await (const plans of plansOf(task.which)) {
  const report = await campaign.play(plans, { atFirst: task.stopAtFirst });
  reports.push(report);
  if (task.stopAtFirst && report.failures.length > 0) break;
}
parentPort?.postMessage(sumOf(reports));

async function* plansOf(which: Which): AsyncGenerator<readonly Plan[]> {
  switch (which.kind) {
    case 'singles':
      yield await campaign.singles();
      return;
    case 'alternating':
      yield await campaign.alternating();
      return;
    case 'pairs':
      yield* campaign.pairs();
      return;
    case 'triples':
      yield await Promise.all(Array.from({ length: which.count }, (_, index) => campaign.triple(which.from + index)));
      return;
    case 'one':
      yield [which.plan];
  }
}
