import type { BurstState, DecideResult, RunIdentity } from '../contract/machine.ts';
import type { RunHead } from '../model/run.ts';
import { isFinal, statusUnderWay } from '../model/run.ts';
import type { Ports } from '../ports/index.ts';
import { closeAnswered } from './close-questions.ts';
import type { RunReader } from './run-reader.ts';
import { noteQuestion } from './wake-run.ts';

interface OpenDependencies {
  readonly ports: Pick<Ports, 'runs' | 'ledger' | 'engine' | 'clock' | 'ids'>;
  readonly reader: RunReader;
}

/**
 * The first decision of a burst: the head from the table, adopted if this is a newer generation. An answer for the
 * machine when this burst has nothing to decide; `over` when the run has ended already.
 */
export async function openBurst(
  identity: RunIdentity,
  { ports, reader }: OpenDependencies,
): Promise<BurstState | DecideResult | { readonly over: RunHead }> {
  const { runs, clock, ids } = ports;
  const nowMs = clock.now();
  const stored = await runs.readHead(identity);
  if (!stored) throw new Error(`Run ${identity.runId} of tenant ${identity.tenantId} is not in the table.`);
  const { generation } = identity;
  if (generation < stored.generation) return { ...identity, next: 'done', status: 'fenced' };
  if (isFinal(stored.status)) return { over: stored };
  // Before the head forgets what the run has waited for.
  await closeAnswered({ ...stored, generation }, { ports, reader });
  const adopted = generation > stored.generation;
  let head: RunHead = {
    ...stored,
    generation,
    burstsInGeneration: adopted ? 1 : stored.burstsInGeneration + 1,
    status: statusUnderWay(stored),
    waitingFor: undefined,
  };
  if (adopted) {
    if (stored.status === 'escalated') await noteQuestion(stored, ports);
    // Written at once, so that the older generation loses its next head write.
    head = { ...head, version: stored.version + 1, writeToken: ids.token(), updatedAtMs: nowMs };
    const written = await runs.writeHead(head, stored.version);
    if (!written.written) return { ...identity, next: 'continue' };
  }
  return { startedAtMs: nowMs, stepsRun: 0, head, headWrittenAtMs: nowMs, notBefore: {}, failures: {} };
}
