import type { Json, JsonObject } from '../../model/json.ts';
import { ActionError } from '../../model/failure.ts';

/** What one side of MCP answers to a request of the other: JSON-RPC 2.0. */
export type Reply =
  | { readonly ok: true; readonly result: JsonObject }
  | { readonly ok: false; readonly code: number; readonly message: string };

/** An answer is kept with its run, and a model may have to read it. */
const mostReplyBytes = 1024 * 1024;

/** A request as it goes over the wire. */
export function requestText(id: number, method: string, params: JsonObject): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

/** A message that nobody answers. */
export function notificationText(method: string): string {
  return JSON.stringify({ jsonrpc: '2.0', method });
}

/**
 * The reply to one request, from a JSON body or from a stream of events, in which other messages may come first. Throws
 * ActionError, with an unknown outcome, for a body that holds none: the request has arrived, and nobody said how it went.
 */
export async function replyIn(response: Response, id: number): Promise<Reply> {
  const body = await response.arrayBuffer();
  if (body.byteLength > mostReplyBytes) {
    throw unusable(`has ${body.byteLength} bytes; ${mostReplyBytes} are allowed`);
  }
  const text = new TextDecoder().decode(body);
  const type = (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'text/event-stream') {
    for (const event of eventsIn(text)) {
      const reply = replyTo(id, parsed(event, 'holds an event that is no JSON'));
      if (reply) return reply;
    }
    throw new ActionError('the MCP server ended its stream without an answer', {
      class: 'transient',
      sendOutcome: 'unknown',
    });
  }
  if (type !== 'application/json')
    throw unusable(`is '${(type ?? '').slice(0, 100)}', neither JSON nor an event stream`);
  const reply = replyTo(id, parsed(text, 'says that it is JSON, and is not'));
  if (reply) return reply;
  throw unusable('is no reply to what was asked');
}

/** The texts of the events of a stream, complete ones only (https://html.spec.whatwg.org/#event-stream-interpretation). */
export function eventsIn(stream: string): string[] {
  const blocks = stream
    .replace(/^\ufeff/, '')
    .replaceAll(/\r\n?/g, '\n')
    .split('\n\n');
  // What follows the last empty line was cut off.
  return blocks.slice(0, -1).flatMap((block) => {
    const lines = block.split('\n').flatMap((line) => {
      const [, text] = /^data:? ?(.*)$/.exec(line) ?? [];
      return text === undefined ? [] : [text];
    });
    return lines.every((line) => line === '') ? [] : [lines.join('\n')];
  });
}

function parsed(text: string, wrong: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unusable(wrong);
  }
}

function replyTo(id: number, message: unknown): Reply | undefined {
  if (!isObject(message) || message['id'] !== id || 'method' in message) return undefined;
  const { result, error } = message;
  if (isObject(result)) return { ok: true, result };
  if (!isObject(error) || typeof error['code'] !== 'number') throw unusable('holds neither a result nor an error');
  const said = typeof error['message'] === 'string' ? error['message'] : 'without a message';
  return { ok: false, code: error['code'], message: said };
}

/** True for a JSON object. */
export function isObject(value: unknown): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unusable(why: string): ActionError {
  return new ActionError(`the answer of the MCP server ${why}`, { class: 'invalidOutput', sendOutcome: 'unknown' });
}
