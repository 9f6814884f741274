import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../core/model/json.ts';
import { schemaProblems } from './schema-problems.ts';

/** As the platform makes it of the schema of an action. */
const schema: Record<string, Json> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    chargeId: { type: 'string', pattern: '^CH[0-9]{6,12}$' },
    amountCents: { type: 'integer', minimum: 1, maximum: 100_000_000 },
    currency: { type: 'string', enum: ['EUR', 'GBP', 'USD'] },
    lines: {
      type: 'array',
      maxItems: 2,
      items: {
        type: 'object',
        properties: { text: { type: 'string', minLength: 2 } },
        required: ['text'],
        additionalProperties: false,
      },
    },
    how: {
      anyOf: [
        { type: 'string', const: 'cash' },
        { type: 'object', properties: { iban: { type: 'string' } }, required: ['iban'], additionalProperties: false },
      ],
    },
  },
  required: ['chargeId', 'amountCents'],
  additionalProperties: false,
};
const good = { chargeId: 'CH000001', amountCents: 5 };

describe('a value that somebody writes for a schema', () => {
  test.each([
    ['a good one', good, []],
    ['another type', 7, [': must be object; it is number']],
    ['a missing member', { amountCents: 5 }, ['chargeId: is missing']],
    [
      'a member too many',
      { ...good, a: 1 },
      ['a: is not known; there are: chargeId, amountCents, currency, lines, how'],
    ],
    ['a pattern', { ...good, chargeId: 'x' }, ['chargeId: must match ^CH[0-9]{6,12}$']],
    ['a limit', { ...good, amountCents: 0 }, ['amountCents: must be at least 1']],
    ['no whole number', { ...good, amountCents: 1.5 }, ['amountCents: must be integer; it is number']],
    ['a choice', { ...good, currency: 'CHF' }, ['currency: must be one of "EUR", "GBP", "USD"']],
    ['an item', { ...good, lines: [{ text: 'x' }] }, ['lines.0.text: must have at least 2 characters']],
    ['a union', { ...good, how: 'card' }, ['how: must be "cash"']],
  ])('is told of %s', (_, value, expected) => {
    expect(schemaProblems(schema, value as Json).map(({ path, message }) => `${path}: ${message}`)).toEqual(expected);
  });

  test('is never refused when the schema takes it', () => {
    const values = fc.record(
      {
        chargeId: fc.stringMatching(/^CH[0-9]{6,12}$/),
        amountCents: fc.integer({ min: 1, max: 100_000_000 }),
        currency: fc.constantFrom('EUR', 'GBP'),
        lines: fc.array(fc.record({ text: fc.string({ minLength: 2 }) }, { noNullPrototype: true }), { maxLength: 2 }),
        how: fc.constantFrom('cash', { iban: 'x' }),
      },
      { requiredKeys: ['chargeId', 'amountCents'], noNullPrototype: true },
    );
    fc.assert(
      fc.property(values, (value) => {
        expect(schemaProblems(schema, value)).toEqual([]);
      }),
    );
  });

  test('may refer to itself', () => {
    const tree = { type: 'object', properties: { next: { $ref: '#' } }, additionalProperties: false };
    expect(schemaProblems(tree, { next: { next: { other: 1 } } })).toHaveLength(1);
    expect(schemaProblems({ $ref: '#' }, 1)).toEqual([]);
  });
});
