import { parseArgs } from 'node:util';
import { inFreshFolder } from '../fresh-folder.ts';
import { thisMachine } from '../machine.ts';
import { printTable } from '../table.ts';
import type { ThinkResult, TurnRow } from './measure.ts';
import { measureThinking } from './measure.ts';

const measures = ['bytesRead', 'bytesWritten', 'readUnits', 'writeUnits', 'promptBytes'] as const;

/** Of the longest run to the one before it: what fills up at first is full by then (bench/README.md). */
const flatUpTo = 1.15;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, smoke: { type: 'boolean', default: false } },
  });
  const sizes = values.smoke ? [2, 4, 6] : [10, 100, 500];
  const result = await inFreshFolder('think', (folder) => measureThinking(folder, sizes));
  print(result);
  for (const problem of growth(result.turns)) {
    console.error(`NOT FLAT: ${problem}`);
    process.exitCode = 1;
  }
  if (values.json) console.log(JSON.stringify({ ...thisMachine(), ...result }));
}

function print({ times, turns }: ThinkResult): void {
  const skillMs = times.find(({ step }) => step === 'skill step')?.medianMs ?? Number.NaN;
  console.log('\nA step from the end of the one before it, without the time of the model.\n');
  printTable(
    ['step', 'steps', 'median ms', 'p90 ms', 'x skill step'],
    times.map((row) => [
      row.step,
      String(row.steps),
      row.medianMs.toFixed(2),
      row.p90Ms.toFixed(2),
      (row.medianMs / skillMs).toFixed(2),
    ]),
  );
  console.log('\nEach turn of a goal run: a model plans one step, and it is carried out.\n');
  printTable(
    [
      'turns',
      'bytes read',
      'bytes written',
      'read units',
      'write units',
      'prompt bytes',
      'largest prompt',
      'cacheable',
      'repeated',
      'state bytes',
    ],
    turns.map((row) => [
      String(row.turns),
      row.bytesRead.toFixed(0),
      row.bytesWritten.toFixed(0),
      row.readUnits.toFixed(2),
      row.writeUnits.toFixed(2),
      row.promptBytes.toFixed(0),
      String(row.largestPromptBytes),
      `${(row.stableShare * 100).toFixed(1)} %`,
      `${(row.repeatedShare * 100).toFixed(1)} %`,
      String(row.stateBytes),
    ]),
  );
  const longest = turns.at(-1);
  for (const shorter of longest ? turns.slice(0, -1) : []) {
    console.log(`\n${longest?.turns} turns to ${shorter.turns}, each turn: ${longest ? ratios(longest, shorter) : ''}`);
  }
  console.log('\nHow to read this: bench/README.md\n');
}

/** Says of each measure that grows with the run what it was. */
function growth(turns: readonly TurnRow[]): string[] {
  const [shorter, longer] = turns.slice(-2);
  if (!shorter || !longer) return [];
  return measures
    .filter((measure) => longer[measure] > shorter[measure] * flatUpTo)
    .map(
      (measure) =>
        `${measure} of a turn is ${shorter[measure].toFixed(2)} at ${shorter.turns} turns and ${longer[measure].toFixed(2)} at ${longer.turns}; ${flatUpTo} times the former is allowed`,
    );
}

function ratios(longer: TurnRow, shorter: TurnRow): string {
  return measures.map((measure) => `${measure} ${(longer[measure] / shorter[measure]).toFixed(2)}`).join(', ');
}

await main();
