import { sealBlobKey } from '../../contract/keys.ts';
import { canonicalJson, sha256 } from '../../model/json.ts';
import type { RunHead } from '../../model/run.ts';
import type { SealedRecord, TraceSeal } from '../../model/trace-seal.ts';
import { chained } from '../../model/trace-seal.ts';
import type { TraceDependencies } from './read-revisions.ts';
import { endRecord, requestRecord, revisionRecords } from './sealed-records.ts';
import { revisionsFrom } from './show-trace.ts';

/** Read at once: a run is sealed once, by whoever ends it. */
const eventsAtOnce = 400;

/**
 * Seals the trace of a run that is about to end, outside the table, and says what the head has to hold of it. It comes before
 * the write of the head that ends the run, so that no end is without a seal; whoever dies in between leaves a seal that
 * nothing points to.
 *
 * @param head as it is about to be written
 */
export async function sealTrace(head: RunHead, dependencies: TraceDependencies): Promise<NonNullable<RunHead['seal']>> {
  const { tenantId, runId, updatedAtMs: endedAtMs } = head;
  const links = chained(await recordsOf(head, dependencies));
  const seal: TraceSeal = { version: 1, tenantId, runId, endedAtMs, links };
  const text = canonicalJson(seal);
  const hash = sha256(text);
  await dependencies.ports.blobs.put(sealBlobKey(tenantId, runId, hash), text);
  return { sha256: hash, events: links.length };
}

/** Everything that the chain of a run is made of, in its order. */
export async function recordsOf(head: RunHead, dependencies: TraceDependencies): Promise<SealedRecord[]> {
  const request = await dependencies.ports.runs.readRequest(head);
  const records = request ? [requestRecord(request)] : [];
  for await (const items of revisionsFrom(head, 0, eventsAtOnce, dependencies)) records.push(...revisionRecords(items));
  return [...records, endRecord(head)];
}
