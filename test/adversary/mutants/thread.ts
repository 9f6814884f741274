import { registerHooks } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Mutant, Replacement } from './mutant.ts';
import { mutated } from './mutant.ts';

/** What a thread is told: how many plans of which seeds, against the engine as it is or with a bug. */
export interface Task {
  readonly from: number;
  readonly plans: number;
  readonly stopAtFirst: boolean;
  readonly mutant: Mutant | undefined;
}

const task = workerData as Task;
const root = new URL('../../../', import.meta.url).href;
const pending = new Map<string, Replacement[]>();
for (const replacement of task.mutant?.replacements ?? []) {
  const url = root + replacement.file;
  pending.set(url, [...(pending.get(url) ?? []), replacement]);
}
if (pending.size > 0) {
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      const replacements = pending.get(url);
      if (!replacements) return loaded;
      pending.delete(url);
      const { source: original } = loaded;
      if (original === undefined) throw new Error(`${url} has no source.`);
      const text = typeof original === 'string' ? original : Buffer.from(original as Uint8Array).toString();
      const source = replacements.reduce(mutated, text);
      return { ...loaded, source };
    },
  });
}

const { campaign } = await import('../campaign.ts');
if (pending.size > 0) throw new Error(`${[...pending.keys()].join(', ')} was not loaded; the mutant has no effect.`);
parentPort?.postMessage(await campaign(task, { stopAtFirst: task.stopAtFirst }));
