import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetOf, effectiveBudget, usdMicrosOf, usdText, writtenBudget } from './budget.ts';
import { countDays, dayAfter, dayOf, daysBetween } from './day.ts';

const written = fc.record(
  {
    usd: fc.integer({ min: 1, max: 1_000_000_000_000 }).map((micros) => micros / 1_000_000),
    tokens: fc.integer({ min: 1, max: 1_000_000_000 }),
    steps: fc.integer({ min: 1, max: 100_000 }),
    recoveries: fc.integer({ min: 0, max: 1_000 }),
  },
  { requiredKeys: [] },
);

describe('a budget', () => {
  it('takes every amount of whole micro-dollars up to a million dollars, and keeps it exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000_000 }), (micros) => {
        const usd = micros / 1_000_000;
        expect(writtenBudget.safeParse({ usd })).toMatchObject({ success: true });
        expect(budgetOf({ usd })).toEqual({ usdMicros: micros });
        expect(usdMicrosOf(Number(usdText(micros)))).toBe(micros);
      }),
    );
  });

  it.each([
    { usd: 0.000_000_1 },
    { usd: 1.234_567_8 },
    { usd: 0 },
    { usd: -1 },
    { usd: 1_000_001 },
    { usd: '1' },
    { usd: Number.NaN },
    { tokens: 0 },
    { tokens: 1.5 },
    { steps: 0 },
    { steps: 100_001 },
    { recoveries: -1 },
    { recoveries: 1_001 },
    { euros: 1 },
  ])('does not take %j', (budget) => {
    expect(writtenBudget.safeParse(budget).success).toBe(false);
  });

  it('of a run is, unit by unit, the less of what its agent and its request allow', () => {
    expect(effectiveBudget({ usd: 1, steps: 5 }, { usd: 0.5, tokens: 10, recoveries: 0 })).toEqual({
      usdMicros: 500_000,
      tokens: 10,
      steps: 5,
      recoveries: 0,
    });
    expect(effectiveBudget(undefined, undefined)).toEqual({});
    fc.assert(
      fc.property(written, written, (agent, request) => {
        const effective = effectiveBudget(agent, request);
        expect(effective).toEqual(effectiveBudget(request, agent));
        for (const one of [budgetOf(agent), budgetOf(request)]) {
          expect(effectiveBudget(agent, agent)).toEqual(budgetOf(agent));
          for (const [unit, allowed] of Object.entries(one)) {
            expect(effective[unit as keyof typeof effective]).toBeLessThanOrEqual(allowed);
          }
        }
      }),
    );
  });
});

it('money is written exactly, with at least two decimals', () => {
  const texts = [0, 1, 10, 1_000_000, 12_500_000, 1_234_567, 100_000_000_000_001].map(usdText);
  expect(texts).toEqual(['0.00', '0.000001', '0.00001', '1.00', '12.50', '1.234567', '100000000.000001']);
});

describe('days', () => {
  it('follow each other, over ends of months, years and leap years', () => {
    expect(daysBetween('2027-12-30', '2028-01-02')).toEqual(['2027-12-30', '2027-12-31', '2028-01-01', '2028-01-02']);
    expect(dayAfter('2028-02-28', 1)).toBe('2028-02-29');
    expect(dayAfter('2027-01-01', -1)).toBe('2026-12-31');
    expect(countDays('2028-01-02', '2028-01-01')).toBe(0);
    expect(daysBetween('2028-01-02', '2028-01-01')).toEqual([]);
    expect(dayOf(1_795_737_599_999)).toBe('2026-11-26');
    expect(dayOf(1_795_737_600_000)).toBe('2026-11-27');
  });
});
