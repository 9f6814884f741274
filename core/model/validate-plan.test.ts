import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Json } from './json.ts';
import { maxPlanBytes, maxStepsPerRevision } from './plan.ts';
import type { ActionDefinition } from './skill.ts';
import type { Catalogue, PlanContext, PlanProblem, PlanVerdict } from './validate-plan.ts';
import { foreignSteps, planProblemCodes, referencedSteps, validatePlan } from './validate-plan.ts';

const book: ActionDefinition = {
  description: 'books',
  input: z.strictObject({
    city: z.string().min(1).optional(),
    nights: z.int().max(30).optional(),
    guests: z.array(z.strictObject({ name: z.string() })).optional(),
    from: z.json().optional(),
  }),
  output: z.json(),
  effect: { class: 'N' },
  timeoutSeconds: 20,
  maxAttempts: 3,
  run: async () => null,
};

const catalogue: Catalogue = {
  find(skill, action) {
    if (skill === 'Secret:v1') return { found: false, code: 'notGranted', message: 'Secret:v1 is not granted.' };
    if (skill === 'Hotel:v2') return { found: false, code: 'unknownVersion', message: 'Hotel has version v1.' };
    if (skill !== 'Hotel:v1') return { found: false, code: 'unknownSkill', message: `There is no skill ${skill}.` };
    if (action !== 'book') return { found: false, code: 'unknownAction', message: 'Hotel:v1 has the action book.' };
    return { found: true, action: book, skillHash: 'hash', functionArn: 'arn:hotel:3' };
  },
};

const context: PlanContext = {
  input: { city: 'Lisbon', nights: 3, guests: [{ name: 'Ada' }], empty: '', lost: 'Atlantis' },
  catalogue,
  denied: (_skill, _action, input) =>
    JSON.stringify(input).includes('Atlantis') ? 'Nobody may go to Atlantis.' : undefined,
  earlier: new Map([
    ['old', 1],
    ['open', 2],
  ]),
  settled: new Set(['old']),
  mayBeEmpty: false,
};

const step = (id: string, more: object = {}): Record<string, unknown> => ({
  id,
  skill: 'Hotel:v1',
  action: 'book',
  ...more,
});
const planOf = (...steps: unknown[]): { steps: unknown[] } => ({ steps });
const validate = (draft: unknown, changes: Partial<PlanContext> = {}): PlanVerdict =>
  validatePlan(draft, { ...context, ...changes });
const problemsOf = (verdict: PlanVerdict): PlanProblem[] => (verdict.ok ? [] : verdict.problems);
const stepsOf = (verdict: PlanVerdict): Extract<PlanVerdict, { ok: true }>['steps'] => {
  if (!verdict.ok) throw new Error(JSON.stringify(verdict.problems));
  return verdict.steps;
};

