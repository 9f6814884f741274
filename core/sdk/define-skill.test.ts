import { describe, expect, expectTypeOf, test, vi } from 'vitest';
import * as z from 'zod';
import { skillHashOf } from '../model/skill-contract.ts';
import { ActionError, DefinitionError, defineAction, defineSkill } from './index.ts';
import type { ActionContext, ActionOptions, LookupAnswer } from './index.ts';

const input = z.object({ city: z.string(), nights: z.int().default(1) });
const output = z.object({ bookingId: z.string() });
const run = () => Promise.resolve({ bookingId: 'b-1' });
const action = { description: 'Book a room.', input, output, run };
const skill = { id: 'Rooms:v1', release: '1.0.0', description: 'Rooms.', actions: { book: defineAction(action) } };

/** The one line of the error that a broken skill gives. */
function complaint(options: object): string {
  try {
    defineSkill({ ...skill, ...options });
  } catch (error) {
    if (!DefinitionError.isInstance(error)) throw error;
    expect(error.problems).toHaveLength(1);
    return error.message.split('\n').slice(1).join('\n').trim();
  }
  throw new Error('The definition was accepted.');
}

/** As `complaint`, for a broken action that may not even type-check. */
function actionComplaint(options: object): string {
  return complaint({ actions: { book: defineAction({ ...action, ...options }) } });
}

describe('a skill', () => {
  test('keeps what its author wrote, and is recognised by its kind', () => {
    const defined = defineSkill({ ...skill, settings: ['ROOMS_URL'] });
    expect(defined).toMatchObject({ kind: 'skill', id: 'Rooms:v1', release: '1.0.0', settings: ['ROOMS_URL'] });
    expect(defineSkill(skill).settings).toEqual([]);
  });

  test('has the types of its schemas from end to end', () => {
    const defined = defineSkill({
      ...skill,
      actions: {
        book: defineAction({
          ...action,
          effect: { class: 'Q', settleTime: '2s' },
          run: async (given, context) => {
            expectTypeOf(given).toEqualTypeOf<{ city: string; nights: number }>();
            expectTypeOf(context).toEqualTypeOf<ActionContext>();
            return { bookingId: given.city };
          },
          check: (given, answer) => {
            expectTypeOf(given).toEqualTypeOf<{ city: string; nights: number }>();
            expectTypeOf(answer).toEqualTypeOf<{ bookingId: string }>();
            return [];
          },
          lookup: async (effectKey, given) => {
            expectTypeOf(effectKey).toEqualTypeOf<string>();
            expectTypeOf(given).toEqualTypeOf<{ city: string; nights: number }>();
            return { found: false };
          },
        }),
      },
    });
    expectTypeOf(defined.actions.book.run).returns.resolves.toEqualTypeOf<{ bookingId: string }>();
    expectTypeOf(defined.actions.book.lookup)
      .exclude<undefined>()
      .returns.resolves.toEqualTypeOf<LookupAnswer<{ bookingId: string }>>();
    type Run = ActionOptions<typeof input, typeof output>['run'];
    expectTypeOf<() => Promise<{ bookingId: string }>>().toExtend<Run>();
    expectTypeOf<() => Promise<{ hotelId: string }>>().not.toExtend<Run>();
  });

  test.each<[expected: string, options: object]>([
    [`id is not a valid name. Given: "rooms:v1". Allowed: must look like UserManagement:v2.`, { id: 'rooms:v1' }],
    [`id is not a valid name. Given: "Rooms".`, { id: 'Rooms' }],
    [`release is not a valid name. Given: "1.0". Allowed: must look like 1.2.0.`, { release: '1.0' }],
    [`description must be a text that says something. Given: " ".`, { description: ' ' }],
    [`description is too long. Given: 1001 characters. Allowed: 1 to 1000`, { description: 'x'.repeat(1_001) }],
    [`settings must be a list of names. Given: "ROOMS_URL".`, { settings: 'ROOMS_URL' }],
    [`settings.0 is not a valid name. Given: "AWS_SECRET_ACCESS_KEY".`, { settings: ['AWS_SECRET_ACCESS_KEY'] }],
    [`settings.0 is not a valid name. Given: "HOLDFAST_TABLE".`, { settings: ['HOLDFAST_TABLE'] }],
    [`actions must hold at least one action. Given: an object with no members.`, { actions: {} }],
    [`actions.Book is not a valid name. Given: "Book".`, { actions: { Book: defineAction(action) } }],
    [`actions.book does not come from defineAction.`, { actions: { book: action } }],
    [`version is not a known member. Given: 'version'. Allowed: 'id', 'release', 'description',`, { version: 2 }],
  ])('is refused, and told: %s', (expected, options) => {
    expect(complaint(options)).toContain(expected);
  });

  test('that is broken in several ways lists all of them at once, with its name', () => {
    const define = () => defineSkill({ id: 'rooms', release: 'one', description: '', actions: {} });
    expect(define).toThrow('The skill rooms cannot be used:');
    expect(define).toThrow(
      expect.objectContaining({
        problems: expect.arrayContaining(
          ['id', 'release', 'description', 'actions'].map((at) => expect.objectContaining({ at })),
        ),
      }),
    );
  });
});

