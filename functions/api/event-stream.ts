import { StoreUnavailable } from '../../core/model/failure.ts';
import type { Told } from '../../core/operations/trace/trace-news.ts';
import type { ApiDependencies } from './calls.ts';

/** After which a client comes again. */
const retryMs = 1_000;

/**
 * What a follower is told, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). Nothing is
 * read for one that does not take what was read before.
 *
 * @param gone aborted when the follower is gone
 */
export function eventStream(
  told: AsyncIterable<Told>,
  gone: AbortController,
  logger: ApiDependencies['logger'],
): Response {
  const encoder = new TextEncoder();
  const source = told[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(`retry: ${retryMs}\n\n`)),
    async pull(controller) {
      try {
        const next = await source.next();
        if (gone.signal.aborted) return;
        if (next.done === true) controller.close();
        else controller.enqueue(encoder.encode(textOf(next.value)));
      } catch (error) {
        if (gone.signal.aborted) return;
        // A follower comes again by itself, with what it was told last.
        if (!(error instanceof StoreUnavailable)) logger.error('following a run failed', error as Error);
        controller.close();
      }
    },
    async cancel() {
      gone.abort();
      await source.return?.();
    },
  });
  // Some proxies keep what they could hand on.
  const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' };
  return new Response(body, { headers });
}

function textOf(told: Told): string {
  switch (told.kind) {
    case 'event':
      return `id: ${told.cursor}\nevent: trace\ndata: ${JSON.stringify(told.event)}\n\n`;
    case 'quiet':
      return ': still here\n\n';
    case 'over':
      return `event: end\ndata: ${JSON.stringify({ status: told.status })}\n\n`;
  }
}
