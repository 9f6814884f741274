import type { Context } from 'hono';
import { InvalidCursor } from '../../core/contract/cursor.ts';
import { endpoints } from '../../core/contract/endpoints.ts';
import { Problem } from '../../core/contract/problems.ts';
import { StoreUnavailable } from '../../core/model/failure.ts';
import type { ApiDependencies } from './calls.ts';

/** Answers with the problem behind an error. What is our fault is logged, and only its kind is told. */
export function answerProblem(error: Error, context: Context, logger: ApiDependencies['logger']): Response {
  const problem = problemBehind(error);
  const { method, path } = context.req;
  if (problem.status >= 500) logger.error(`${method} ${path}: ${problem.code}`, error);
  const headers = new Headers({ 'content-type': 'application/problem+json' });
  if (problem.code === 'unauthenticated') headers.set('www-authenticate', 'Bearer');
  if (problem.code === 'method-not-allowed') headers.set('allow', methodsOf(path).join(', '));
  if (problem.retryAfterSeconds !== undefined) headers.set('retry-after', String(problem.retryAfterSeconds));
  return context.body(JSON.stringify(problem.toDocument(path)), problem.status as 500, Object.fromEntries(headers));
}

function problemBehind(error: Error): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof InvalidCursor) return new Problem('invalid-parameter', error.message, { cause: error });
  if (error instanceof StoreUnavailable) {
    const detail =
      'The table did not answer. What was asked for may or may not have been written; repeat the call, with the same Idempotency-Key where it has one.';
    return new Problem('store-unavailable', detail, { retryAfterSeconds: 1, cause: error });
  }
  const detail =
    'The call failed for a reason that is ours and was logged. Repeating it is safe with an Idempotency-Key.';
  return new Problem('internal-error', detail, { cause: error });
}

/** The problem of a request that no route takes. */
export function noRoute(method: string, path: string): Problem {
  const allowed = methodsOf(path);
  if (allowed.length > 0) {
    return new Problem('method-not-allowed', `'${path}' does not take ${method}; it takes ${allowed.join(', ')}.`);
  }
  return new Problem(
    'unknown-route',
    `There is no address '${path}'. GET /v1/openapi.json lists the addresses there are.`,
  );
}

function methodsOf(path: string): string[] {
  const matching = Object.values(endpoints).filter((endpoint) =>
    new RegExp(`^${endpoint.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  return matching.flatMap(({ method }): string[] => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}
