import { expect, it } from 'vitest';
import { beginningOf, fieldOf, labelOf, withMember } from './schema-fields.ts';

const schema = {
  type: 'object',
  properties: {
    travellers: {
      type: 'array',
      minItems: 1,
      maxItems: 9,
      items: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    },
    departOn: { type: 'string', format: 'date', description: 'The first day' },
    stars: { type: 'integer', default: 3 },
    breakfast: { type: 'boolean' },
    carClass: { type: 'string', enum: ['compact', 'van'] },
    story: { type: 'string', maxLength: 8000 },
    anything: { type: 'object', properties: {}, additionalProperties: {} },
    either: { anyOf: [{ type: 'string' }, { type: 'number' }] },
    version: { const: 2 },
  },
  required: ['travellers', 'departOn', 'stars', 'version'],
};

it('asks for each member in the way that fits it, and as JSON for what no form can say', () => {
  const field = fieldOf(schema);
  expect(field.kind).toBe('group');
  const members = field.kind === 'group' ? field.members : [];
  expect(Object.fromEntries(members.map(({ name, field: { kind } }) => [name, kind]))).toEqual({
    travellers: 'list',
    departOn: 'text',
    stars: 'number',
    breakfast: 'switch',
    carClass: 'choice',
    story: 'text',
    anything: 'json',
    either: 'json',
    version: 'choice',
  });
  expect(members.filter(({ isRequired }) => isRequired).map(({ name }) => name)).toEqual([
    'travellers',
    'departOn',
    'version',
  ]);
  expect(members[1]).toMatchObject({ description: 'The first day', field: { format: 'date', isLong: false } });
  expect(members[5]?.field).toMatchObject({ isLong: true });
});

it('begins with defaults, with what cannot be otherwise and with as many items as there must be', () => {
  expect(beginningOf(schema)).toEqual({ travellers: [{}], stars: 3, version: 2 });
  expect(beginningOf({ type: 'string' })).toBeUndefined();
});

it('ends at some depth of a schema that goes on for ever', () => {
  const endless: Record<string, unknown> = { type: 'array' };
  endless['items'] = endless;
  expect(JSON.stringify(fieldOf(endless)).match(/"json"/g)).toHaveLength(1);
});

it('sets and leaves out members, and keeps the others in their order', () => {
  const value = { a: 1, b: 2 };
  expect(Object.entries(withMember(value, 'a', 3) ?? {})).toEqual([
    ['a', 3],
    ['b', 2],
  ]);
  expect(withMember(value, 'a', undefined)).toEqual({ b: 2 });
  expect(withMember(undefined, 'x', 'y')).toEqual({ x: 'y' });
  expect(JSON.stringify(withMember({}, '__proto__', 1))).toBe('{"__proto__":1}');
});

it('says names as people write them', () => {
  expect([labelOf('departOn'), labelOf('amount_cents'), labelOf('to')]).toEqual(['Depart on', 'Amount cents', 'To']);
});
