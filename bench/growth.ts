import { parseArgs } from 'node:util';
import { inFreshFolder } from './fresh-folder.ts';
import { growth, measureGrowth } from './growth-rows.ts';
import { printTable } from './table.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const rows = await inFreshFolder('growth', measureGrowth);
  printTable(
    [
      'playbook',
      'steps',
      'bytes/step',
      'write units/step',
      'read units/step',
      'run bytes',
      'run write units',
      'state bytes',
      'transitions/step',
    ],
    rows.map((row) => [
      row.playbook,
      String(row.steps),
      row.bytesPerStep.toFixed(0),
      row.writeUnitsPerStep.toFixed(2),
      row.readUnitsPerStep.toFixed(2),
      String(row.runBytes),
      String(row.runWriteUnits),
      String(row.stateBytes),
      row.transitionsPerStep.toFixed(3),
    ]),
  );
  console.log('\nHow to read this: bench/README.md\n');
  const problems = growth(rows);
  for (const problem of problems) console.error(`NOT FLAT: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  if (values.json) console.log(JSON.stringify({ rows }));
}

await main();
