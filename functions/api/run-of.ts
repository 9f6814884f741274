import type { Principal } from '../../core/authz/principal.ts';
import { Problem } from '../../core/contract/problems.ts';
import { runId as runIdSchema } from '../../core/model/names.ts';
import type { RunRef } from '../../core/ports/index.ts';

/** An id that cannot be one of ours is answered like any other run that is not there. */
export function runOf(principal: Principal, runId: string): RunRef {
  if (runIdSchema.safeParse(runId).success) return { tenantId: principal.tenantId, runId };
  throw new Problem(
    'unknown-run',
    `There is no run '${runId.slice(0, 80)}'; a run's id looks like run-01j9… . List the runs there are with GET /v1/runs.`,
  );
}
