import { parseArgs } from 'node:util';
import { inFreshFolder } from './fresh-folder.ts';
import { printTable } from './table.ts';
import { measureTrace, unevenPages } from './trace-rows.ts';

const sizes = [
  ...[100, 1_000, 3_333].map((steps) => ({ steps, stepsPerRevision: 1 })),
  ...[1_000, 2_000].map((steps) => ({ steps, stepsPerRevision: 50 })),
];

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const rows = await inFreshFolder('trace', (folder) => measureTrace(folder, sizes));
  printTable(
    ['steps/revision', 'steps', 'events', 'pages', 'read units: first', 'middle', 'last', 'per event', 'ms/page'],
    rows.map((row) => [
      ...[row.stepsPerRevision, row.steps, row.events, row.pages].map(String),
      ...[row.readUnitsFirst, row.readUnitsMiddle, row.readUnitsLast].map((units) => units.toFixed(1)),
      ...[row.readUnitsPerEvent.toFixed(2), row.msPerPage.toFixed(1)],
    ]),
  );
  console.log('\nHow to read this: bench/README.md\n');
  const problems = unevenPages(rows);
  for (const problem of problems) console.error(`NOT FLAT: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  if (values.json) console.log(JSON.stringify({ rows }));
}

await main();
