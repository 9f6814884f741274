import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Engine, Skipped } from './engines.ts';
import { engineNames, floorEngine, openEngines, ownClientEngine } from './engines.ts';
import { inFreshFolder } from './fresh-folder.ts';
import type { Machine } from './machine.ts';
import { thisMachine } from './machine.ts';
import type { RemoteLane } from './remote-lane.ts';
import type { Row, Sample } from './rows.ts';
import { rowsOf } from './rows.ts';
import { printTable } from './table.ts';

interface Extent {
  readonly warmUp: { readonly steps: number; readonly runs: number };
  readonly sizes: readonly { readonly steps: number; readonly rounds: number }[];
}

/** Short runs are noisier, and cheap to repeat. */
const full: Extent = {
  warmUp: { steps: 400, runs: 5 },
  sizes: [
    { steps: 10, rounds: 21 },
    { steps: 100, rounds: 11 },
    { steps: 1000, rounds: 5 },
  ],
};
/** Shows that every engine still runs; its numbers mean nothing. */
const smoke: Extent = { warmUp: { steps: 10, runs: 1 }, sizes: [{ steps: 10, rounds: 2 }] };

/** Between two runs: what the one before has left to be collected or compacted should not fall on the next. */
const settleMs = 100;
const usage = `npm run bench [-- --json] [-- --smoke] [-- --engines ${engineNames.join(',')}] [-- --save FILE]`;

interface Result extends Machine {
  readonly floor: string;
  readonly rows: readonly Row[];
  readonly setups: Readonly<Record<string, string>>;
  readonly skipped: readonly Skipped[];
}

async function main(): Promise<void> {
  const options = readOptions();
  const result = await inFreshFolder('steps', (folder) => run(options.engines, options.extent, folder));
  print(result);
  if (options.save !== undefined) writeFileSync(options.save, `${JSON.stringify(result, undefined, 2)}\n`);
  if (options.json) console.log(JSON.stringify(result));
}

function readOptions(): { json: boolean; extent: Extent; engines: readonly string[]; save: string | undefined } {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      engines: { type: 'string' },
      save: { type: 'string' },
    },
  });
  const engines = values.engines?.split(',') ?? engineNames;
  const unknown = engines.find((name) => !engineNames.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`--engines names '${unknown}'; the engines are ${engineNames.join(', ')}. Usage: ${usage}`);
  }
  return { json: values.json, extent: values.smoke ? smoke : full, engines, save: values.save };
}

async function run(wanted: readonly string[], { warmUp, sizes }: Extent, folder: string): Promise<Result> {
  const lanes: RemoteLane[] = [];
  try {
    const { engines, skipped } = await openEngines(wanted, folder, lanes);
    for (const { name, lane } of engines) {
      progress(`warming up ${name}`);
      for (let run = 0; run < warmUp.runs; run += 1) await lane.runSteps(name, warmUp.steps);
    }
    const rows = await measure(engines, sizes);
    const setups: Record<string, string> = {};
    for (const { name, lane } of engines) setups[name] = await lane.setup(name);
    // The stack goes last: the floor still talks to its DynamoDB.
    for (const lane of lanes.toReversed()) await lane.close();
    return { ...thisMachine(), floor: floorEngine, rows, setups, skipped };
  } finally {
    for (const lane of lanes) lane.kill();
  }
}

/**
 * Each engine once in each round, in an order drawn anew: whatever disturbs the machine hits all alike, and so does
 * what an engine leaves its successor to wait for.
 */
async function measure(engines: readonly Engine[], sizes: Extent['sizes']): Promise<Row[]> {
  const samples: Sample[] = [];
  const peaks = new Map<string, number>();
  for (const { steps, rounds } of sizes) {
    for (let round = 0; round < rounds; round += 1) {
      progress(`${steps} steps, round ${round + 1} of ${rounds}`);
      for (const { name, lane } of shuffled(engines)) {
        await sleep(settleMs);
        samples.push({ engine: name, steps, round, ms: await lane.runSteps(name, steps) });
      }
    }
    for (const { name, lane } of engines) peaks.set(`${name} ${steps}`, await lane.peakRssMb());
  }
  progress('');
  const rows = rowsOf(
    samples,
    { floor: floorEngine, ownClient: ownClientEngine },
    (engine, steps) => peaks.get(`${engine} ${steps}`) ?? Number.NaN,
  );
  return rows.toSorted((a, b) => a.steps - b.steps || engineNames.indexOf(a.engine) - engineNames.indexOf(b.engine));
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, rank: Math.random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ value }) => value);
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function print({ cores, node, rows, setups, skipped }: Result): void {
  console.log(`\nDurable steps, one after another. ${cores} cores, Node ${node}. Medians; ranges are min to max.\n`);
  printTable(
    ['engine', 'steps', 'runs', 'ms/step', 'range', 'steps/s', 'x floor', 'x own client', 'peak MiB'],
    rows.map((row) => [
      row.engine,
      String(row.steps),
      String(row.runs),
      row.msPerStep.toFixed(3),
      row.msPerStepRange.map((ms) => ms.toFixed(2)).join(' - '),
      row.stepsPerSecond.toFixed(0),
      row.ratioToFloor?.toFixed(2) ?? '-',
      row.ratioToOwnClient?.toFixed(2) ?? '-',
      row.peakRssMb.toFixed(0),
    ]),
  );
  console.log();
  for (const [engine, setup] of Object.entries(setups)) console.log(`${engine}: ${setup}`);
  for (const { engine, reason } of skipped) console.log(`${engine}: NOT MEASURED. ${reason}`);
  console.log(`\nThe floor is ${floorEngine}; 'own client' is ${ownClientEngine}. How to read this: bench/README.md\n`);
}

await main();
