import { playInThread } from '../in-thread.ts';
import type { Task } from '../thread.ts';
import type { EngineMutant } from './all-mutants.ts';

/** The first run of the bug's scenario that finds it, in words; undefined when none does. */
export async function caughtBy({ scenario, mutant }: EngineMutant): Promise<string | undefined> {
  const task: Task = { scenario, which: { kind: 'singles' }, stopAtFirst: true, mutant };
  const { failures } = await playInThread(task);
  const [first] = failures;
  return first && `${first.seed}: ${first.what}`;
}
