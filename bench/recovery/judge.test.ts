import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeModels } from '../../test/fixtures/fake-models.ts';
import { startFakeModels } from '../../test/fixtures/fake-models.ts';
import { judge } from './judge.ts';
import type { Entry } from './market.ts';
import { play } from './play.ts';
import type { Played } from './play.ts';
import type { PersonDecides, Scenario } from './scenario.ts';
import { mended, person } from './scenario.ts';
import { allKept, partyWith } from './scenarios/party.ts';
import { missed, tallied } from './tally.ts';
import type { Verdict } from './tally.ts';

let models: FakeModels;
beforeAll(async () => {
  models = await startFakeModels();
});
afterAll(() => models.stop());

const whole = mended('nothing goes wrong', allKept);
const lostTaxi: PersonDecides = person('nobody knows', {
  ...{ kind: 'inDoubt', stepId: 'taxi', class: 'inDoubt', says: 'the answer was lost', attempts: 1, book: allKept },
});
const well: Scenario = { name: 'well', about: 'bug', given: () => partyWith([]), expected: {} };
const doubtful: Scenario = {
  ...well,
  given: () => partyWith([{ at: 'Taxi:v1/call', fault: 'apply-then-drop' }]),
};
const played = (scenario: Scenario): Promise<Played> => play(scenario, 'rules', models);

function entry({ market }: Played, wish: string): Entry {
  const [found] = market.of(wish);
  if (!found) throw new Error(`The book has no ${wish}.`);
  return found;
}

describe('the judge', () => {
  it('believes a party that took place, and an item that tells all', async () => {
    expect(judge(await played(well), whole).verdict).toBe('recovered');
    expect(judge(await played(doubtful), lostTaxi).verdict).toBe('escalatedRightly');
  });

  it('finds an order too many, and a cancellation too many', async () => {
    const twice = await played(well);
    twice.market.book.push({ ...entry(twice, 'hall'), orderId: 'hall-9' });
    expect(judge(twice, whole)).toMatchObject({ verdict: 'wrong', duplicateEffects: 1 });
    const canceled = await played(well);
    entry(canceled, 'hall').canceled = 2;
    expect(judge(canceled, whole)).toMatchObject({ verdict: 'wrong', duplicateEffects: 1, lostEffects: 1 });
  });

  it('finds what is said to be done and is not, and what is done and not told', async () => {
    const lost = await played(well);
    lost.market.book.pop();
    expect(judge(lost, whole)).toMatchObject({ verdict: 'wrong', lostEffects: 1 });
    const untold = await played(doubtful);
    const { result } = untold;
    const steps = result.steps.map((step) => (step.id === 'taxi' ? { ...step, status: 'failed' as const } : step));
    expect(judge({ ...untold, result: { ...result, steps } }, lostTaxi)).toMatchObject({
      ...{ verdict: 'wrong', lostEffects: 1 },
      why: ["'taxi' is in the book, and is said to be failed"],
    });
  });

  it('finds a run that goes on where a person had to decide, and one that asks where nobody is needed', async () => {
    expect(judge(await played(well), lostTaxi).verdict).toBe('wrong');
    expect(judge(await played(doubtful), whole).verdict).toBe('escalatedNeedlessly');
  });

  it('finds an output that no order of the book has', async () => {
    const strange = await played(well);
    const judged = judge({ ...strange, result: { ...strange.result, output: { hall: 'hall-9' } } }, whole);
    expect(judged).toMatchObject({ verdict: 'wrong', why: [expect.stringContaining('"hall-9"')] });
  });

  const other: [string, Partial<PersonDecides>][] = [
    ['of another kind', { kind: 'failure' }],
    ['of another step', { stepId: 'food' }],
    ['of another class', { class: 'timeout' }],
    ['without the words of the failure', { says: 'the moon' }],
    ['without what was tried', { tried: ['retry'] }],
    ['without its attempts', { attempts: 2 }],
  ];
  it.each(other)('finds an item %s', async (_name, more) => {
    const judged = judge(await played(doubtful), { ...lostTaxi, ...more });
    expect(judged).toMatchObject({ verdict: 'escalatedPoorly', duplicateEffects: 0, lostEffects: 0 });
    expect(judged.why.length).toBeGreaterThan(0);
  });
});

describe('the goal', () => {
  const verdict = (name: Verdict['verdict'], recoverable: boolean, more: Partial<Verdict> = {}): Verdict => ({
    ...{ scenario: name, about: 'bug', mode: 'rules', verdict: name, recoverable, why: [] },
    ...{ duplicateEffects: 0, lostEffects: 0 },
    ...more,
  });
  const nine = Array.from({ length: 9 }, () => verdict('recovered', true));

  it('is reached with one of ten asked about needlessly, and missed with two', () => {
    const once = verdict('escalatedNeedlessly', true);
    expect(missed('all', tallied([...nine, once]))).toEqual([]);
    expect(missed('all', tallied([...nine, once, once]))).toHaveLength(1);
  });

  it('is missed with a single one that is wrong, poorly told, doubled or lost', () => {
    const bad = [
      verdict('wrong', true),
      verdict('escalatedPoorly', false),
      verdict('recovered', true, { duplicateEffects: 1 }),
      verdict('recovered', true, { lostEffects: 1 }),
    ];
    for (const one of bad) expect(missed('all', tallied([...nine, one])).length, one.verdict).toBeGreaterThan(0);
  });
});
