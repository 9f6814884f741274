import { parseArgs } from 'node:util';
import { inFreshFolder } from '../fresh-folder.ts';
import { thisMachine } from '../machine.ts';
import { printTable } from '../table.ts';
import type { ThinkResult, TurnRow } from './measure.ts';
import { measureThinking } from './measure.ts';

const measures = ['bytesRead', 'bytesWritten', 'readUnits', 'writeUnits'] as const;
type Measure = (typeof measures)[number] | 'promptBytes';

/** DESIGN section 5: what a turn costs in a long run is within this of what it costs in the shortest one. */
const flatUpTo = 1.1;
/** A prompt tells of more results up to a bound that the shortest run does not reach (bench/README.md). */
const boundedUpTo = 1.05;
/** Of the share of prompts that can be cached, in points of 100. */
const mostLostPoints = 3;

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
  if (values.json) console.log(JSON.stringify({ ...thisMachine(), ...result, rows: result.turns.map(rowOf) }));
}

/** DESIGN section 14. */
function rowOf({ turns, overheadMs, bytesWritten, writeUnits, stableShare }: TurnRow): object {
  return {
    turns,
    ...{ overheadMsPerTurn: overheadMs, bytesPerTurn: bytesWritten, writeUnitsPerTurn: writeUnits },
    cacheableShare: stableShare,
  };
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
      'overhead ms',
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
      row.overheadMs.toFixed(1),
      row.bytesRead.toFixed(0),
      row.bytesWritten.toFixed(0),
      row.readUnits.toFixed(2),
      row.writeUnits.toFixed(2),
      row.promptBytes.toFixed(0),
      String(row.largestPromptBytes),
      percent(row.stableShare),
      percent(row.repeatedShare),
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
  const [shortest, ...longer] = turns;
  if (!shortest) return [];
  const last = turns.slice(-2);
  return [
    ...longer.flatMap((row) => measures.flatMap((measure) => grown(measure, shortest, row, flatUpTo))),
    ...(last[0] && last[1] ? grown('promptBytes', last[0], last[1], boundedUpTo) : []),
    ...longer
      .filter(({ stableShare }) => (shortest.stableShare - stableShare) * 100 > mostLostPoints)
      .map(
        ({ turns: count, stableShare }) =>
          `the cacheable share of prompts is ${percent(shortest.stableShare)} at ${shortest.turns} turns and ${percent(stableShare)} at ${count}; ${mostLostPoints} points less are allowed`,
      ),
  ];
}

function grown(measure: Measure, shorter: TurnRow, longer: TurnRow, upTo: number): string[] {
  if (longer[measure] <= shorter[measure] * upTo) return [];
  return [
    `${measure} of a turn is ${shorter[measure].toFixed(2)} at ${shorter.turns} turns and ${longer[measure].toFixed(2)} at ${longer.turns}; ${upTo} times the former is allowed`,
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function ratios(longer: TurnRow, shorter: TurnRow): string {
  return ([...measures, 'promptBytes'] as const)
    .map((measure) => `${measure} ${(longer[measure] / shorter[measure]).toFixed(2)}`)
    .join(', ');
}

await main();
