import { Hono } from 'hono';
import { endpoints } from '../../core/contract/endpoints.ts';
import { RunReader } from '../../core/operations/run-reader.ts';
import type { About } from '../run-scope.ts';
import { within } from '../run-scope.ts';
import { answerProblem, noRoute } from './answer-problem.ts';
import type { ApiDependencies } from './calls.ts';
import { serve } from './calls.ts';
import { openApiDocument } from './openapi.ts';
import { serveBreakers } from './routes/breakers.ts';
import { serveCatalogue } from './routes/catalogue.ts';
import { serveInbox } from './routes/inbox.ts';
import { serveRuns } from './routes/runs.ts';
import { serveSpend } from './routes/spend.ts';
import { serveTraces } from './routes/traces.ts';

/** The HTTP API (DESIGN section 12), the same on Lambda and on a laptop. */
export function createApi(dependencies: ApiDependencies): Hono {
  const app = new Hono();
  const serving = { ...dependencies, reader: new RunReader(dependencies.ports) };

  app.use((context, next) => within(aboutPath(context.req.path), next));
  app.use(async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
    context.header('x-content-type-options', 'nosniff');
  });
  app.notFound((context) => {
    const problem = noRoute(context.req.method, context.req.path);
    return answerProblem(problem, context, dependencies.logger);
  });
  app.onError((error, context) => answerProblem(error, context, dependencies.logger));

  serve(app, endpoints.healthz, dependencies, () => ({ status: 'ok' }));
  serve(app, endpoints.openapi, dependencies, () => openApiDocument());
  serveRuns(app, serving);
  serveTraces(app, serving);
  serveCatalogue(app, serving);
  serveInbox(app, serving);
  serveSpend(app, serving);
  serveBreakers(app, serving);
  return app;
}

/** The run whose address is asked for. */
function aboutPath(path: string): About {
  const [, runId] = /^\/v1\/runs\/(run-[0-9a-z]+)/.exec(path) ?? [];
  return runId === undefined ? {} : { runId };
}
