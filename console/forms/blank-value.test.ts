import { expect, test } from 'vitest';
import { blankValue } from './blank-value.ts';
import { schemaProblems } from './schema-problems.ts';

test('a value that is to be written has the members that are needed, and each that is not filled in is noticed', () => {
  const line = { type: 'object', properties: { cents: { type: 'integer' } }, required: ['cents'] };
  const schema = {
    type: 'object',
    properties: { id: { type: 'string' }, note: { type: 'string' }, price: line, kind: { const: 'stay' } },
    required: ['id', 'price', 'kind'],
  };
  const blank = blankValue(schema);
  expect(blank).toEqual({ id: null, price: { cents: null }, kind: 'stay' });
  expect(schemaProblems(schema, blank).map(({ path }) => path)).toEqual(['id', 'price.cents']);
  expect([blankValue(undefined), blankValue({ type: 'string' }), blankValue(true)]).toEqual([null, null, null]);
});
