import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActionError } from '../../model/failure.ts';
import { eventsIn, replyIn, requestText } from './messages.ts';

const streamOf = (text: string): Response => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
const jsonOf = (text: string, type = 'application/json; charset=utf-8'): Response =>
  new Response(text, { headers: { 'content-type': type } });
const reply = '{"jsonrpc":"2.0","id":3,"result":{"a":1}}';

describe('events of a stream', () => {
  it('are the same whatever ends the lines, and however a text is spread over them', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), fc.constantFrom('\n', '\r\n', '\r'), (values, end) => {
        const texts = values.map((value) => JSON.stringify(value, undefined, 1));
        const stream = texts.map((text) => `id: 1\n${text.replace(/^/gm, 'data: ')}\n\n`).join(': keep alive\n\n');
        expect(eventsIn(stream.replaceAll('\n', end))).toEqual(texts);
      }),
    );
  });

  it('count only when they are complete, and when they hold something', () => {
    expect(eventsIn('data: 1\n\ndata:2\n\ndata:\n\nevent: x\n\ndata: 3\n')).toEqual(['1', '2']);
  });
});

describe('the reply to a request', () => {
  it('is found in JSON, and among other messages of a stream', async () => {
    const progress = '{"jsonrpc":"2.0","method":"notifications/progress","params":{}}';
    const question = '{"jsonrpc":"2.0","id":3,"method":"ping"}';
    const other = '{"jsonrpc":"2.0","id":2,"result":{}}';
    const stream = [progress, question, other, reply].map((text) => `data: ${text}\n\n`).join('');
    for (const response of [jsonOf(reply), streamOf(stream)]) {
      expect(await replyIn(response, 3)).toEqual({ ok: true, result: { a: 1 } });
    }
  });

  it('may be an error', async () => {
    const error = { code: -32_602, message: 'no such tool' };
    const response = jsonOf(JSON.stringify({ jsonrpc: '2.0', id: 3, error }));
    expect(await replyIn(response, 3)).toEqual({ ok: false, ...error });
  });

  it.each<[what: string, expected: string, response: () => Response]>([
    ['a stream that was cut off', 'ended its stream without an answer', () => streamOf(`data: ${reply}\n`)],
    ['an event that is no JSON', 'holds an event that is no JSON', () => streamOf('data: {\n\n')],
    ['a page', "is 'text/html', neither JSON nor an event stream", () => jsonOf('<p>', 'text/html')],
    ['nothing', "is '', neither JSON nor an event stream", () => new Response(null, { status: 202 })],
    ['broken JSON', 'says that it is JSON, and is not', () => jsonOf('{')],
    ['a list', 'is no reply to what was asked', () => jsonOf(`[${reply}]`)],
    ['the reply to another request', 'is no reply to what was asked', () => jsonOf(reply.replace('3', '4'))],
    ['a reply without a result', 'neither a result nor an error', () => jsonOf('{"jsonrpc":"2.0","id":3}')],
    ['too much', 'bytes; 1048576 are allowed', () => jsonOf(`"${'x'.repeat(1_048_576)}"`)],
  ])('is missing in %s, and what was sent may have been done', async (_what, expected, response) => {
    const error = await replyIn(response(), 3).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ActionError);
    expect(error).toMatchObject({ sendOutcome: 'unknown', message: expect.stringContaining(expected) });
  });
});

it('requests are JSON-RPC 2.0', () => {
  expect(JSON.parse(requestText(1, 'tools/call', { name: 'a' }))).toEqual({
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
    params: { name: 'a' },
  });
});
