import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as z from 'zod';
import type { Json } from './json.ts';
import { schemaGaps } from './schema-fit.ts';
import type { SchemaUse } from './schema-fit.ts';

/** A type, from which both a zod schema and documents are made. */
type Type =
  | {
      readonly is: 'text' | 'list' | NumberKind;
      readonly least: number;
      readonly most: number;
      readonly of?: Type;
    }
  | { readonly is: 'boolean' | 'null' | 'anything' }
  | { readonly is: 'values'; readonly values: readonly (string | number | boolean)[] }
  | { readonly is: 'tuple'; readonly items: readonly Type[]; readonly rest?: Type | undefined }
  | { readonly is: 'record'; readonly of: Type }
  | { readonly is: 'union'; readonly items: readonly Type[] }
  | { readonly is: 'variants'; readonly items: readonly Members[] }
  | { readonly is: 'object'; readonly others: Others; readonly members: Members };
type NumberKind = 'integer' | 'number' | 'open number';
type Others = 'dropped' | 'refused' | 'kept' | Type;
type Members = Readonly<
  Record<string, { readonly type: Type; readonly presence: 'required' | 'optional' | 'default' }>
>;

const numberKinds: readonly NumberKind[] = ['integer', 'number', 'open number'];
const memberNames = ['a', 'b', 'c', 'd'];
/** Of members that no object names. */
const strangeNames = ['y', 'z'];

const range = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }));
const ranged = range.map(([least, more]) => ({ least, most: least + more }));
const { type: anyType } = fc.letrec<{ type: Type; members: Members }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.tuple(fc.constantFrom('text', ...numberKinds), ranged).map(([is, bounds]) => ({ is, ...bounds })),
    fc.constantFrom<Type>({ is: 'boolean' }, { is: 'null' }, { is: 'anything' }),
    fc
      .uniqueArray(fc.constantFrom('p', 'pp', 'qqq', 0, 1, 2.5, true), { minLength: 1, maxLength: 4 })
      .map((values): Type => ({ is: 'values', values })),
    fc.tuple(ranged, tie('type')).map(([bounds, of]): Type => ({ is: 'list', ...bounds, of })),
    fc.record({
      is: fc.constant('tuple' as const),
      items: fc.array(tie('type'), { minLength: 1, maxLength: 3 }),
      rest: fc.option(tie('type'), { nil: undefined }),
    }),
    fc.record({ is: fc.constant('record' as const), of: tie('type') }),
    fc.record({ is: fc.constant('union' as const), items: fc.array(tie('type'), { minLength: 1, maxLength: 3 }) }),
    fc.record({
      is: fc.constant('variants' as const),
      items: fc.array(tie('members'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      is: fc.constant('object' as const),
      others: fc.oneof(fc.constantFrom<Others>('dropped', 'refused', 'kept'), tie('type')),
      members: tie('members'),
    }),
  ),
  members: fc.dictionary(
    fc.constantFrom(...memberNames),
    fc.record({
      type: tie('type'),
      presence: fc.constantFrom('required' as const, 'optional' as const, 'default' as const),
    }),
    { maxKeys: 3, noNullPrototype: true },
  ),
}));

const kindOf = (index: number): string => `kind${index}`;

function zodOf(type: Type, use: SchemaUse): z.ZodType {
  switch (type.is) {
    case 'text':
      return z.string().min(type.least).max(type.most);
    case 'integer':
      return z.int().min(type.least).max(type.most);
    case 'number':
      return z.number().min(type.least).max(type.most);
    case 'open number':
      return z
        .number()
        .gt(type.least)
        .lt(type.most + 1);
    case 'list':
      return z
        .array(zodOf(type.of ?? { is: 'anything' }, use))
        .min(type.least)
        .max(type.most);
    case 'boolean':
      return z.boolean();
    case 'null':
      return z.null();
    case 'anything':
      return z.unknown();
    case 'values':
      return z.literal([...type.values]);
    case 'tuple': {
      const [first = z.never(), ...others] = type.items.map((item) => zodOf(item, use));
      return type.rest ? z.tuple([first, ...others], zodOf(type.rest, use)) : z.tuple([first, ...others]);
    }
    case 'record':
      return z.record(z.string(), zodOf(type.of, use));
    case 'union':
      return z.union(type.items.map((item) => zodOf(item, use)));
    case 'variants':
      return z.discriminatedUnion(
        'kind',
        type.items.map((members, index) =>
          z.strictObject({ kind: z.literal(kindOf(index)), ...shapeOf(members, use) }),
        ) as [z.ZodObject<{ kind: z.ZodLiteral<string> }>],
      );
    case 'object': {
      const shape = shapeOf(type.members, use);
      if (type.others === 'refused') return z.strictObject(shape);
      if (type.others === 'kept') return z.looseObject(shape);
      return type.others === 'dropped' ? z.object(shape) : z.object(shape).catchall(zodOf(type.others, use));
    }
  }
}

