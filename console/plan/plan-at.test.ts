import { expect, it } from 'vitest';
import { differencesOf, isEqual } from './plan-difference.ts';
import { planAt, readableInput } from './plan-at.ts';
import type { Revision, RevisionStep } from './plan-at.ts';

const step = (id: string, change: Partial<RevisionStep> = {}): RevisionStep => ({
  ...{ id, skill: 'Trip:v1', action: 'book', input: {}, why: '', optional: false, after: [] },
  ...{ timeoutSeconds: 20, skillHash: 'h', ...change },
});
const revision = (number: number, steps: RevisionStep[], change: Partial<Revision> = {}): Revision => ({
  ...{ revision: number, basedOn: number - 1, author: 'planner', reason: '', final: false, steps },
  ...{ createdAt: '2026-11-28T07:00:00.000Z', ...change },
});
const revisions = [
  revision(3, [step('hotel', { input: { city: 'Oslo' } }), step('car')], { supersedes: ['bus'] }),
  revision(1, [step('flight'), step('hotel'), step('bus')]),
  revision(2, [step('walk')]),
];

it('puts a plan together from its revisions, up to the one that is asked for', () => {
  const ids = (at: number) => planAt(revisions, at).map(({ step: { id }, revision: of, since }) => [id, of, since]);
  expect(ids(0)).toEqual([]);
  expect(ids(1)).toEqual([
    ['flight', 1, 1],
    ['hotel', 1, 1],
    ['bus', 1, 1],
  ]);
  expect(ids(9)).toEqual([
    ['flight', 1, 1],
    ['hotel', 3, 1],
    ['walk', 2, 2],
    ['car', 3, 3],
  ]);
});

it('tells what two plans have in common and what not', () => {
  const told = differencesOf(planAt(revisions, 1), planAt(revisions, 3));
  expect(told.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
    'same flight',
    'changed hotel',
    'removed bus',
    'added walk',
    'added car',
  ]);
  expect(told[1]).toMatchObject({ members: ['input'] });
  expect(differencesOf(planAt(revisions, 3), planAt(revisions, 3)).every(({ kind }) => kind === 'same')).toBe(true);
});

it.each([
  [{ a: 1, b: [2] }, { b: [2], a: 1 }, true],
  [{ a: 1 }, { a: 1, b: undefined }, false],
  [[1, 2], [2, 1], false],
  [[], {}, false],
  [null, {}, false],
  ['1', 1, false],
  [Number.NaN, Number.NaN, true],
])('compares %j with %j', (a, b, equal) => {
  expect(isEqual(a, b)).toBe(equal);
});

it('opens what the engine asks a model, and leaves every other input as it is', () => {
  const asks = step('plan-1', { skill: 'Model:v1', input: { texts: '{"goal":"$\\u007binput}"}' } });
  expect(readableInput(asks)).toEqual({ texts: { goal: '${input}' } });
  const other = { ...asks, skill: 'Trip:v1' };
  expect(readableInput(other)).toEqual(other.input);
});
