import { expect, it } from 'vitest';
import { changesSomething } from './harmless-requests.ts';

const message = (method: unknown): string => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: {} });

it.each<[what: string, changes: boolean, init: RequestInit | undefined]>([
  ['a read', false, undefined],
  ['a read in capitals', false, { method: 'HEAD' }],
  ['a write', true, { method: 'POST', body: '{}' }],
  ['a removal', true, { method: 'DELETE' }],
  ['a request for a token', false, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }) }],
  ['a greeting of MCP', false, { method: 'POST', body: message('initialize') }],
  ['a question of MCP', false, { method: 'POST', body: message('server/discover') }],
  ['a call of a tool', true, { method: 'POST', body: message('tools/call') }],
  ['a message without a method', true, { method: 'POST', body: message(undefined) }],
  ['several messages at once', true, { method: 'POST', body: `[${message('initialize')},${message('tools/call')}]` }],
  ['what only looks like a message', true, { method: 'POST', body: '{"jsonrpc":"2.0","method":"initialize"' }],
  ['bytes', true, { method: 'POST', body: Buffer.from(message('initialize')) }],
])('%s: may change something is %s', (_what, changes, init) => {
  expect(changesSomething(init)).toBe(changes);
});