function shapeOf(members: Members, use: SchemaUse): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(members).map(([name, { type, presence }]) => {
      const schema = zodOf(type, use);
      // In an answer a default has been filled in, so there the member is simply there.
      if (presence === 'required' || (presence === 'default' && use === 'answer')) return [name, schema];
      return [name, presence === 'optional' ? schema.optional() : schema.default('filled in')];
    }),
  );
}

/** For the judge: readers of an answer leave aside what is new to them. */
function tolerant(type: Type): Type {
  const within = (members: Members): Members =>
    Object.fromEntries(
      Object.entries(members).map(([name, member]) => [name, { ...member, type: tolerant(member.type) }]),
    );
  switch (type.is) {
    case 'object': {
      const { others } = type;
      const members = within(type.members);
      if (others === 'refused') return { ...type, members, others: 'dropped' };
      return { ...type, members, others: typeof others === 'string' ? others : tolerant(others) };
    }
    case 'variants':
      return {
        is: 'union',
        items: type.items.map((members, index): Type => ({
          is: 'object',
          others: 'dropped',
          members: {
            kind: { type: { is: 'values', values: [kindOf(index)] }, presence: 'required' },
            ...within(members),
          },
        })),
      };
    case 'list':
      return { ...type, of: tolerant(type.of ?? { is: 'anything' }) };
    case 'record':
      return { ...type, of: tolerant(type.of) };
    case 'tuple':
      return { ...type, items: type.items.map(tolerant), rest: type.rest && tolerant(type.rest) };
    case 'union':
      return { ...type, items: type.items.map(tolerant) };
    case 'text':
    case 'integer':
    case 'number':
    case 'open number':
    case 'boolean':
    case 'null':
    case 'anything':
    case 'values':
      return type;
  }
}

type Draw = <Value>(arbitrary: fc.Arbitrary<Value>) => Value;

/** A document of a type; undefined when there is none. */
function documentOf(type: Type, use: SchemaUse, draw: Draw): Json {
  const between = (least: number, most: number): number => draw(fc.integer({ min: least, max: most }));
  switch (type.is) {
    case 'text':
      return draw(fc.constantFrom('p', 'q')).repeat(between(type.least, type.most));
    case 'integer':
      return between(type.least, type.most);
    case 'number':
      return draw(fc.constantFrom(type.least, (type.least + type.most) / 2, type.most));
    case 'open number':
      return draw(fc.constantFrom(type.least + 0.5, type.most + 0.5));
    case 'list':
      return Array.from({ length: between(type.least, type.most) }, () =>
        documentOf(type.of ?? { is: 'anything' }, use, draw),
      );
    case 'boolean':
      return draw(fc.boolean());
    case 'null':
      return null;
    case 'anything':
      return draw(fc.constantFrom<Json>('p', '', 1, 2.5, true, null, [], [1], {}, { a: 1 }, { kind: 'kind0' }));
    case 'values':
      return draw(fc.constantFrom(...type.values));
    case 'tuple': {
      const { rest } = type;
      const more = rest ? Array.from({ length: between(0, 2) }, () => documentOf(rest, use, draw)) : [];
      return [...type.items.map((item) => documentOf(item, use, draw)), ...more];
    }
    case 'record':
      return Object.fromEntries(
        draw(fc.subarray([...memberNames, ...strangeNames])).map((name) => [name, documentOf(type.of, use, draw)]),
      );
    case 'union':
      return documentOf(draw(fc.constantFrom(...type.items)), use, draw);
    case 'variants': {
      const index = between(0, type.items.length - 1);
      return { kind: kindOf(index), ...membersOf(type.items[index] ?? {}, use, draw) };
    }
    case 'object': {
      const { others } = type;
      const free =
        others === 'dropped'
          ? strangeNames
          : [...memberNames, ...strangeNames].filter((name) => !(name in type.members));
      const extras = others === 'refused' || (others === 'dropped' && use === 'answer') ? [] : draw(fc.subarray(free));
      const value = (): Json => documentOf(typeof others === 'string' ? { is: 'anything' } : others, use, draw);
      return { ...Object.fromEntries(extras.map((name) => [name, value()])), ...membersOf(type.members, use, draw) };
    }
  }
}

function membersOf(members: Members, use: SchemaUse, draw: Draw): Record<string, Json> {
  const there = Object.entries(members).filter(
    ([, { presence }]) => presence === 'required' || (presence === 'default' && use === 'answer') || draw(fc.boolean()),
  );
  return Object.fromEntries(there.map(([name, { type }]) => [name, documentOf(type, use, draw)]));
}

