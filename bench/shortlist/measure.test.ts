import { expect, it } from 'vitest';
import { goalSets, leastRecall, measureShortlist, recallAt, shownSkills } from './measure.ts';

it.each(goalSets)(
  'the skill that a goal of $file needs is among the five of 200 that a planner is shown, for 95 of 100 goals',
  async ({ file }) => {
    const { skills, outcomes } = await measureShortlist(file);
    expect(skills).toBe(200);
    expect(outcomes.length).toBeGreaterThanOrEqual(50);
    expect(recallAt(shownSkills, outcomes)).toBeGreaterThanOrEqual(leastRecall);
  },
);

it('the two sets that judge the ranker have one goal for every skill of the catalogue', async () => {
  const sets = await Promise.all(['fresh.md', 'reserve.md'].map((file) => measureShortlist(file)));
  expect(new Set(sets.flatMap(({ outcomes }) => outcomes.map(({ expected }) => expected))).size).toBe(200);
});

it('a query for a skill that is not in the catalogue is refused', async () => {
  await expect(measureShortlist('catalogue/money.md')).rejects.toThrow('no queries');
});
