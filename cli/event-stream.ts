import type { TraceEvent } from '../core/contract/api.ts';
import { traceEvent } from '../core/contract/api.ts';

/** What a stream of a run tells: an event with where to go on after it, or that the run is over. */
export type StreamedEvent =
  | { readonly kind: 'event'; readonly event: TraceEvent; readonly since: string }
  | { readonly kind: 'over' };

/** Undefined for an answer that is no stream: whoever asks for pages is told why. */
export async function followedAt(
  address: string,
  init: RequestInit,
): Promise<AsyncIterable<StreamedEvent> | undefined> {
  const response = await fetch(address, init).catch(() => undefined);
  const isStream = response?.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  if (response?.ok && isStream && response.body) return streamedEvents(response.body);
  await response?.body?.cancel();
  return undefined;
}

/** The events of a stream as they come. Ends where the stream ends; throws for what is no event of ours. */
async function* streamedEvents(body: ReadableStream<Uint8Array>): AsyncIterable<StreamedEvent> {
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const told = toldIn(block);
      if (told) yield told;
    }
  }
}

/** Undefined for a comment, and for words that are not for us. */
function toldIn(block: string): StreamedEvent | undefined {
  const fields = new Map(
    block.split('\n').flatMap((line) => {
      const [, name = '', value = ''] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
      return name === '' ? [] : [[name, value] as const];
    }),
  );
  if (fields.get('event') === 'end') return { kind: 'over' };
  if (fields.get('event') !== 'trace') return undefined;
  return {
    kind: 'event',
    event: traceEvent.parse(JSON.parse(fields.get('data') ?? '')),
    since: fields.get('id') ?? '',
  };
}