/** A type that differs a little, so that many pairs are compatible. */
function changed(type: Type, draw: Draw): Type {
  if (draw(fc.integer({ min: 0, max: 9 })) === 0) return draw(anyType);
  const step = (): number => draw(fc.constantFrom(0, 0, 0, 1, -1));
  switch (type.is) {
    case 'text':
    case 'integer':
    case 'number':
    case 'open number':
    case 'list': {
      const least = Math.max(0, type.least + step());
      const bounds = { least, most: Math.max(least, type.most + step()) };
      const is = numberKinds.includes(type.is as NumberKind) ? draw(fc.constantFrom(type.is, ...numberKinds)) : type.is;
      return type.of ? { ...type, ...bounds, of: changed(type.of, draw) } : { ...type, ...bounds, is };
    }
    case 'boolean':
    case 'null':
    case 'anything':
      return draw(
        fc.constantFrom<Type>(type, type, { is: 'union', items: [type, { is: 'null' }] }, { is: 'anything' }),
      );
    case 'values':
      return draw(
        fc.constantFrom<Type>(
          type,
          { is: 'values', values: [...type.values, 'new'] },
          { is: 'values', values: type.values.slice(0, 1) },
        ),
      );
    case 'tuple':
      return {
        ...type,
        items: type.items.map((item) => changed(item, draw)),
        rest: draw(fc.constantFrom(type.rest, undefined)),
      };
    case 'record':
      return { ...type, of: changed(type.of, draw) };
    case 'union': {
      const items = type.items.map((item) => changed(item, draw));
      return draw(
        fc.constantFrom<Type>(
          { is: 'union', items },
          { is: 'union', items: [...items, { is: 'boolean' }] },
          { is: 'union', items: items.slice(0, 1) },
        ),
      );
    }
    case 'variants': {
      const items = type.items.map((members) => changedMembers(members, draw));
      return draw(
        fc.constantFrom<Type>(
          { is: 'variants', items },
          { is: 'variants', items: [...items, {}] },
          { is: 'variants', items: items.slice(0, 1) },
        ),
      );
    }
    case 'object':
      return {
        ...type,
        others: draw(fc.constantFrom<Others>(type.others, type.others, 'dropped', 'refused', 'kept')),
        members: changedMembers(type.members, draw),
      };
  }
}

function changedMembers(members: Members, draw: Draw): Members {
  const kept = Object.entries(members)
    .filter(() => draw(fc.integer({ min: 0, max: 7 })) > 0)
    .map(([name, { type, presence }]) => {
      const next = draw(fc.constantFrom(presence, presence, presence, 'required' as const, 'optional' as const));
      return [name, { type: changed(type, draw), presence: next }] as const;
    });
  const added = draw(fc.constantFrom(undefined, undefined, ...memberNames));
  if (added === undefined || added in members) return Object.fromEntries(kept);
  const presence = draw(fc.constantFrom('required' as const, 'optional' as const, 'default' as const));
  return Object.fromEntries([...kept, [added, { type: draw(anyType), presence }]]);
}

const jsonSchema = (type: Type, use: SchemaUse): unknown =>
  z.toJSONSchema(zodOf(type, use), { io: use === 'argument' ? 'input' : 'output' });

it.each<SchemaUse>(['argument', 'answer'])(
  'no document of the narrow schema is refused by the wide one when there are no gaps: as an %s',
  (use) => {
    let compatible = 0;
    let different = 0;
    fc.assert(
      fc.property(fc.gen(), (generate) => {
        const draw: Draw = (arbitrary) => generate(() => arbitrary);
        const narrow = draw(anyType);
        const wide = changed(narrow, draw);
        const [narrowSchema, wideSchema] = [jsonSchema(narrow, use), jsonSchema(wide, use)];
        if (schemaGaps(narrowSchema, wideSchema, use).length > 0) return;
        compatible += 1;
        if (JSON.stringify(narrowSchema) !== JSON.stringify(wideSchema)) different += 1;
        const judge = zodOf(use === 'answer' ? tolerant(wide) : wide, use);
        for (let document = 0; document < 8; document += 1) {
          const value = documentOf(narrow, use, draw);
          expect(zodOf(narrow, use).safeParse(value).success, JSON.stringify(value)).toBe(true);
          const verdict = judge.safeParse(value);
          expect(verdict.success, `${JSON.stringify(value)} ${String(verdict.error)}`).toBe(true);
        }
      }),
      // Shrinking a failure of documents drawn from drawn types takes minutes and shows little more.
      { numRuns: 1_000, endOnFailure: true },
    );
    // Else nothing was tried: every pair would have been called incompatible, or equal.
    expect(compatible).toBeGreaterThan(150);
    expect(different).toBeGreaterThan(60);
  },
  60_000,
);

it('a schema always fits itself, and everything fits a schema that takes anything', () => {
  fc.assert(
    fc.property(anyType, fc.constantFrom<SchemaUse>('argument', 'answer'), (type, use) => {
      const schema = jsonSchema(type, use);
      const worded = jsonSchema({ is: 'union', items: [type] }, use);
      expect(schemaGaps(schema, structuredClone(schema), use)).toEqual([]);
      expect(schemaGaps(schema, {}, use)).toEqual([]);
      expect(schemaGaps(schema, { ...(worded as object), description: 'The same in other words.' }, use)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
