import type { Hono } from 'hono';
import { idempotencyKeyPattern } from '../../../core/contract/api.ts';
import { endpoints } from '../../../core/contract/endpoints.ts';
import { Problem } from '../../../core/contract/problems.ts';
import { cancelRun } from '../../../core/operations/cancel-run.ts';
import { previewRun } from '../../../core/operations/preview-run.ts';
import { resumeRun } from '../../../core/operations/resume-run.ts';
import { showPlan } from '../../../core/operations/show-plan.ts';
import { listRuns, showRun } from '../../../core/operations/show-run.ts';
import { startRun } from '../../../core/operations/start-run.ts';
import type { ServeDependencies } from '../calls.ts';
import { serve } from '../calls.ts';
import { runOf } from '../run-of.ts';

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

function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined || idempotencyKeyPattern.test(header)) return header;
  throw new Problem(
    'malformed-idempotency-key',
    `The Idempotency-Key has ${header.length} characters or some that are not allowed; it must be 1 to 255 visible ASCII characters without spaces, for example a UUID.`,
  );
}