describe('a deprecated skill', () => {
  const old = { id: 'Old:v1', release: '1.0.0', description: 'Old.', actions: { act: defineAction(action) } } as const;

  test('keeps what replaces it, and one that is not deprecated has no such member', () => {
    expect(defineSkill({ ...old, deprecated: { replacedBy: 'Old:v2' } }).deprecated).toEqual({ replacedBy: 'Old:v2' });
    expect(defineSkill(old)).not.toHaveProperty('deprecated');
  });

  test('promises the same as before, so that running plans go on', () => {
    expect(skillHashOf(defineSkill({ ...old, deprecated: { replacedBy: 'Old:v2' } }))).toBe(
      skillHashOf(defineSkill(old)),
    );
  });

  test.each<[expected: string, deprecated: unknown]>([
    ['deprecated must be an object. Given: true.', true],
    ['deprecated.replacedBy is not a valid name. Given: "Old".', { replacedBy: 'Old' }],
    ['deprecated.replacedBy names the skill itself. Given: "Old:v1".', { replacedBy: 'Old:v1' }],
    ["deprecated.since is not a known member. Given: 'since'.", { replacedBy: 'Old:v2', since: 'today' }],
  ])('is refused with: %s', (expected, deprecated) => {
    expect(() => defineSkill({ ...old, deprecated: deprecated as { replacedBy: string } })).toThrow(expected);
  });
});

