import type { Context, Hono } from 'hono';
import type * as z from 'zod';
import type { SkillFunctions } from '../../core/authz/catalogue.ts';
import type { Principal } from '../../core/authz/principal.ts';
import { requireScope } from '../../core/authz/principal.ts';
import type { Endpoint } from '../../core/contract/endpoints.ts';
import { Problem } from '../../core/contract/problems.ts';
import type { Registry } from '../../core/model/skill.ts';
import type { RunReader } from '../../core/operations/run-reader.ts';
import type { Authorizer, Surveyor } from '../../core/ports/authorizer.ts';
import type { Ports } from '../../core/ports/index.ts';
import { learnt } from '../run-scope.ts';
import { readJsonBody } from './json-body.ts';
import { problemItems } from './problem-items.ts';

/** Verifies who calls. Throws the problem `unauthenticated`. */
export type Authenticate = (request: Request, platform: unknown) => Promise<Principal>;

export interface ApiDependencies {
  readonly ports: Pick<
    Ports,
    'runs' | 'ledger' | 'blobs' | 'engine' | 'spend' | 'breakers' | 'undelivered' | 'clock' | 'ids'
  >;
  readonly registry: Registry;
  readonly functions: SkillFunctions;
  readonly authorizer: Authorizer & Surveyor;
  readonly authenticate: Authenticate;
  /** Whether answers reach their callers piece by piece. */
  readonly streams?: boolean;
  /** Is told of errors that the caller is not told about. */
  readonly logger: { error(message: string, error: Error): void };
}

export interface ServeDependencies extends ApiDependencies {
  readonly reader: RunReader;
}

/** What a route is given: everything checked. */
export interface Call<E extends Endpoint> {
  readonly principal: E['scope'] extends undefined ? undefined : Principal;
  readonly query: z.output<E['query']>;
  readonly body: E['body'] extends z.ZodType ? z.output<E['body']> : undefined;
  /** A segment of the path; '' when there is none of that name. */
  readonly segment: (name: string) => string;
  readonly header: (name: string) => string | undefined;
}

/** An answer whose next page the header Link names. For bodies whose form is not ours to add to. */
export class WithLink {
  readonly body: object;
  /** The query of the same path. */
  readonly nextQuery: string;

  constructor(body: object, nextQuery: string) {
    this.body = body;
    this.nextQuery = nextQuery;
  }
}

/** Serves an endpoint: the caller, then the query, then the body are checked before the route sees the call. */
export function serve<E extends Endpoint>(
  app: Hono,
  endpoint: E,
  { authenticate }: Pick<ApiDependencies, 'authenticate'>,
  route: (call: Call<E>) => Promise<object> | object,
): void {
  app.on(endpoint.method, endpoint.path.replace(/\{(\w+)\}/g, ':$1'), async (context) => {
    const principal = endpoint.scope ? await authenticate(context.req.raw, context.env) : undefined;
    if (principal) learnt({ tenantId: principal.tenantId });
    if (principal && endpoint.scope) requireScope(principal, endpoint.scope);
    const call = {
      principal,
      query: queryOf(context, endpoint),
      body: endpoint.body ? await bodyOf(context, endpoint.body) : undefined,
      segment: (name: string) => context.req.param(name) ?? '',
      header: (name: string) => context.req.header(name),
    };
    // The members were just parsed by the schemas that the type is made of.
    const answer = await route(call as Call<E>);
    if (answer instanceof Response) return answer;
    if (answer instanceof WithLink) {
      context.header('link', `<${answer.nextQuery}>; rel="next"`);
      return context.json(answer.body, endpoint.status);
    }
    return context.json(answer, endpoint.status);
  });
}

function queryOf(context: Context, endpoint: Endpoint): unknown {
  const given = new Map<string, string>();
  for (const [name, value] of new URL(context.req.url).searchParams) {
    if (given.has(name))
      throw new Problem('invalid-parameter', `The query parameter '${name}' was given more than once; give it once.`);
    given.set(name, value);
  }
  const parsed = endpoint.query.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const problems = problemItems(parsed.error);
  const said = problems.map(({ path, message }) => (path ? `'${path}': ${message}` : message)).join('; ');
  throw new Problem('invalid-parameter', `The query of ${endpoint.method} ${endpoint.path} is wrong: ${said}.`, {
    problems,
  });
}

async function bodyOf(context: Context, schema: z.ZodType): Promise<unknown> {
  const parsed = schema.safeParse(await readJsonBody(context.req.raw));
  if (parsed.success) return parsed.data;
  const problems = problemItems(parsed.error);
  const said = problems.map(({ path, message }) => (path ? `'${path}': ${message}` : message)).join('; ');
  throw new Problem('invalid-request', `The body does not fit: ${said}. GET /v1/openapi.json has the schema.`, {
    problems,
  });
}