/** One plan for each code that is rejected with this code and no other. */
const rejected: Record<PlanProblem['code'], readonly (readonly [why: string, draft: unknown, at: object])[]> = {
  malformed: [
    ['the id of a step that undoes another', planOf(step('undo:book')), { path: 'steps.0.id' }],
    ['a step to undo', planOf(step('a', { compensates: { stepId: 'book', revision: 1 } })), { path: 'steps.0' }],
    ['no object', 'plan', {}],
    ['no steps', {}, { path: 'steps' }],
    ['an unknown member', { steps: [step('a')], retries: 3 }, {}],
    ['an unknown member of a step', planOf(step('a', { prompt: 'x' })), { path: 'steps.0' }],
    ['an id with a separator', planOf(step('a#F')), { path: 'steps.0.id' }],
    ['a skill without version', planOf({ id: 'a', skill: 'Hotel', action: 'book' }), { path: 'steps.0.skill' }],
    ['an input that is no object', planOf(step('a', { input: ['x'] })), { path: 'steps.0.input' }],
    ['a why of over 500 characters', planOf(step('a', { why: 'x'.repeat(501) })), { path: 'steps.0.why' }],
  ],
  emptyPlan: [['no step', planOf(), {}]],
  tooManySteps: [
    ['201 steps', planOf(...Array.from({ length: maxStepsPerRevision + 1 }, (_, index) => step(`s${index}`))), {}],
  ],
  tooLarge: [['64 KB of text', planOf(step('a', { input: { city: 'x'.repeat(maxPlanBytes) } })), {}]],
  duplicateStep: [['an id twice', planOf(step('a'), step('a')), { stepId: 'a' }]],
  settledStep: [['the id of a step that is over', planOf(step('old')), { stepId: 'old' }]],
  unknownSkill: [['a skill that nobody wrote', planOf(step('a', { skill: 'Motel:v1' })), { stepId: 'a' }]],
  unknownVersion: [['a version that nobody wrote', planOf(step('a', { skill: 'Hotel:v2' })), { stepId: 'a' }]],
  unknownAction: [['an action that nobody wrote', planOf(step('a', { action: 'cancel' })), { stepId: 'a' }]],
  denied: [
    ['what policies deny', planOf(step('a', { input: { city: 'Atlantis' } })), { stepId: 'a', path: 'input' }],
    ['what they deny of the input', planOf(step('a', { input: { city: '${input.lost}' } })), { stepId: 'a' }],
  ],
  notGranted: [['a skill that is not granted', planOf(step('a', { skill: 'Secret:v1' })), { stepId: 'a' }]],
  invalidInput: [
    ['a literal of another type', planOf(step('a', { input: { nights: 'three' } })), { path: 'input.nights' }],
    ['a literal out of range', planOf(step('a', { input: { nights: 31 } })), { path: 'input.nights' }],
    ['an argument that is unknown', planOf(step('a', { input: { stars: 5 } })), { path: 'input' }],
    ["a value of the run's input that does not fit", planOf(step('a', { input: { city: '${input.empty}' } })), {}],
    ['a literal within', planOf(step('a', { input: { guests: [{ name: 7 }] } })), { path: 'input.guests.0.name' }],
    [
      'an unknown argument beside a reference to a step',
      planOf(step('a'), step('b', { input: { guests: [{ name: '${steps.a.output}', age: 7 }] } })),
      { stepId: 'b', path: 'input.guests.0' },
    ],
    [
      'a literal beside a reference to a step',
      planOf(step('a'), step('b', { input: { nights: 'x', city: '${steps.a.output}' } })),
      { stepId: 'b', path: 'input.nights' },
    ],
  ],
  invalidReference: [
    ['a reference in a text', planOf(step('a', { input: { city: 'to ${input.city}' } })), { path: 'input.city' }],
    ['a reference to the prototype', planOf(step('a', { input: { from: '${input.__proto__}' } })), { stepId: 'a' }],
    ['one in the output', { ...planOf(step('a')), output: { x: '${steps.a}' } }, { path: 'output.x' }],
  ],
  unknownStep: [
    ['a reference to nothing', planOf(step('a', { input: { from: '${steps.b.output}' } })), { path: 'input.from' }],
    ['a dependency on nothing', planOf(step('a', { dependsOn: ['b'] })), { path: 'dependsOn' }],
    ['an output of nothing', { ...planOf(step('a')), output: '${steps.b.output}' }, { path: 'output' }],
  ],
  missingInput: [
    ["a reference past the run's input", planOf(step('a', { input: { city: '${input.town}' } })), { stepId: 'a' }],
    ['an inherited member', planOf(step('a', { input: { from: '${input.toString}' } })), { path: 'input.from' }],
    ['in the output', { ...planOf(step('a')), output: ['${input.guests.1}'] }, { path: 'output.0' }],
  ],
  cycle: [
    ['a step that waits for itself', planOf(step('a', { dependsOn: ['a'] })), { stepId: 'a' }],
    ['a step that reads itself', planOf(step('a', { input: { from: '${steps.a.output}' } })), { stepId: 'a' }],
    ['two steps', planOf(step('a', { dependsOn: ['b'] }), step('b', { input: { from: '${steps.a.output}' } })), {}],
    [
      'a step behind a circle',
      planOf(step('x', { dependsOn: ['a'] }), step('a', { dependsOn: ['b'] }), step('b', { dependsOn: ['a'] })),
      {},
    ],
  ],
};

describe.each(planProblemCodes)('a plan is rejected as %s for', (code) => {
  it.each(rejected[code])('%s', (_, draft, at) => {
    const problems = problemsOf(validate(draft));
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    expect(problems[0]).toMatchObject(at);
    expect(problems[0]?.message.length).toBeGreaterThan(10);
  });
});

it('all problems of a plan are told at once', () => {
  const draft = planOf(
    step('a', { skill: 'Motel:v1' }),
    step('a', { dependsOn: ['nobody'] }),
    step('c', { input: { nights: 'x' } }),
  );
  expect(problemsOf(validate(draft)).map(({ code }) => code)).toEqual([
    'duplicateStep',
    'unknownSkill',
    'unknownStep',
    'invalidInput',
  ]);
});

