import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { contractChanges, isCompatible } from './contract-change.ts';
import type { Effect } from './effect.ts';
import { contractOf } from './skill-contract.ts';
import type { SkillContract } from './skill-contract.ts';
import type { ActionDefinition } from './skill.ts';

interface Terms {
  readonly input?: z.ZodType;
  readonly output?: z.ZodType;
  readonly effect?: Effect;
  readonly timeoutSeconds?: number;
  readonly maxAttempts?: number;
  readonly description?: string;
}

function contract(actions: Readonly<Record<string, Terms>>): SkillContract {
  const action = (terms: Terms): ActionDefinition => ({
    description: 'Books.',
    input: z.object({}),
    output: z.object({}),
    effect: { class: 'N' },
    timeoutSeconds: 20,
    maxAttempts: 3,
    run: () => Promise.resolve({}),
    ...terms,
  });
  return contractOf({
    kind: 'skill',
    id: 'HotelBooking:v1',
    release: '1.0.0',
    description: 'Books hotels.',
    settings: [],
    actions: Object.fromEntries(Object.entries(actions).map(([name, terms]) => [name, action(terms)])),
  });
}

const changes = (was: Terms, is: Terms) => contractChanges(contract({ book: was }), contract({ book: is }));
const faults = (was: Terms, is: Terms): string[] =>
  changes(was, is)
    .filter(({ kind }) => kind !== 'compatible')
    .map(({ path, was: before, is: after }) => `${path}: ${before} -> ${after}`);

const stay = z.strictObject({ city: z.string(), stars: z.int().min(1).max(5).optional() });

