import type { Hono } from 'hono';
import { endpoints } from '../../../core/contract/endpoints.ts';
import { Problem } from '../../../core/contract/problems.ts';
import { auditTrace } from '../../../core/operations/trace/audit-trace.ts';
import { spanPage } from '../../../core/operations/trace/show-spans.ts';
import { showTrace } from '../../../core/operations/trace/show-trace.ts';
import { decodeTold, nothingTold } from '../../../core/operations/trace/trace-cursor.ts';
import { followTrace, showNews } from '../../../core/operations/trace/trace-news.ts';
import { headOf } from '../../../core/operations/wake-run.ts';
import type { ServeDependencies } from '../calls.ts';
import { serve, WithLink } from '../calls.ts';
import { eventStream } from '../event-stream.ts';
import { runOf } from '../run-of.ts';

/** Then whoever follows has to come again, and to show a token that is still good. */
const longestConnectionMs = 15 * 60_000;

export function serveTraces(app: Hono, dependencies: ServeDependencies): void {
  const { ports, logger } = dependencies;

  serve(app, endpoints.showTrace, dependencies, async ({ principal, query, segment }) => {
    const { format, since, ...rest } = query;
    const part = { ...runOf(principal, segment('runId')), ...rest };
    if (format === 'json') {
      return since === undefined
        ? showTrace(part, dependencies)
        : showNews({ ...part, told: since === '' ? nothingTold : decodeTold(since) }, dependencies);
    }
    const { trace, nextAfter } = await spanPage(part, dependencies);
    if (nextAfter === undefined) return trace;
    return new WithLink(trace, `?format=otlp&limit=${part.limit}&after=${nextAfter}`);
  });

  serve(app, endpoints.followRun, dependencies, async ({ principal, query, segment, header }) => {
    const run = runOf(principal, segment('runId'));
    if (dependencies.streams !== true) {
      throw new Problem(
        'streaming-unavailable',
        `What stands in front of this API hands on whole answers only. Ask for GET /v1/runs/${run.runId}/trace?since= again and again, with 'since' of the answer before.`,
      );
    }
    const since = header('last-event-id') ?? query.since ?? '';
    const told = since === '' ? nothingTold : decodeTold(since);
    // What is wrong with the call is said before anything is streamed.
    await headOf(run, ports);
    const gone = new AbortController();
    const untilMs = ports.clock.now() + longestConnectionMs;
    return eventStream(followTrace({ ...run, told, untilMs }, dependencies, gone.signal), gone, logger);
  });

  serve(app, endpoints.auditRun, dependencies, ({ principal, segment }) =>
    auditTrace(runOf(principal, segment('runId')), dependencies),
  );
}
