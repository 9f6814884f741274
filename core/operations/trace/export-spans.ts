import { headersIn } from '../../contract/span-export.ts';
import type { SpanTarget } from '../../contract/span-export.ts';
import type { OtlpTrace } from '../../contract/trace-api.ts';
import type { Registry } from '../../model/skill.ts';
import { isFinal } from '../../model/run.ts';
import type { Ports, RunRef } from '../../ports/index.ts';
import type { TraceDependencies } from './read-revisions.ts';
import { spanPage } from './show-spans.ts';

export interface ExportDependencies extends TraceDependencies {
  readonly ports: TraceDependencies['ports'] & Pick<Ports, 'runs' | 'http' | 'secrets' | 'clock' | 'ids'>;
  readonly registry: Registry;
  readonly target: SpanTarget;
}

/** `notOver`: an execution of the run has ended, and the run goes on. `refused`: the collector will never take it. */
export type Exported =
  | { readonly kind: 'exported'; readonly requests: number; readonly rejected: number }
  | { readonly kind: 'notOver' }
  | { readonly kind: 'refused'; readonly status: number };

/** Events of a request; a span is below 200 KB, and collectors take requests of some megabytes. */
const eventsOfRequest = 500;
const answerMs = 10_000;
const tries = 4;
const firstWaitMs = 500;
/** What is to be waited for longer is for the queue, which gives the message back later. */
const longestWaitMs = 15_000;

/** https://opentelemetry.io/docs/specs/otlp/#failures-1: only these may be tried again. */
const retryable = new Set([429, 502, 503, 504]);

/**
 * Pushes the spans of a run that is over to a collector, as OTLP over HTTP with JSON. Ids are made of the run's, so a run that is
 * pushed twice is the same twice. Throws when the collector could not take it now, the problem `unknown-run`, and StoreUnavailable.
 */
export async function exportSpans(run: RunRef, dependencies: ExportDependencies): Promise<Exported> {
  const { ports, target } = dependencies;
  const head = await ports.runs.readHead(run);
  if (head && !isFinal(head.status)) return { kind: 'notOver' };
  const secret = target.headersSecret === undefined ? '' : await ports.secrets.read(target.headersSecret);
  const headers = { ...target.headers, ...headersIn(secret), 'content-type': 'application/json' };
  let requests = 0;
  let rejected = 0;
  for (let after: number | undefined = 0; after !== undefined;) {
    const page = await spanPage({ ...run, after, limit: eventsOfRequest }, dependencies);
    const answer = await push(page.trace, headers, dependencies);
    if (!answer.ok) return { kind: 'refused', status: answer.status };
    requests += 1;
    rejected += answer.rejected;
    after = page.nextAfter;
  }
  return { kind: 'exported', requests, rejected };
}

type Answer = { readonly ok: true; readonly rejected: number } | { readonly ok: false; readonly status: number };

async function push(
  trace: OtlpTrace,
  headers: Readonly<Record<string, string>>,
  { ports: { http, clock, ids }, target }: ExportDependencies,
): Promise<Answer> {
  const body = JSON.stringify(trace);
  for (let attempt = 1; ; attempt += 1) {
    const tried = await once(() =>
      http.fetch(target.url, { method: 'POST', body, headers, signal: AbortSignal.timeout(answerMs) }),
    );
    if (tried.kind === 'answered') return tried.answer;
    const backoffMs = firstWaitMs * 2 ** attempt * (0.5 + ids.fraction() / 2);
    const waitMs = tried.retryAfter === undefined ? backoffMs : retryAfterMs(tried.retryAfter, clock.now());
    // Neither the address nor what was answered is told: both may hold a secret.
    if (attempt === tries || waitMs > longestWaitMs) throw new Error(`The collector of spans ${tried.why}.`);
    await clock.sleep(waitMs);
  }
}

type Tried =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'later'; readonly why: string; readonly retryAfter: string | undefined };

async function once(send: () => Promise<Response>): Promise<Tried> {
  try {
    const response = await send();
    if (response.ok) return { kind: 'answered', answer: { ok: true, rejected: rejectedIn(await response.text()) } };
    await response.body?.cancel();
    const { status } = response;
    if (!retryable.has(status)) return { kind: 'answered', answer: { ok: false, status } };
    return { kind: 'later', why: `answered ${status}`, retryAfter: response.headers.get('retry-after') ?? undefined };
  } catch {
    return { kind: 'later', why: 'did not answer', retryAfter: undefined };
  }
}

/** Spans that the collector has left out of what it took. */
function rejectedIn(text: string): number {
  try {
    const { partialSuccess } = JSON.parse(text) as { partialSuccess?: { rejectedSpans?: string | number } };
    return Number(partialSuccess?.rejectedSpans ?? 0) || 0;
  } catch {
    return 0;
  }
}

/** Seconds, or a date. */
function retryAfterMs(header: string, nowMs: number): number {
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : firstWaitMs;
}
