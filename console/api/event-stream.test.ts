import fc from 'fast-check';
import { expect, it } from 'vitest';
import { messagesOf } from './event-stream.ts';

const written =
  'retry: 500\n\nid: 7\nevent: trace\ndata: {"a":"ä€😀"}\n\n: nothing\n\ndata: one\ndata: two\n\ndata: cut of';

const read = async (parts: readonly Uint8Array[]) => {
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
  const messages = [];
  for await (const message of messagesOf(stream)) messages.push(message);
  return messages;
};

const expected = [
  { event: 'trace', id: '7', data: '{"a":"ä€😀"}' },
  { event: 'message', id: undefined, data: 'one\ntwo' },
];

it('reads the messages of a stream, and none that was cut off', async () => {
  expect(await read([new TextEncoder().encode(written)])).toEqual(expected);
});

it('reads the same messages wherever the stream is cut into parts, and with any line ends', async () => {
  const endings = fc.constantFrom('\n', '\r\n');
  await fc.assert(
    fc.asyncProperty(endings, fc.array(fc.nat(120), { maxLength: 12 }), async (ending, cuts) => {
      const bytes = new TextEncoder().encode(written.replaceAll('\n', ending));
      const places = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
      const parts = places.slice(1).map((end, index) => bytes.slice(places[index], end));
      expect(await read(parts)).toEqual(expected);
    }),
  );
});
