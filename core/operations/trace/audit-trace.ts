import type { AuditView } from '../../contract/trace-api.ts';
import { sealBlobKey } from '../../contract/keys.ts';
import { StoreUnavailable } from '../../model/failure.ts';
import { sha256 } from '../../model/json.ts';
import type { RunHead } from '../../model/run.ts';
import { isFinal } from '../../model/run.ts';
import { firstTampering, traceSeal } from '../../model/trace-seal.ts';
import type { RunRef } from '../../ports/index.ts';
import { headOf } from '../wake-run.ts';
import type { TraceDependencies } from './read-revisions.ts';
import { recordsOf } from './seal-trace.ts';

/**
 * Compares what the table has of a run with what was sealed when it ended. Throws the problem `unknown-run`, also for a run of
 * another tenant, and StoreUnavailable, also when the head points to a seal that is not there.
 */
export async function auditTrace(run: RunRef, dependencies: TraceDependencies): Promise<AuditView> {
  const head = await headOf(run, dependencies.ports);
  const { runId, status, seal } = head;
  if (!isFinal(status)) return { runId, status, verdict: 'notOver', sealed: 0 };
  if (!seal) return { runId, status, verdict: 'unsealed', sealed: 0 };
  const text = await dependencies.ports.blobs.get(sealBlobKey(head.tenantId, runId, seal.sha256));
  const sealed = traceSeal.safeParse(sha256(text) === seal.sha256 ? JSON.parse(text) : undefined);
  const facts = { runId, status, sealed: seal.events };
  if (!sealed.success || sealed.data.runId !== runId || sealed.data.tenantId !== head.tenantId) {
    return { ...facts, verdict: 'tampered', why: `the seal ${seal.sha256} is not what was sealed` };
  }
  const { endedAtMs, links } = sealed.data;
  const found = await foundRecords(head, dependencies);
  if (typeof found === 'string') return { ...facts, verdict: 'tampered', why: found };
  const known = new Set(links.map(({ key }) => key));
  const covered = found.filter(({ key, atMs }) => atMs <= endedAtMs || known.has(key));
  const later = found.length - covered.length;
  const compared = { ...facts, sealedAt: new Date(endedAtMs).toISOString(), head: links.at(-1)?.link ?? '', later };
  const first = firstTampering(covered, sealed.data);
  return first ? { ...compared, verdict: 'tampered', first } : { ...compared, verdict: 'intact' };
}

/** An item that can no longer be read was changed by somebody who is not the platform: that is the finding. */
async function foundRecords(
  head: RunHead,
  dependencies: TraceDependencies,
): Promise<Awaited<ReturnType<typeof recordsOf>> | string> {
  try {
    return await recordsOf(head, dependencies);
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}
