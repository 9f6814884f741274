import type { Hono } from 'hono';
import { endpoints } from '../../../core/contract/endpoints.ts';
import { resolveEscalation } from '../../../core/operations/resolve-escalation.ts';
import { listEscalations, showEscalation } from '../../../core/operations/show-inbox.ts';
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
    showEscalation({ tenantId: principal.tenantId, escalationId: segment('escalationId') }, ports),
  );

  serve(app, endpoints.resolveEscalation, dependencies, ({ principal, body, segment }) =>
    resolveEscalation({ principal, escalationId: segment('escalationId'), request: body }, dependencies),
  );
}
