import type { Hono } from 'hono';
import { endpoints } from '../../../core/contract/endpoints.ts';
import { showSpend } from '../../../core/operations/show-spend.ts';
import type { ServeDependencies } from '../calls.ts';
import { serve } from '../calls.ts';

export function serveSpend(app: Hono, dependencies: ServeDependencies): void {
  serve(app, endpoints.showSpend, dependencies, ({ principal, query }) =>
    showSpend({ tenantId: principal.tenantId, ...query }, dependencies.ports),
  );
}
