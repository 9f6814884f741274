import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedInput, diffOf, editProblems, keepingOrder } from './guarded-edit.ts';
import type { EditScope } from './guarded-edit.ts';
import type { Json, JsonObject } from './json.ts';
import type { AcceptedStep, PlanStep } from './plan.ts';

function accepted(id: string, more: Partial<AcceptedStep> = {}): AcceptedStep {
  return {
    ...{ id, skill: 'Pay:v1', action: 'pay', input: { to: '${input.to}', note: 'rent' }, why: '', after: [] },
    ...{ timeoutSeconds: 10, functionArn: 'arn', skillHash: 'hash' },
    ...more,
  };
}
const failed = accepted('pay', { after: ['look'] });
const scope: EditScope = {
  failed,
  dependents: new Map([['tell', accepted('tell', { skill: 'Mail:v1', action: 'send', after: ['pay'] })]]),
  others: new Set(['look']),
  usable: new Map([
    ['Pay:v1/pay', { effect: 'K', sensitive: ['to', 'account.iban'] }],
    ['Mail:v1/send', { effect: 'N', sensitive: [] }],
    ['Look:v1/up', { effect: 'P', sensitive: [] }],
  ]),
};
const written = ({ id, skill, action, input, why }: AcceptedStep, change: Partial<PlanStep> = {}): PlanStep => ({
  ...{ id, skill, action, input, why },
  ...change,
});

const anyJson = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const anyStep: fc.Arbitrary<PlanStep> = fc
  .record({
    id: fc.constantFrom('pay', 'pay', 'tell', 'look', 'new', 'other'),
    uses: fc.constantFrom('Pay:v1/pay', 'Pay:v1/pay', 'Mail:v1/send', 'Look:v1/up', 'Foreign:v1/act'),
    input: fc.oneof(
      fc.constant({ ...failed.input, note: 'food' }),
      fc.dictionary(fc.constantFrom('to', 'note', 'account'), anyJson),
    ),
    optional: fc.constantFrom(false, false, false, true),
  })
  .map(({ uses, ...step }) => {
    const [skill = '', action = ''] = uses.split('/');
    return { ...step, skill, action, why: '' };
  });

describe('an edit that the guard lets through, whatever a model writes,', () => {
  it('touches only the failed step and those that wait for it, adds only what reads, and changes nothing sensitive', () => {
    let passed = 0;
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 4 }), (steps) => {
        if (editProblems(steps, scope).length > 0) return;
        passed += 1;
        expect(steps.some(({ id }) => id === 'pay')).toBe(true);
        for (const { id, skill, action, input, optional } of steps) {
          const uses = scope.usable.get(`${skill}/${action}`);
          expect(id).not.toBe('look');
          expect(uses).toBeDefined();
          if (id !== 'pay' && id !== 'tell') expect(uses?.effect).toBe('P');
          expect(optional ?? false).toBe(false);
          if (id === 'pay' && skill === 'Pay:v1') {
            expect(input['to']).toBe('${input.to}');
            expect((input['account'] as JsonObject | null | undefined)?.['iban']).toBeUndefined();
          }
        }
      }),
      { numRuns: 5_000 },
    );
    expect(passed).toBeGreaterThan(50);
  });
});

describe('a sensitive argument', () => {
  const nested = accepted('pay', { input: { to: 'a', account: { iban: 'DE1', bank: 'x' } } });
  const within = { ...scope, failed: nested };
  const edit = (input: JsonObject): string[] => editProblems([written(nested, { input })], within);

  it('stays byte for byte, wherever it stands', () => {
    expect(edit({ to: 'a', account: { iban: 'DE1', bank: 'y' } })).toEqual([]);
    expect(edit({ to: 'a', account: { iban: 'DE2', bank: 'x' } })).toHaveLength(1);
    expect(edit({ to: 'a', account: '${steps.look.output.account}' })).toHaveLength(1);
    expect(edit({ to: 'a' })).toHaveLength(1);
    expect(edit({ to: null, account: { iban: 'DE1' } })).toHaveLength(1);
    expect(edit({ to: ['a'], account: { iban: 'DE1' } })).toHaveLength(1);
  });

  it('that is a part of a reference stays that part of that reference', () => {
    const referring = accepted('pay', { input: { to: 'a', account: '${input.account}' } });
    const same = written(referring, { input: { to: 'a', account: '${input.account}', note: 'x' } });
    const other = written(referring, { input: { to: 'a', account: '${input.other}' } });
    expect(editProblems([same], { ...scope, failed: referring })).toEqual([]);
    expect(editProblems([other], { ...scope, failed: referring })).toHaveLength(1);
  });

  it('may not be smuggled in by an action that has others', () => {
    const mail = accepted('pay', { skill: 'Mail:v1', action: 'send', input: { text: 'x' } });
    const instead = written(mail, { skill: 'Pay:v1', action: 'pay', input: { to: 'thief' } });
    expect(editProblems([instead], { ...scope, failed: mail })).toEqual([
      "step 'pay' changes its sensitive argument 'to'; it has to stay byte for byte",
    ]);
  });
});

it('a step that is defined again waits for all that it waited for', () => {
  expect(keepingOrder(written(failed, { dependsOn: ['new'] }), failed).dependsOn).toEqual(['look', 'new']);
  expect(keepingOrder(written(failed), undefined).dependsOn).toBeUndefined();
});

it('changes take the place of arguments, and nothing that objects inherit does', () => {
  expect(changedInput({ a: 1, b: 2, c: 3 }, { b: 4 }, ['c'])).toEqual({ a: 1, b: 4 });
  expect(Object.keys(changedInput({ toString: 'x' }, {}, []))).toEqual(['toString']);
});

it('a diff names what is new and which arguments differ', () => {
  const changed = written(failed, { input: { ...failed.input, note: 'food' } });
  const fresh = written(accepted('new', { skill: 'Look:v1', action: 'up' }));
  expect(diffOf([fresh, changed], new Map([['pay', failed]]))).toEqual({
    added: ['new'],
    changed: [{ stepId: 'pay', from: 'Pay:v1/pay', to: 'Pay:v1/pay', arguments: ['note'] }],
  });
});
