import { expect, it } from 'vitest';
import { drive, leastPassed, passes, thisProject } from './drive.ts';
import { benignPlans } from './plans.ts';

it('a hundred honest plans are carried out to their end, and at most one approval is enough for 95 of them', async () => {
  const project = await thisProject();
  const driven = await Promise.all(benignPlans.map((plan) => drive(plan, project)));
  expect(driven).toHaveLength(100);
  expect(driven.filter(({ ended }) => ended !== 'completed')).toEqual([]);
  const asking = driven.filter((one) => !passes(one));
  expect(driven.length - asking.length, JSON.stringify(asking)).toBeGreaterThanOrEqual(leastPassed);
});
