import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { ArgumentType } from '../model/argument-type.ts';
import { argumentsOf } from '../model/argument-type.ts';
import { seenInputOf } from './argument-types.ts';

const seen = (input: z.ZodType) =>
  seenInputOf({
    ...{ description: 'Go.', input, output: z.object({}), effect: { class: 'P' } },
    ...{ timeoutSeconds: 5, maxAttempts: 1, run: async () => ({}) },
  });

/** `amount?: long`, as a reader would write the type down. */
function shown(type: ArgumentType): string {
  if (type.kind === 'set') return `[${shown(type.element)}]`;
  if (type.kind !== 'record') return type.kind;
  const members = [...type.members].map(
    ([name, { type: member, always }]) => `${name}${always ? '' : '?'}: ${shown(member)}`,
  );
  return `{ ${members.join(', ')} }`;
}

const tree: z.ZodType = z.lazy(() => z.object({ name: z.string(), children: z.array(tree) }));

describe('the type of an argument', () => {
  it.each<[string, z.ZodType, string]>([
    ['a whole number', z.int(), '{ it: long }'],
    ['a bounded whole number', z.number().int().min(1).max(9), '{ it: long }'],
    ['a text', z.email(), '{ it: string }'],
    ['a date', z.iso.date(), '{ it: string }'],
    ['a closed list of texts', z.enum(['a', 'b']), '{ it: string }'],
    ['a literal', z.literal('a'), '{ it: string }'],
    ['literals of numbers', z.literal([1, 2]), '{ it: long }'],
    ['a truth value', z.boolean(), '{ it: boolean }'],
    ['a list', z.array(z.int()), '{ it: [long] }'],
    ['a list of objects', z.array(z.object({ name: z.string() })), '{ it: [{ name: string }] }'],
    ['an object', z.object({ a: z.string().optional() }), '{ it: { a?: string } }'],
    ['an object of two parts', z.object({ a: z.int() }).and(z.object({ b: z.int() })), '{ it: { a: long, b: long } }'],
    ['a text that may be null', z.string().nullable(), '{ it?: string }'],
    ['a choice that may be null', z.enum(['a']).nullable(), '{ it?: string }'],
    ['what may be missing', z.int().optional(), '{ it?: long }'],
    ['what may be null', z.int().nullable(), '{ it?: long }'],
    ['what has a default', z.int().default(5), '{ it: long }'],
    ['what may be null and has a default', z.int().nullable().default(5), '{ it?: long }'],
    ['a union of one kind', z.union([z.literal('a'), z.email()]), '{ it: string }'],
    ['what is transformed, as it is sent', z.string().transform(Number), '{ it: string }'],
    ['a named type', z.string().meta({ id: 'argument-types-test-named' }), '{ it: string }'],
  ])('of %s', (_name, it, expected) => {
    const { type, leftOut } = seen(z.object({ it }));
    expect([shown(type), leftOut]).toEqual([expected, []]);
  });

  it.each<[string, z.ZodType, string, string]>([
    ['a fraction', z.number(), 'it', 'it may have a fraction; use a whole number, such as cents'],
    ['a free map', z.record(z.string(), z.string()), 'it', 'its keys are free'],
    ['a union', z.union([z.string(), z.int()]), 'it', 'it is a union of types'],
    [
      'alternatives',
      z.discriminatedUnion('a', [z.object({ a: z.literal(1) }), z.object({ a: z.literal(2) })]),
      'it',
      'it is a union of types',
    ],
    ['an intersection', z.intersection(z.string().min(1), z.email()), 'it', 'it is an intersection of types'],
    ['anything', z.unknown(), 'it', 'its type is open'],
    ['a pair', z.tuple([z.string(), z.int()]), 'it', 'its members have no common type'],
    [
      'a list of fractions',
      z.array(z.number()),
      'it',
      'of its members: it may have a fraction; use a whole number, such as cents',
    ],
    ['a list with gaps', z.array(z.string().nullable()), 'it', 'its members may be null'],
    [
      'a part of an object',
      z.object({ a: z.number(), b: z.int() }),
      'it.a',
      'it may have a fraction; use a whole number, such as cents',
    ],
    ['a tree', tree, 'it.children', 'of its members: its type contains itself'],
    ['any JSON', z.json(), 'it', 'it is a union of types'],
    ['null', z.null(), 'it', 'it is never anything but null'],
  ])('leaves out %s, and says why', (_name, it, path, why) => {
    expect(seen(z.object({ it })).leftOut).toEqual([{ path, why }]);
  });

  it.each(['__proto__', '__entity', '__extn', '\ud800'])('leaves out a member called %j', (name) => {
    const input = z.object(Object.fromEntries([[name, z.string()]]));
    expect(shown(seen(input).type)).toBe('{  }');
    expect(seen(input).leftOut).toEqual([{ path: name, why: 'its name means something else to Cedar' }]);
  });

  it('of a whole input that has no single shape is empty', () => {
    const input = z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]);
    expect(seen(input)).toEqual({
      type: { kind: 'record', members: new Map() },
      leftOut: [{ path: '', why: 'it is a union of types' }],
    });
  });
});

describe('arguments for policies', () => {
  const { type } = seen(z.object({ a: z.int(), b: z.string().default('x'), c: z.array(z.boolean()).nullish() }));

  it('are a copy of what the type knows, with defaults', () => {
    expect(argumentsOf(type, { a: -0, more: 1, c: null })).toEqual({ a: 0, b: 'x' });
    expect(argumentsOf(type, { a: 1, b: 'y', c: [true, true] })).toEqual({ a: 1, b: 'y', c: [true, true] });
  });

  it.each([
    [{}, 'a must be there; it is missing'],
    [{ a: 1.5 }, 'a must be a whole number of at most 2^53 - 1; it is the number 1.5'],
    [{ a: '1' }, 'a must be a whole number of at most 2^53 - 1; it is a text'],
    [{ a: 1, b: null }, 'b must be a well-formed text; it is null'],
    // A lone surrogate has no bytes of its own, so it could become another text on its way.
    [{ a: 1, b: '\ud800' }, 'b must be a well-formed text; it is an ill-formed one'],
    [{ a: 1, c: [1] }, 'c.0 must be true or false; it is the number 1'],
    [{ a: 1, c: { length: 0 } }, 'c must be a list; it is of type object'],
    // A hole is no value.
    [{ a: 1, c: Array(1) }, 'c.0 must be true or false; it is missing'],
    [[], 'the input must be an object; it is a list'],
  ])('are not made of %j: %s', (value, message) => {
    expect(() => argumentsOf(type, value)).toThrow(message);
  });
});