describe('an action', () => {
  test('whose effect is not declared is class N, with 20 seconds and 3 attempts', () => {
    expect(defineAction(action)).toMatchObject({ effect: { class: 'N' }, timeoutSeconds: 20, maxAttempts: 3 });
  });

  test('declares durations as texts and keeps them in milliseconds', () => {
    expect(defineAction({ ...action, effect: { class: 'K', keyTtl: '24h' } }).effect).toEqual({
      class: 'K',
      keyTtlMs: 86_400_000,
    });
    const lookup = () => Promise.resolve({ found: false } as const);
    expect(defineAction({ ...action, effect: { class: 'Q', settleTime: '500ms' }, lookup }).effect).toEqual({
      class: 'Q',
      settleMs: 500,
    });
  });

  test('that can be undone says how its compensation may be retried; a function alone says it as the action does', () => {
    const undo = () => Promise.resolve();
    const found = () => Promise.resolve({ found: true } as const);
    const compensationOf = (options: object) => defineAction({ ...action, ...options }).compensate;
    const keyed = { class: 'K', keyTtl: '24h' };
    expect(compensationOf({ compensate: undo, effect: keyed, timeoutSeconds: 7 })).toEqual({
      ...{ effect: { class: 'K', keyTtlMs: 86_400_000 }, timeoutSeconds: 7, run: undo },
    });
    expect(compensationOf({ compensate: undo })?.effect).toEqual({ class: 'N' });
    expect(compensationOf({ compensate: undo, effect: { class: 'P' } })?.effect).toEqual({ class: 'N' });
    expect(compensationOf({ compensate: { run: undo }, effect: keyed })?.effect).toMatchObject({ class: 'K' });
    expect(compensationOf({ compensate: { effect: { class: 'P' }, run: undo, timeoutSeconds: 3 } })).toEqual({
      ...{ effect: { class: 'P' }, timeoutSeconds: 3, run: undo },
    });
    const asked = { effect: { class: 'Q', settleTime: '1s' }, run: undo, lookup: found };
    expect(compensationOf({ compensate: asked })).toMatchObject({
      effect: { class: 'Q', settleMs: 1_000 },
      lookup: found,
    });
    expect(compensationOf({})).toBeUndefined();
  });

  test.each<[expected: string, compensate: unknown]>([
    ['compensate must be a function. Given: "yes".', 'yes'],
    ['compensate.run must be a function. Given: nothing.', {}],
    ["compensate.undo is not a known member. Given: 'undo'.", { run, undo: run }],
    ['compensate.effect has no known class.', { run, effect: { class: 'X' } }],
    ["compensate.lookup is missing: class 'Q' promises", { run, effect: { class: 'Q', settleTime: '1s' } }],
    ["compensate.lookup would never be called. Given: a lookup and effect class 'N'.", { run, lookup: run }],
    ['compensate.timeoutSeconds must be a whole number', { run, timeoutSeconds: 900 }],
  ])('whose compensation is wrong is refused, and told: %s', (expected, compensate) => {
    expect(actionComplaint({ compensate })).toContain(`actions.book.${expected}`);
  });

  test.each<[expected: string, options: object]>([
    [
      `lookup is missing: class 'Q' promises that the effect can be looked up`,
      { effect: { class: 'Q', settleTime: '2s' } },
    ],
    [`lookup would never be called. Given: a lookup and effect class 'N' (undeclared).`, { lookup: run }],
    [`effect has no known class. Given: "X". Allowed: a class of 'P', 'K', 'Q', 'N'.`, { effect: { class: 'X' } }],
    [`effect has no known class. Given: "K".`, { effect: 'K' }],
    [`effect.keyTtl must be a duration. Given: nothing.`, { effect: { class: 'K' } }],
    [`effect.keyTtl must be a duration. Given: "0s".`, { effect: { class: 'K', keyTtl: '0s' } }],
    [`effect.keyTtl must be a duration. Given: "1 day".`, { effect: { class: 'K', keyTtl: '1 day' } }],
    [
      `effect.keyTtl is not a known member. Given: 'keyTtl'. Allowed: 'class'.`,
      { effect: { class: 'P', keyTtl: '1d' } },
    ],
    [
      `timeoutSeconds must be a whole number within its bounds. Given: 841. Allowed: 1 to 840.`,
      { timeoutSeconds: 841 },
    ],
    [`timeoutSeconds must be a whole number within its bounds. Given: 0.5.`, { timeoutSeconds: 0.5 }],
    [`maxAttempts must be a whole number within its bounds. Given: 0. Allowed: 1 to 10.`, { maxAttempts: 0 }],
    [`run must be a function. Given: nothing.`, { run: undefined }],
    [`check must be a function. Given: "yes".`, { check: 'yes' }],
    [`input must be a schema of zod 4. Given: an object with city.`, { input: { city: 'text' } }],
    [`input must describe an object. Given: a schema of "string".`, { input: z.string() }],
    [`output cannot be told as JSON Schema. Given: Date cannot be represented in JSON Schema.`, { output: z.date() }],
    [`efect is not a known member. Given: 'efect'. Allowed: 'description', 'input',`, { efect: { class: 'P' } }],
  ])('is refused, and told: %s', (expected, options) => {
    expect(actionComplaint(options)).toContain(`actions.book.${expected}`);
  });
});

test('errors of another copy of this package are recognised', async () => {
  vi.resetModules();
  const another = await import('./index.ts');
  expect(another.ActionError).not.toBe(ActionError);
  expect(ActionError.isInstance(new another.ActionError('no', { class: 'denied', sendOutcome: 'notDone' }))).toBe(true);
  expect(DefinitionError.isInstance(new another.DefinitionError('skill', []))).toBe(true);
  expect(defineSkill({ ...skill, actions: { book: another.defineAction(action) } }).kind).toBe('skill');
});
