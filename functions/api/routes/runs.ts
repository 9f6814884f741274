import type { Hono } from 'hono';
import type { Principal } from '../../../core/authz/principal.ts';
import { idempotencyKeyPattern } from '../../../core/contract/api.ts';
import { endpoints } from '../../../core/contract/endpoints.ts';
import { Problem } from '../../../core/contract/problems.ts';
import { runId as runIdSchema } from '../../../core/model/names.ts';
import { cancelRun } from '../../../core/operations/cancel-run.ts';
import { previewRun } from '../../../core/operations/preview-run.ts';
import { resumeRun } from '../../../core/operations/resume-run.ts';
import { showPlan } from '../../../core/operations/show-plan.ts';
import { listRuns, showRun } from '../../../core/operations/show-run.ts';
import { auditTrace } from '../../../core/operations/trace/audit-trace.ts';
import { spanPage } from '../../../core/operations/trace/show-spans.ts';
import { showTrace } from '../../../core/operations/trace/show-trace.ts';
import { startRun } from '../../../core/operations/start-run.ts';
import type { RunRef } from '../../../core/ports/index.ts';
import type { ServeDependencies } from '../calls.ts';
import { serve, WithLink } from '../calls.ts';

export function serveRuns(app: Hono, dependencies: ServeDependencies): void {
  const { ports } = dependencies;

  serve(app, endpoints.startRun, dependencies, ({ principal, body, header }) =>
    startRun({ principal, idempotencyKey: idempotencyKeyOf(header('idempotency-key')), request: body }, dependencies),
  );

  serve(app, endpoints.previewRun, dependencies, ({ principal, body }) =>
    previewRun({ principal, request: body }, dependencies),
  );

  serve(app, endpoints.listRuns, dependencies, ({ principal, query }) =>
    listRuns(
      {
        ...{ tenantId: principal.tenantId, limit: query.limit, cursor: query.cursor },
        ...{ statuses: query.status, agent: query.agent, withGoals: query.goals === 'true' },
      },
      dependencies,
    ),
  );

  serve(app, endpoints.showRun, dependencies, ({ principal, query, segment }) =>
    showRun({ ...runOf(principal, segment('runId')), withOutputs: query.outputs === 'true' }, dependencies),
  );

  serve(app, endpoints.showPlan, dependencies, ({ principal, query, segment }) =>
    showPlan({ ...runOf(principal, segment('runId')), limit: query.limit, cursor: query.cursor }, dependencies),
  );

  serve(app, endpoints.showTrace, dependencies, async ({ principal, query, segment }) => {
    const { format, ...rest } = query;
    const part = { ...runOf(principal, segment('runId')), ...rest };
    if (format === 'json') return showTrace(part, dependencies);
    const { trace, nextAfter } = await spanPage(part, dependencies);
    if (nextAfter === undefined) return trace;
    return new WithLink(trace, `?format=otlp&limit=${part.limit}&after=${nextAfter}`);
  });

  serve(app, endpoints.auditRun, dependencies, ({ principal, segment }) =>
    auditTrace(runOf(principal, segment('runId')), dependencies),
  );

  serve(app, endpoints.cancelRun, dependencies, ({ principal, body, segment }) =>
    cancelRun(
      {
        ...{ principal, runId: runOf(principal, segment('runId')).runId },
        ...{ reason: body.reason, compensate: body.compensate },
      },
      ports,
    ),
  );

  serve(app, endpoints.resumeRun, dependencies, ({ principal, body, segment }) =>
    resumeRun({ principal, runId: runOf(principal, segment('runId')).runId, ...body }, dependencies),
  );
}

/** An id that cannot be one of ours is answered like any other run that is not there. */
function runOf(principal: Principal, runId: string): RunRef {
  if (runIdSchema.safeParse(runId).success) return { tenantId: principal.tenantId, runId };
  throw new Problem(
    'unknown-run',
    `There is no run '${runId.slice(0, 80)}'; a run's id looks like run-01j9… . List the runs there are with GET /v1/runs.`,
  );
}

function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined || idempotencyKeyPattern.test(header)) return header;
  throw new Problem(
    'malformed-idempotency-key',
    `The Idempotency-Key has ${header.length} characters or some that are not allowed; it must be 1 to 255 visible ASCII characters without spaces, for example a UUID.`,
  );
}