it.each([
  ['Cyrillic o in a skill', step('a', { skill: 'Hоtel:v1' })],
  ['full-width letter in a skill', step('a', { skill: 'Ｈotel:v1' })],
  ['zero-width joiner in an action', step('a', { action: 'boo\u200Dk' })],
  ['Cyrillic a as an id', step('а')],
  ['another case', step('a', { skill: 'hotel:v1' })],
  ['a space behind', step('a', { action: 'book ' })],
])('a name that only looks right is refused: %s', (_, lookalike) => {
  expect(validate(planOf(lookalike)).ok).toBe(false);
});

it('ids are compared byte for byte', () => {
  expect(validate(planOf(step('A'), step('a'))).ok).toBe(true);
  expect(problemsOf(validate(planOf(step('A'), step('b', { dependsOn: ['a'] }))))[0]?.code).toBe('unknownStep');
  // The Kelvin sign folds to k in every case mapping.
  expect(validate(planOf(step('\u212A'))).ok).toBe(false);
});

it('references imply dependencies, beside the written ones', () => {
  const draft = planOf(
    step('a'),
    step('b'),
    step('c', { dependsOn: ['b'], input: { from: { x: ['${steps.a.output.y}'] }, city: '${input.city}' } }),
  );
  expect(stepsOf(validate(draft)).map(({ id, after }) => [id, after])).toEqual([
    ['a', []],
    ['b', []],
    ['c', ['b', 'a']],
  ]);
});

it('an accepted step is pinned to the function and the skill that were checked', () => {
  expect(stepsOf(validate(planOf(step('a'))))).toMatchObject([
    { id: 'a', functionArn: 'arn:hotel:3', skillHash: 'hash', timeoutSeconds: 20, input: {}, why: '' },
  ]);
});

it('steps of older revisions may be referred to, and only those that are used become imports', () => {
  const verdict = validate({ ...planOf(step('a', { dependsOn: ['old'] })), output: '${steps.open.output}' });
  expect(verdict).toMatchObject({ ok: true, imports: { old: 1, open: 2 } });
  expect(validate(planOf(step('a')))).toMatchObject({ ok: true, imports: {} });
});

it('a step of an older revision that has not begun may be defined again', () => {
  expect(validate(planOf(step('open'))).ok).toBe(true);
});

it('only a playbook function may give no steps', () => {
  expect(validate({ steps: [], output: '${input.city}' }, { mayBeEmpty: true })).toMatchObject({
    ok: true,
    steps: [],
    output: '${input.city}',
  });
});

it('a value that a step will yield does not make its union wrong', () => {
  const transfer = z.discriminatedUnion('by', [
    z.strictObject({ by: z.literal('iban'), iban: z.string() }),
    z.strictObject({ by: z.literal('card'), card: z.string() }),
  ]);
  const either = z.union([z.strictObject({ iban: z.string() }), z.strictObject({ card: z.string() })]);
  const withSchema = (input: z.ZodType): Partial<PlanContext> => ({
    catalogue: { find: () => ({ found: true, action: { ...book, input }, skillHash: 'hash', functionArn: 'arn' }) },
  });
  const fed = (input: object, more: object): unknown => planOf(step('a', { input }), step('b', { input: more }));
  const read = { card: '${steps.a.output}' };
  expect(validate(fed({ card: 'x' }, read), withSchema(either)).ok).toBe(true);
  expect(validate(fed({ by: 'iban', iban: 'x' }, { by: 'card', ...read }), withSchema(transfer)).ok).toBe(true);
  expect(validate(fed({ card: 'x' }, { card: 7 }), withSchema(either)).ok).toBe(false);
});

it('a value that a step will yield is not judged before it is there', () => {
  const guests = ['${steps.a.output.name}', { name: '${steps.a.output}' }];
  expect(validate(planOf(step('a'), step('b', { input: { nights: '${steps.a.output}', guests } }))).ok).toBe(true);
});

/** Plans whose steps depend on earlier ones only, by words or by references, in a shuffled order. */
const acyclic = fc
  .array(fc.tuple(fc.array(fc.nat(20), { maxLength: 4 }), fc.boolean()), { minLength: 1, maxLength: 20 })
  .chain((rows) => {
    const steps = rows.map(([picks, byReference], index) => {
      const ids = index === 0 ? [] : [...new Set(picks.map((pick) => `s${pick % index}`))];
      return step(
        `s${index}`,
        byReference ? { input: { from: ids.map((id) => `\${steps.${id}.output}`) } } : { dependsOn: ids },
      );
    });
    return fc.shuffledSubarray(steps, { minLength: steps.length });
  });

