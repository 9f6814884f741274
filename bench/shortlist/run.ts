import { parseArgs } from 'node:util';
import { goalSets, judgedBy, leastRecall, measureShortlist, recallAt, shownSkills } from './measure.ts';
import type { ShortlistMeasurement } from './measure.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, queries: { type: 'string' } },
  });
  const judged = values.queries === undefined ? await printAllSets() : await printMisses(values.queries);
  const recallAt5 = recallAt(shownSkills, judged.outcomes);
  if (values.json) {
    console.log(JSON.stringify({ skills: judged.skills, queries: judged.outcomes.length, recallAt5 }));
  }
  if (recallAt5 < leastRecall) process.exitCode = 1;
}

/** Shares only: who sees the misses of a set can no longer be judged by it. */
async function printAllSets(): Promise<ShortlistMeasurement> {
  const measured = new Map<string, ShortlistMeasurement>();
  console.log('goals         number  first  first five  seen when the ranker was made');
  for (const { file, seen } of goalSets) {
    const measurement = await measureShortlist(file);
    measured.set(file, measurement);
    const { outcomes } = measurement;
    const [first, shown] = [recallAt(1, outcomes), recallAt(shownSkills, outcomes)].map((share) => share.toFixed(2));
    console.log(
      [file.padEnd(13), String(outcomes.length).padStart(6), first?.padStart(6), shown?.padStart(11), ` ${seen}`].join(
        ' ',
      ),
    );
  }
  const judged = measured.get(judgedBy);
  if (!judged) throw new Error(`${judgedBy} is none of the measured sets.`);
  console.log(
    `\n${judged.skills} skills; judged by ${judgedBy}, of which ${leastRecall} must be among the first ${shownSkills}`,
  );
  return judged;
}

async function printMisses(file: string): Promise<ShortlistMeasurement> {
  const measurement = await measureShortlist(file);
  for (const { text, expected, place, shown } of measurement.outcomes) {
    if (place >= 1 && place <= shownSkills) continue;
    const where = place === 0 ? 'not found' : `at place ${place}`;
    console.log(`missed: ${text}\n  ${expected} is ${where}; shown: ${shown.join(', ')}`);
  }
  const recallAt5 = recallAt(shownSkills, measurement.outcomes);
  console.log(`${measurement.outcomes.length} goals of ${file}: ${recallAt5} among the first ${shownSkills}`);
  return measurement;
}

await main();
