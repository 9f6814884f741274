import { expect, test } from 'vitest';
import { schemaLines } from './schema-lines.ts';

test('a schema is shown as its members, each below the one that holds it', () => {
  const line = { type: 'object', properties: { cents: { type: 'integer', minimum: 1 } }, required: ['cents'] };
  const schema = {
    type: 'object',
    properties: {
      id: { type: 'string', maxLength: 5, description: 'Of the charge' },
      lines: { type: 'array', items: line },
      currency: { type: 'string', enum: ['EUR', 'GBP'] },
      mark: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    },
    required: ['id', 'lines', 'mark'],
  };
  const lines = schemaLines(schema).map(({ path, type, isNeeded, limits }) => [path, type, isNeeded, ...limits]);
  expect(lines).toEqual([
    ['id', 'string', true, 'at most 5 characters'],
    ['lines', 'list of object', true],
    ['lines[].cents', 'integer', true, 'at least 1'],
    ['currency', 'one of a set', false, '"EUR", "GBP"'],
    ['mark', 'string or null', true],
  ]);
  expect(schemaLines(schema)[0]?.description).toBe('Of the charge');
  expect(schemaLines({ type: 'string' })).toEqual([
    { path: '', type: 'string', isNeeded: true, limits: [], description: undefined },
  ]);
});
