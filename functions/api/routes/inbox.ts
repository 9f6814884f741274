import type { Hono } from 'hono';
import { endpoints } from '../../../core/contract/endpoints.ts';
import {
  claimEscalation,
  commentEscalation,
  reassignEscalation,
  releaseEscalation,
} from '../../../core/operations/claim-escalation.ts';
import { redriveUndelivered } from '../../../core/operations/redrive-undelivered.ts';
import { resolveEscalation } from '../../../core/operations/resolve-escalation.ts';
import { showCase } from '../../../core/operations/show-case.ts';
import { listEscalations } from '../../../core/operations/show-inbox.ts';
import type { ServeDependencies } from '../calls.ts';
import { serve } from '../calls.ts';

export function serveInbox(app: Hono, dependencies: ServeDependencies): void {
  const { ports } = dependencies;

  serve(app, endpoints.listEscalations, dependencies, ({ principal, query }) =>
    listEscalations(
      { tenantId: principal.tenantId, status: query.status, limit: query.limit, cursor: query.cursor },
      ports,
    ),
  );

  serve(app, endpoints.showEscalation, dependencies, ({ principal, segment }) =>
    showCase({ tenantId: principal.tenantId, escalationId: segment('escalationId') }, dependencies),
  );

  serve(app, endpoints.resolveEscalation, dependencies, ({ principal, body, segment }) =>
    resolveEscalation({ principal, escalationId: segment('escalationId'), request: body }, dependencies),
  );

  serve(app, endpoints.claimEscalation, dependencies, ({ principal, body, segment }) =>
    claimEscalation({ principal, escalationId: segment('escalationId'), request: body }, ports),
  );

  serve(app, endpoints.releaseEscalation, dependencies, ({ principal, body, segment }) =>
    releaseEscalation({ principal, escalationId: segment('escalationId'), request: body }, ports),
  );

  serve(app, endpoints.reassignEscalation, dependencies, ({ principal, body, segment }) =>
    reassignEscalation({ principal, escalationId: segment('escalationId'), request: body }, ports),
  );

  serve(app, endpoints.commentEscalation, dependencies, ({ principal, body, segment }) =>
    commentEscalation({ principal, escalationId: segment('escalationId'), request: body }, ports),
  );

  serve(app, endpoints.redriveInbox, dependencies, ({ body }) => redriveUndelivered(body.limit, ports));
}
