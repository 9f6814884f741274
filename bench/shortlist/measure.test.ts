import { expect, it } from 'vitest';
import { leastRecall, measureShortlist, recallAt, shownSkills } from './measure.ts';

it('the skill that a goal needs is among the five that a planner is shown, for 95 of 100 goals over 200 skills', async () => {
  const { skills, outcomes } = await measureShortlist('queries.md');
  expect({ skills, queries: outcomes.length }).toEqual({ skills: 200, queries: 100 });
  expect(recallAt(shownSkills, outcomes)).toBeGreaterThanOrEqual(leastRecall);
});

it('goals that the thesaurus was not made for fare little worse', async () => {
  const { outcomes } = await measureShortlist('held-out.md');
  expect(outcomes).toHaveLength(50);
  expect(recallAt(shownSkills, outcomes)).toBeGreaterThanOrEqual(0.9);
});

it('a query for a skill that is not in the catalogue is refused', async () => {
  await expect(measureShortlist('catalogue/money.md')).rejects.toThrow('no queries');
});
