import { isFinal } from '../model/run.ts';
import type { Ports } from '../ports/index.ts';
import type { BurstWindow } from './burst-window.ts';
import type { TraceDependencies } from './trace/read-revisions.ts';
import { sealTrace } from './trace/seal-trace.ts';

interface HeadDependencies extends TraceDependencies {
  readonly ports: Pick<Ports, 'runs' | 'ledger' | 'blobs' | 'clock' | 'ids'>;
}

/**
 * Writes the head of the window; one that ends its run is sealed first. False when somebody else has moved the run.
 * Throws StoreUnavailable.
 */
export async function writeHeadOf(window: BurstWindow, dependencies: HeadDependencies): Promise<boolean> {
  const { runs, ids, clock } = dependencies.ports;
  const { version } = window.head;
  const head = { ...window.head, version: version + 1, writeToken: ids.token(), updatedAtMs: clock.now() };
  const sealed = isFinal(head.status) ? { ...head, seal: await sealTrace(head, dependencies) } : head;
  const written = await runs.writeHead(sealed, version);
  if (written.written) window.setHead(sealed);
  return written.written;
}
