import type { Context } from 'hono';
import type * as z from 'zod';

/** An answer other than 2xx (RFC 9457). */
export class Problem extends Error {
  readonly status: 400 | 401 | 404 | 409 | 422 | 500;
  readonly code: string;
  readonly errors: readonly { readonly path: string; readonly message: string }[];

  constructor(status: Problem['status'], code: string, detail: string, errors: Problem['errors'] = []) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

export function problemResponse(c: Context, { status, code, message, errors }: Problem): Response {
  const body = {
    type: 'about:blank',
    title: code,
    status,
    code,
    detail: message,
    ...(errors.length > 0 ? { errors } : {}),
  };
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' });
}

/** The JSON body of a request as the schema has it. Throws a Problem that names every wrong member. */
export async function readBody<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  let body: unknown;
  try {
    body = JSON.parse(await c.req.text());
  } catch (error) {
    throw new Problem(
      400,
      'malformed-json',
      `The body is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const detail = errors.map(({ path, message }) => `${path || 'body'}: ${message}`).join('; ');
  throw new Problem(400, 'invalid-request', `The body does not fit: ${detail}`, errors);
}
