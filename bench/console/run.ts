import { parseArgs } from 'node:util';
import { buildConsole } from '../../bin/build-console.ts';
import { thisMachine } from '../machine.ts';
import { printTable } from '../table.ts';
import type { Sizes } from './measure.ts';
import { visitConsole } from './measure.ts';
import type { ConsoleRow } from './rows.ts';
import { excesses, rowsOf } from './rows.ts';

const whole: Sizes = { runs: 10_000, longSteps: 1_000, shortSteps: 5, rounds: 7 };
const smoke: Sizes = { runs: 100, longSteps: 100, shortSteps: 5, rounds: 1 };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      rounds: { type: 'string' },
    },
  });
  await buildConsole();
  const sizes = values.smoke ? smoke : { ...whole, ...(values.rounds ? { rounds: Number(values.rounds) } : {}) };
  const rows = rowsOf(await visitConsole(sizes, (line) => console.error(line)));
  print(sizes, rows);
  // A busy machine may be slow; whether it still runs is all that a short run shows.
  const problems = values.smoke ? [] : excesses(rows);
  for (const problem of problems) console.error(`TOO MUCH: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  if (values.json) console.log(JSON.stringify({ ...thisMachine(), ...sizes, rows }));
}

function print({ runs, longSteps, shortSteps, rounds }: Sizes, rows: readonly ConsoleRow[]): void {
  const names = {
    'list of runs': `${runs} runs`,
    'long run': `run of ${longSteps}`,
    'short run': `run of ${shortSteps}`,
  };
  const ms = (value: number | undefined): string => value?.toFixed(0) ?? '';
  const kb = (bytes: number): string => (bytes / 1_000).toFixed(1);
  console.log(
    `\nMedians of ${rounds} visits with an empty cache; milliseconds since the navigation began, KB compressed.\n`,
  );
  printTable(
    ['page', 'FCP', 'LCP', 'TTI', 'TBT', 'CLS', 'files KB', 'answers KB', 'plan', 'details', 'range', 'x short run'],
    rows.map((row) => [
      names[row.page],
      ms(row.firstContentfulPaintMs),
      ms(row.largestContentfulPaintMs),
      ms(row.timeToInteractiveMs),
      ms(row.totalBlockingMs),
      row.layoutShift.toFixed(3),
      kb(row.filesGzipBytes),
      kb(row.answersGzipBytes),
      ms(row.planMs),
      ms(row.detailsMs),
      row.detailsRangeMs?.join(' to ') ?? '',
      row.detailsToShortRun?.toFixed(2) ?? '',
    ]),
  );
  console.log('\nHow to read this: bench/README.md\n');
}

await main();