describe('of an input', () => {
  it.each<[string, z.ZodType]>([
    ['an optional member more', stay.extend({ breakfast: z.boolean().optional() })],
    ['a member more that has a default', stay.extend({ breakfast: z.boolean().default(false) })],
    ['a required member that became optional', stay.partial()],
    ['a wider range', stay.extend({ stars: z.int().min(0).max(7).optional() })],
    ['a number instead of an integer', stay.extend({ stars: z.number().min(1).max(5).optional() })],
    ['one type more', stay.extend({ city: z.union([z.string(), z.object({ code: z.string() })]) })],
    ['null as well', stay.extend({ city: z.string().nullable() })],
    ['unknown members as well', z.looseObject(stay.shape)],
    ['anything at all', z.unknown()],
    ['other words about it', stay.describe('A stay.')],
  ])('%s is compatible', (_what, input) => {
    expect(faults({ input: stay }, { input })).toEqual([]);
    expect(changes({ input: stay }, { input })).not.toEqual([]);
  });

  it.each<[string, z.ZodType, string]>([
    ['a required member more', stay.extend({ guest: z.string() }), 'book.input.guest: absent -> required'],
    ['a member that became required', stay.required(), 'book.input.stars: optional -> required'],
    ['a member less', stay.omit({ stars: true }), 'book.input.stars: integer -> refused'],
    ['a member that is dropped now', z.object({ city: z.string() }), 'book.input.stars: integer -> ignored'],
    [
      'a narrower range',
      stay.extend({ stars: z.int().min(2).max(5).optional() }),
      'book.input.stars: integer, at least 1, at most 5 -> integer, at least 2, at most 5',
    ],
    ['a length', stay.extend({ city: z.string().max(9) }), 'book.input.city: string -> string, at most 9 long'],
    [
      'a pattern',
      stay.extend({ city: z.string().regex(/^[A-Z]/) }),
      'book.input.city: string -> string, pattern ^[A-Z]',
    ],
    ['another type', stay.extend({ city: z.number() }), 'book.input.city: string -> number'],
    ['certain values', stay.extend({ city: z.enum(['Rome', 'Oslo']) }), 'book.input.city: string -> "Rome" or "Oslo"'],
  ])('%s breaks it, and is named', (_what, input, fault) => {
    expect(faults({ input: stay }, { input })).toEqual([fault]);
  });

  it('a value that is taken no longer breaks it, one more does not', () => {
    const [two, three] = [['a', 'b'] as const, ['a', 'b', 'c'] as const].map((all) => ({
      input: z.object({ x: z.enum(all) }),
    }));
    expect(faults(two ?? {}, three ?? {})).toEqual([]);
    expect(faults(three ?? {}, two ?? {})).toEqual(['book.input.x: "a" or "b" or "c" -> "a" or "b"']);
  });

  it('places within lists, records and tuples are named', () => {
    const of = (item: z.ZodType) => ({
      input: z.object({
        guests: z.array(z.object({ name: item })),
        labels: z.record(z.string(), item),
        pair: z.tuple([item]),
      }),
    });
    expect(faults(of(z.string()), of(z.string().min(1)))).toEqual([
      'book.input.guests[].name: string -> string, at least 1 long',
      'book.input.labels.*: string -> string, at least 1 long',
      'book.input.pair[0]: string -> string, at least 1 long',
    ]);
  });

  it('members that were dropped are part of no promise, but they may not be refused', () => {
    const [drops, refuses] = [z.object({ a: z.string() }), z.strictObject({ a: z.string() })];
    expect(faults({ input: drops }, { input: z.object({ a: z.string(), b: z.int().optional() }) })).toEqual([]);
    expect(faults({ input: drops }, { input: refuses })).toEqual(['book.input.*: ignored -> refused']);
    expect(faults({ input: z.looseObject({}) }, { input: z.looseObject({ b: z.int().optional() }) })).toEqual([
      'book.input.b: anything -> integer, at least -9007199254740991, at most 9007199254740991',
    ]);
  });

  it('alternatives are told apart by their discriminator', () => {
    const by = (iban: z.ZodType, ...more: z.ZodObject[]) =>
      z.object({
        pay: z.discriminatedUnion('by', [
          z.object({ by: z.literal('card'), number: z.string() }),
          z.object({ by: z.literal('bank'), iban }),
          ...(more as z.ZodObject<{ by: z.ZodLiteral<'cash'> }>[]),
        ]),
      });
    const cash = z.object({ by: z.literal('cash') });
    expect(faults({ input: by(z.string()) }, { input: by(z.string(), cash) })).toEqual([]);
    expect(faults({ input: by(z.string()) }, { input: by(z.string().max(9)) })).toEqual([
      'book.input.pay.iban: string -> string, at most 9 long',
    ]);
    expect(faults({ input: by(z.string(), cash) }, { input: by(z.string()) })).toEqual([
      'book.input.pay.by: "cash" -> "card"',
      'book.input.pay.number: absent -> required',
    ]);
  });

  it('a schema that contains itself is compared to its end', () => {
    const tree = (value: z.ZodType) => {
      const node = z.object({
        value,
        get children() {
          return z.array(node).optional();
        },
      });
      return { input: node };
    };
    expect(faults(tree(z.string()), tree(z.union([z.string(), z.null()])))).toEqual([]);
    expect(faults(tree(z.string()), tree(z.string().max(3)))).toEqual([
      'book.input.value: string -> string, at most 3 long',
    ]);
    expect(faults({ input: z.object({ any: z.json() }) }, { input: z.object({ any: z.json().optional() }) })).toEqual(
      [],
    );
  });
});

describe('of an output', () => {
  const booking = z.object({ id: z.string(), note: z.string().optional(), state: z.enum(['held', 'booked']) });

  it.each<[string, z.ZodType]>([
    ['a member more', booking.extend({ hotel: z.object({ name: z.string() }) })],
    ['an optional member that is always there now', booking.required()],
    ['an optional member less', booking.omit({ note: true })],
    ['a value that comes no longer', booking.extend({ state: z.literal('booked') })],
    ['a narrower text', booking.extend({ id: z.uuid() })],
  ])('%s is compatible', (_what, output) => {
    expect(faults({ output: booking }, { output })).toEqual([]);
    expect(changes({ output: booking }, { output })).not.toEqual([]);
  });

  it.each<[string, z.ZodType, string]>([
    ['a required member less', booking.omit({ id: true }), 'book.output.id: required -> absent'],
    ['a member that may be missing now', booking.partial({ id: true }), 'book.output.id: required -> optional'],
    [
      'null where there was none',
      booking.extend({ id: z.string().nullable() }),
      'book.output.id: string -> string or null',
    ],
    [
      'a value that did not come before',
      booking.extend({ state: z.enum(['held', 'booked', 'lost']) }),
      'book.output.state: "held" or "booked" -> "held" or "booked" or "lost"',
    ],
    [
      'another type',
      booking.extend({ id: z.int() }),
      'book.output.id: string -> integer, at least -9007199254740991, at most 9007199254740991',
    ],
  ])('%s breaks it, and is named', (_what, output, fault) => {
    expect(faults({ output: booking }, { output })).toEqual([fault]);
  });
});

