import { expect, it } from 'vitest';
import { drive, thisProject } from './drive.ts';
import { benignPlans } from './plans.ts';

it('a hundred honest plans are carried out to their end, and at most one approval is enough for 95 of them', async () => {
  const project = await thisProject();
  const driven = await Promise.all(benignPlans.map((plan) => drive(plan, project)));
  expect(driven.filter(({ ended }) => ended !== 'completed')).toEqual([]);
  const eased = driven.filter(({ approvals }) => approvals <= 1);
  expect(eased.length, JSON.stringify(driven.filter(({ approvals }) => approvals > 1))).toBeGreaterThanOrEqual(95);
});
