import { parseArgs } from 'node:util';
import { inFreshFolder } from './fresh-folder.ts';
import { printTable } from './table.ts';
import { measureRunLists, unevenLists } from './run-list-rows.ts';
import { measureTrace, unevenPages } from './trace-rows.ts';

const smokeSizes = [
  { steps: 60, stepsPerRevision: 1 },
  { steps: 120, stepsPerRevision: 1 },
];
const sizes = [
  ...[100, 1_000, 3_333].map((steps) => ({ steps, stepsPerRevision: 1 })),
  ...[1_000, 2_000].map((steps) => ({ steps, stepsPerRevision: 50 })),
];
/** 302 and 100,000 events: takes minutes, so only on demand. */
const longSizes = [100, 33_333].map((steps) => ({ steps, stepsPerRevision: 1 }));

async function main(): Promise<void> {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ options: { json: flag, smoke: flag, long: flag } });
  const { rows, lists } = await inFreshFolder('trace', async (folder) => ({
    rows: await measureTrace(folder, values.smoke ? smokeSizes : values.long ? longSizes : sizes),
    lists: await measureRunLists(folder, values.smoke ? [60, 120] : [500, 3_000]),
  }));
  printTable(
    ['steps/revision', 'steps', 'events', 'pages', 'read units: first', 'middle', 'last', 'per event', 'ms/page'],
    rows.map((row) => [
      ...[row.stepsPerRevision, row.steps, row.events, row.pages].map(String),
      ...[row.readUnitsFirst, row.readUnitsMiddle, row.readUnitsLast].map((units) => units.toFixed(1)),
      ...[row.readUnitsPerEvent.toFixed(2), row.msPerPage.toFixed(1)],
    ]),
  );
  printTable(
    ['runs', 'filter', 'pages', 'read units: first', 'middle', 'last'],
    lists.map((row) => [
      ...[String(row.runs), row.filter, String(row.pages)],
      ...[row.readUnitsFirst, row.readUnitsMiddle, row.readUnitsLast].map((units) => units.toFixed(1)),
    ]),
  );
  console.log('\nHow to read this: bench/README.md\n');
  const problems = [...(values.smoke ? [] : unevenPages(rows)), ...unevenLists(lists)];
  for (const problem of problems) console.error(`NOT FLAT: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  if (values.json) console.log(JSON.stringify({ rows, lists }));
}

await main();
