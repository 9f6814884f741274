import fc from 'fast-check';
import { expect, it } from 'vitest';
import type * as z from 'zod';
import { actionName, definedActionName, escalationId, name, runId, skillFolder, skillId, stepId } from './names.ts';

const schemas: Record<string, z.ZodType> = {
  ...{ name, skillId, actionName, definedActionName, stepId, runId, escalationId },
};

it.each([
  ['name', ['acme', 'a', '0', 'a'.repeat(40), 'trip-planner', '-']],
  ['skillId', ['HotelBooking:v1', 'A:v1', 'B2B:v9999']],
  ['actionName', ['book', 'listUsers', 'b2', 'trip-planner']],
  ['definedActionName', ['book', 'listUsers', 'b2']],
  ['stepId', ['hotel', 'step_1', 'A-b', '0', 'x'.repeat(64)]],
  ['runId', ['run-01j9zzzzzzzzzzzzzzzzzzzzzz']],
  ['escalationId', ['esc-0123456789abcdef0123']],
] as const)('%s accepts the names it is for', (schema, good) => {
  for (const text of good) expect(schemas[schema]?.safeParse(text).success, text).toBe(true);
});

it.each([
  ['name', ['', 'a'.repeat(41), 'Acme', 'a#b', 'a/b', 'a b', 'acme\n', 'ácme', 'аcme', 'a\u0000']],
  [
    'skillId',
    ['HotelBooking', 'HotelBooking:v0', 'HotelBooking:v01', 'HotelBooking:1', 'hotel:v1', 'A:v10000', 'A:v1#'],
  ],
  ['actionName', ['', 'Book', 'book now', 'book#', '__proto__', '0book', '-book']],
  ['definedActionName', ['', 'Book', 'trip-planner', '__proto__', '0book']],
  ['stepId', ['', '_a', '-a', 'a.b', 'a#F', 'x'.repeat(65), 'a\n', 'ａ', '__proto__']],
  [
    'runId',
    ['run-', 'run-01J9ZZZZZZZZZZZZZZZZZZZZZZ', 'run-01j9zzzzzzzzzzzzzzzzzzzzz', 'run-01j9zzzzzzzzzzzzzzzzzzzzzu'],
  ],
  ['escalationId', ['esc-', 'esc-0123456789ABCDEF0123', 'esc-0123456789abcdef01234']],
] as const)('%s refuses anything else', (schema, bad) => {
  for (const text of bad) expect(schemas[schema]?.safeParse(text).success, JSON.stringify(text)).toBe(false);
});

it('no accepted name holds a separator of a table key, a path or a reference', () => {
  const separators = ['#', '|', '/', '.', '$', '{', '}', '\n', ' ', '*', '?'];
  const dangerous = fc
    .tuple(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.constantFrom(...separators), fc.string({ maxLength: 20 }))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(dangerous, (text) => Object.values(schemas).every((schema) => !schema.safeParse(text).success)),
  );
});

it('a run id leaves room for the generation in the name of an execution', () => {
  // Step Functions: 80 characters of a-z, A-Z, 0-9, - and _.
  const longest = `run-${'z'.repeat(26)}`;
  expect(runId.safeParse(longest).success).toBe(true);
  expect(`${longest}-g${Number.MAX_SAFE_INTEGER}`.length).toBeLessThanOrEqual(80);
});

it.each([
  ['HotelBooking:v1', 'hotel-booking-v1'],
  ['Http:v2', 'http-v2'],
  ['HTTPProxy:v1', 'http-proxy-v1'],
  ['B2BOrder:v12', 'b2-b-order-v12'],
])('%s lives in the folder %s', (id, folder) => {
  expect(skillFolder(id)).toBe(folder);
});
