import type { Hono } from 'hono';
import { endpoints } from '../../../core/contract/endpoints.ts';
import { listBreakers, setBreaker } from '../../../core/operations/show-breakers.ts';
import type { ServeDependencies } from '../calls.ts';
import { serve } from '../calls.ts';

export function serveBreakers(app: Hono, dependencies: ServeDependencies): void {
  const { registry, ports } = dependencies;

  serve(app, endpoints.listBreakers, dependencies, () => listBreakers(registry, ports));

  serve(app, endpoints.isolateBreaker, dependencies, ({ principal, segment, body: { reason } }) =>
    setBreaker({ principal, breakerId: segment('breakerId'), act: 'isolated', reason }, registry, ports),
  );

  serve(app, endpoints.closeBreaker, dependencies, ({ principal, segment, body: { reason } }) =>
    setBreaker({ principal, breakerId: segment('breakerId'), act: 'closed', reason }, registry, ports),
  );
}