/** Plans with any dependencies at all. */
const anyGraph = fc
  .array(fc.array(fc.nat(8), { maxLength: 3 }), { minLength: 1, maxLength: 9 })
  .map((rows) =>
    rows.map((picks, index) =>
      step(`s${index}`, { dependsOn: [...new Set(picks.map((pick) => `s${pick % rows.length}`))] }),
    ),
  );

/** An order in which each step comes after what it waits for; undefined when there is none. By removing sinks, from the end. */
function orderOf(waitsFor: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'placed'>();
  const place = (id: string): boolean => {
    if (state.get(id) === 'placed') return true;
    if (state.get(id) === 'open') return false;
    state.set(id, 'open');
    if (!(waitsFor.get(id) ?? []).every(place)) return false;
    state.set(id, 'placed');
    order.push(id);
    return true;
  };
  return [...waitsFor.keys()].every(place) ? order : undefined;
}

it('a plan without circles is accepted, whatever the order of its steps', () => {
  fc.assert(
    fc.property(acyclic, (steps) => {
      const accepted = stepsOf(validate(planOf(...steps)));
      expect(accepted).toHaveLength(steps.length);
      expect(orderOf(new Map(accepted.map(({ id, after }) => [id, after])))).toHaveLength(steps.length);
    }),
  );
});

it('a plan is accepted exactly when its steps can be put in an order', () => {
  fc.assert(
    fc.property(anyGraph, (steps) => {
      const graph = new Map(steps.map((row) => [String(row['id']), row['dependsOn'] as string[]]));
      const verdict = validate(planOf(...steps));
      expect(verdict.ok).toBe(orderOf(graph) !== undefined);
      if (!verdict.ok) expect(new Set(verdict.problems.map(({ code }) => code))).toEqual(new Set(['cycle']));
    }),
    { numRuns: 500 },
  );
});

it('no draft at all makes the gate throw, and every rejection has a reason', () => {
  const drafts = fc.oneof(
    fc.anything(),
    fc.record({ steps: fc.anything(), output: fc.anything() }),
    fc.record({
      steps: fc.array(
        fc.record(
          {
            id: fc.constantFrom('a', 'b', '__proto__', 'old', 'constructor'),
            skill: fc.constantFrom('Hotel:v1', 'Hotel:v2', 'toString:v1'),
            action: fc.constantFrom('book', 'constructor', 'x'),
            input: fc.dictionary(
              fc.string(),
              fc.oneof(fc.jsonValue(), fc.constantFrom('${steps.a.output}', '${input.x}')),
            ),
            dependsOn: fc.array(fc.constantFrom('a', 'b', 'constructor')),
          },
          { requiredKeys: ['id', 'skill', 'action'] },
        ),
        { maxLength: 4 },
      ),
    }),
  );
  fc.assert(
    fc.property(drafts, (draft) => {
      const verdict = validate(draft);
      if (!verdict.ok) expect(verdict.problems.every(({ message }) => message !== '')).toBe(true);
      expect(verdict.ok ? verdict.steps.length : problemsOf(verdict).length).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
});

it('foreign steps are those a draft refers to and does not define', () => {
  const draft = {
    steps: [step('a', { dependsOn: ['x', 'b'] }), step('b', { input: { from: ['${steps.y.output}', '${input.a}'] } })],
    output: { z: '${steps.z.output}', a: '${steps.a.output}' },
  };
  expect(foreignSteps(draft)).toEqual(['x', 'y', 'z']);
  expect(foreignSteps({ steps: 'none' })).toEqual([]);
});

it('the steps that a value refers to are found at any depth', () => {
  const value: Json = ['${steps.a.output}', { b: { c: '${steps.b.output.x}' } }, '${input.x}', 'x ${steps.c.output}'];
  expect(referencedSteps(value)).toEqual(['a', 'b']);
});

it('a malformed name that deceives the eye is shown as it is, and what it looks like', () => {
  const verdict = validate(planOf({ ...step('a'), skill: 'Hоtel:v1' }));
  expect(problemsOf(verdict)).toEqual([
    {
      code: 'malformed',
      path: 'steps.0.skill',
      message: "must look like UserManagement:v2; 'H\\u{43e}tel:v1' only looks like 'Hotel:v1'",
    },
  ]);
});
