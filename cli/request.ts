import type * as z from 'zod';
import type { Endpoint } from '../core/contract/endpoints.ts';
import { problemDocument } from '../core/contract/problems.ts';
import { Unreachable, problemError } from './errors.ts';

export type Answering = Endpoint & { readonly response: z.ZodType };

export interface Call<E extends Answering> {
  readonly segment?: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: E['body'] extends z.ZodType ? z.input<E['body']> : never;
  readonly idempotencyKey?: string;
}

/** `link`: the header of that name, which pages have whose body has no room for a cursor. */
export interface Answered<E extends Answering> {
  readonly content: z.output<E['response']>;
  readonly link: string;
}

const answerMs = 30_000;

/**
 * One call of the API. Throws a CliError for an answer that is a problem, and Unreachable when nothing answers or what answers
 * is not Holdfast.
 */
export async function request<E extends Answering>(
  url: string,
  endpoint: E,
  call: Call<E>,
  token: string | undefined,
): Promise<Answered<E>> {
  const path = endpoint.path.replace(/\{\w+\}/, () => encodeURIComponent(call.segment ?? ''));
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(call.query ?? {})) if (value !== undefined) query.set(key, String(value));
  const answer = await exchange(url, `${url}${path}${query.size === 0 ? '' : `?${query.toString()}`}`, {
    method: endpoint.method,
    headers: {
      accept: 'application/json, application/problem+json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(call.idempotencyKey === undefined ? {} : { 'idempotency-key': call.idempotencyKey }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    // A redirect would carry the token to an address that nobody named.
    redirect: 'manual',
    signal: AbortSignal.timeout(answerMs),
  });
  if (answer.ok) {
    const parsed = endpoint.response.safeParse(answer.content);
    if (parsed.success) return { content: parsed.data as z.output<E['response']>, link: answer.link };
    throw strangeAnswer(url, path, answer.status, parsed.error);
  }
  const problem = problemDocument.safeParse(answer.content);
  if (problem.success) throw problemError(problem.data);
  throw strangeAnswer(url, path, answer.status, problem.error);
}

async function exchange(
  url: string,
  address: string,
  init: RequestInit,
): Promise<{ readonly ok: boolean; readonly status: number; readonly content: unknown; readonly link: string }> {
  try {
    const response = await fetch(address, init);
    const { ok, status, headers } = response;
    return { ok, status, content: contentOf(await response.text()), link: headers.get('link') ?? '' };
  } catch (error) {
    const reason = codeOf(error) === 'ECONNREFUSED' ? 'refused' : 'lost';
    throw new Unreachable(reason, `The platform at ${url} does not answer (${reasonOf(error)}).`, {
      details: ["Start it with 'npm start' or 'holdfast start', or set HOLDFAST_URL to where it listens."],
      cause: error,
    });
  }
}

/** Undefined for a body that is not JSON: no schema accepts it. */
function contentOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function strangeAnswer(url: string, path: string, status: number, error: z.ZodError): Unreachable {
  // A gateway in front of the platform answers so while nobody is behind it.
  const reason = status === 502 || status === 503 || status === 504 ? 'unavailable' : 'strange';
  return new Unreachable(
    reason,
    `What answers at ${url} does not speak this version of Holdfast's API: ${path} gave status ${status}.`,
    {
      details: [
        ...error.issues.slice(0, 3).map(({ path: at, message }) => `- ${at.join('.') || 'body'}: ${message}`),
        'Is HOLDFAST_URL right, and does the platform have the version of this command?',
      ],
      cause: error,
    },
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${answerMs / 1_000} s`;
  return codeOf(error) ?? (error.cause instanceof Error ? error.cause.message : error.message);
}

/** `ECONNREFUSED` and the like, which fetch puts into the cause of its error. */
function codeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}
