import { ApiFailure, failureOfResponse, problemOf } from './api-failure.ts';
import type { AnswerOf, BodyOf, GetPath, PostPath, QueryOf, SegmentsOf } from './endpoint-types.ts';

export interface TokenSource {
  /** A token that is valid for a while. Throws an ApiFailure when nobody is signed in any more. */
  readonly token: () => Promise<string>;
  /** After a token was refused: the next one is a new one. */
  readonly forget: () => void;
}

/** The HTTP API. Every call throws an ApiFailure, or the AbortError of its signal. */
export interface Api {
  get<Path extends GetPath>(
    path: Path,
    segments: SegmentsOf<Path>,
    options?: { readonly query?: QueryOf<Path>; readonly signal?: AbortSignal },
  ): Promise<AnswerOf<'GET', Path>>;
  post<Path extends PostPath>(
    path: Path,
    segments: SegmentsOf<Path>,
    body: BodyOf<Path>,
    options?: { readonly idempotencyKey?: string; readonly signal?: AbortSignal },
  ): Promise<AnswerOf<'POST', Path>>;
  /** Server-sent events. Throws an ApiFailure where there are none. */
  events(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

const answerMs = 30_000;

interface Sent {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** @param base address of the API without a slash at its end; '' for the origin of the page */
export function createApi(base: string, tokens: TokenSource): Api {
  const send = async (address: string, { headers, ...init }: Sent): Promise<Response> => {
    const authorization = `Bearer ${await tokens.token()}`;
    try {
      return await fetch(`${base}${address}`, { ...init, headers: { ...headers, authorization } });
    } catch (error) {
      if (init.signal.aborted && !isTimeout(init.signal)) throw error;
      throw new ApiFailure({ kind: 'unreachable' }, { cause: error });
    }
  };
  const exchange = async (address: string, init: Sent): Promise<Response> => {
    const first = await send(address, init);
    if (first.status !== 401) return first;
    // The platform may have been started again with another key.
    tokens.forget();
    return send(address, init);
  };
  const call = async (address: string, init: Sent): Promise<unknown> => {
    const response = await exchange(address, init);
    if (!response.ok) throw await failureOfResponse(response);
    return response.json().catch((error: unknown) => {
      throw new ApiFailure({ kind: 'strange', status: response.status }, { cause: error });
    });
  };
  const accept = 'application/json, application/problem+json';
  return {
    get: (path, segments, options = {}) =>
      call(addressOf(path, segments, options.query), {
        method: 'GET',
        headers: { accept },
        signal: within(answerMs, options.signal),
      }) as never,
    post: (path, segments, body, options = {}) =>
      call(addressOf(path, segments), {
        method: 'POST',
        headers: {
          accept,
          'content-type': 'application/json',
          ...(options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey }),
        },
        body: JSON.stringify(body ?? {}),
        signal: within(answerMs, options.signal),
      }) as never,
    events: async (path, signal) => {
      const response = await exchange(path, { method: 'GET', headers: { accept: 'text/event-stream' }, signal });
      if (!response.ok) throw await failureOfResponse(response);
      const type = response.headers.get('content-type') ?? '';
      if (response.body && type.startsWith('text/event-stream')) return response.body;
      throw new ApiFailure({ kind: 'strange', status: response.status });
    },
  };
}

/** A path with its segments filled in, and what of the query has a value. */
export function addressOf(
  path: string,
  segments: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string | number | boolean | undefined>> = {},
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(segments[name] ?? ''));
  const wanted = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) wanted.set(name, String(value));
  return wanted.size === 0 ? filled : `${filled}?${wanted.toString()}`;
}

function within(milliseconds: number, signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(milliseconds);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

function isTimeout(signal: AbortSignal): boolean {
  return signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
}

/** True for a call that was given up because nobody waits for it any more. */
export function wasGivenUp(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** What is answered where a front door cannot do something. */
const notThere = 501;

/** True where asking again cannot help. */
export function isLasting(error: unknown): boolean {
  const status = problemOf(error)?.status;
  return status !== undefined && ((status >= 400 && status < 500) || status === notThere);
}
