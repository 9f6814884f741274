import { parseArgs } from 'node:util';
import { leastRecall, measureShortlist, recallAt, shownSkills } from './measure.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, queries: { type: 'string', default: 'queries.md' } },
  });
  const { skills, outcomes } = await measureShortlist(values.queries);
  for (const { text, expected, place, shown } of outcomes) {
    if (place >= 1 && place <= shownSkills) continue;
    const where = place === 0 ? 'not found' : `at place ${place}`;
    console.log(`missed: ${text}\n  ${expected} is ${where}; shown: ${shown.join(', ')}`);
  }
  const recallAt5 = recallAt(shownSkills, outcomes);
  console.log(`\n${skills} skills, ${outcomes.length} queries of ${values.queries}`);
  console.log(`the right skill is the first one: ${recallAt(1, outcomes)}`);
  console.log(`it is among the first ${shownSkills}:      ${recallAt5} (at least ${leastRecall})`);
  if (values.json) console.log(JSON.stringify({ skills, queries: outcomes.length, recallAt5 }));
  if (recallAt5 < leastRecall) process.exitCode = 1;
}

await main();
