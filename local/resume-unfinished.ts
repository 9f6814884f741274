import { waitsAsDead } from '../core/operations/revive-run.ts';
import type { Engine, RunStore } from '../core/ports/index.ts';

/** Names to try before giving up on a run: executions of a lost past keep theirs. */
const namesTried = 20;

/**
 * Starts a new generation of every run that is not over, but for those whose executions die again and again. A platform that has just come up has no executions, whatever
 * their runs were waiting for; the table says where each of them goes on.
 */
export async function resumeUnfinished(ports: { readonly runs: RunStore; readonly engine: Engine }): Promise<number> {
  let resumed = 0;
  for await (const head of ports.runs.scanUnfinished()) {
    // A person has been asked whether it is to go on.
    if (waitsAsDead(head)) continue;
    const { tenantId, agent, runId } = head;
    for (let generation = head.generation + 1; generation <= head.generation + namesTried; generation += 1) {
      if ((await ports.engine.start({ tenantId, agent, runId, generation })) === 'started') {
        resumed += 1;
        break;
      }
    }
  }
  return resumed;
}