describe('of a skill', () => {
  it('an action may come but not go', () => {
    const [one, two] = [contract({ book: {} }), contract({ book: {}, cancel: {} })];
    expect(contractChanges(one, two)).toEqual([
      { kind: 'compatible', path: 'cancel', was: 'absent', is: 'a new action', remedy: '' },
    ]);
    expect(contractChanges(two, one)).toEqual([
      {
        kind: 'breaking',
        path: 'cancel',
        was: 'an action',
        is: 'gone',
        remedy: 'Bring it back, or remove it in HotelBooking:v2',
      },
    ]);
    expect(contractChanges(two, two)).toEqual([]);
  });

  const classes: readonly Effect[] = [
    { class: 'P' },
    { class: 'K', keyTtlMs: 1_000 },
    { class: 'Q', settleMs: 1_000 },
    { class: 'N' },
  ];
  it.each(
    classes.flatMap((was, strength) =>
      classes.map((is, other) => [was.class, is.class, was, is, other <= strength] as const),
    ),
  )('an effect of class %s may become one of class %s only if that promises as much', (_was, _is, was, is, allowed) => {
    expect(isCompatible(changes({ effect: was }, { effect: is }))).toBe(allowed);
  });

  it('keys may be remembered longer but not shorter', () => {
    const [hour, day] = [3_600_000, 86_400_000].map((keyTtlMs) => ({ effect: { class: 'K' as const, keyTtlMs } }));
    expect(faults(hour ?? {}, day ?? {})).toEqual([]);
    expect(faults(day ?? {}, hour ?? {})).toEqual(['book.effect: class K for 86400 s -> class K for 3600 s']);
  });

  it('timeouts, attempts and descriptions are free, and told', () => {
    const found = changes({}, { timeoutSeconds: 5, maxAttempts: 1, description: 'Reserves.' });
    expect(found.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'compatible book.description',
      'compatible book.timeoutSeconds',
      'compatible book.maxAttempts',
    ]);
  });

  it('what is not understood counts as breaking once it differs, and says where', () => {
    const odd = (schema: object): SkillContract => {
      const { actions, ...rest } = contract({ book: {} });
      return {
        ...rest,
        actions: { book: { ...actions['book']!, input: { type: 'object', properties: { x: schema } } } },
      };
    };
    const was = odd({ type: 'array', uniqueItems: true });
    expect(contractChanges(was, odd({ type: 'array', uniqueItems: true }))).toEqual([]);
    expect(contractChanges(was, odd({ type: 'array', uniqueItems: true, minItems: 1 }))).toMatchObject([
      { kind: 'unknown', path: 'book.input.x', was: 'not understood: uniqueItems beside type array' },
    ]);
    expect(isCompatible(contractChanges(odd({}), odd({ if: {}, else: false })))).toBe(false);
    expect(isCompatible(contractChanges(odd({ $ref: '#/nowhere' }), odd({ $ref: 'https://example.com' })))).toBe(false);
    const plain = contract({ book: {} });
    const book = { ...plain.actions['book']!, colour: ['red'] };
    expect(contractChanges(plain, { ...plain, actions: { book } })).toMatchObject([
      { kind: 'unknown', path: 'book.colour', was: 'absent', is: '["red"]' },
    ]);
  });
});
