import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installLanggraph } from './langgraph-install.ts';
import { thisMachine } from './machine.ts';
import { RemoteLane } from './remote-lane.ts';
import type { Row, Sample } from './rows.ts';
import { rowsOf } from './rows.ts';

const floorEngine = 'dynamodb-put-item';
/** In this order; the first starts the stack whose DynamoDB the floor writes to. */
const engines = ['holdfast', 'dynamodb-put-item', 'sqlite-insert', 'langgraph-sqlite'] as const;
type Engine = (typeof engines)[number];

const modules: Readonly<Record<Engine, string>> = {
  holdfast: './lanes/holdfast.ts',
  'dynamodb-put-item': './lanes/dynamodb-put-item.ts',
  'sqlite-insert': './lanes/sqlite-insert.ts',
  'langgraph-sqlite': './langgraph/lane.ts',
};

/** Short runs are noisier, and cheap to repeat. */
const sizes = [
  { steps: 10, rounds: 21 },
  { steps: 100, rounds: 11 },
  { steps: 1000, rounds: 5 },
] as const;
const warmUp = { steps: 300, runs: 4 };

const usage = `npm run bench [-- --json] [--engines ${engines.join(',')}] [--save FILE]`;

interface Skipped {
  readonly engine: string;
  readonly reason: string;
}

async function main(): Promise<void> {
  const options = readOptions();
  const folder = freshFolder();
  const lanes: RemoteLane[] = [];
  try {
    const skipped = await openLanes(options.engines, folder, lanes);
    for (const lane of lanes) {
      for (let run = 0; run < warmUp.runs; run += 1) await lane.runSteps(warmUp.steps);
    }
    const rows = await measure(lanes);
    const setups = Object.fromEntries(await Promise.all(lanes.map(async (lane) => [lane.engine, await lane.setup()])));
    const result = { ...thisMachine(), floor: floorEngine, rows, setups, skipped };
    print(result);
    if (options.save !== undefined) writeFileSync(options.save, `${JSON.stringify(result, undefined, 2)}\n`);
    if (options.json) console.log(JSON.stringify(result));
    // The stack goes last: the floor still talks to its DynamoDB.
    for (const lane of lanes.toReversed()) await lane.close();
  } finally {
    for (const lane of lanes) lane.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readOptions(): { json: boolean; engines: readonly Engine[]; save: string | undefined } {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, engines: { type: 'string' }, save: { type: 'string' } },
  });
  const wanted = values.engines?.split(',') ?? [...engines];
  const unknown = wanted.find((name) => !engines.some((engine) => engine === name));
  if (unknown !== undefined) {
    throw new TypeError(`--engines names '${unknown}'; the engines are ${engines.join(', ')}. Usage: ${usage}`);
  }
  return { json: values.json, engines: engines.filter((engine) => wanted.includes(engine)), save: values.save };
}

/** Under the repository, not in the temporary folder of the system: that may be memory, where a sync costs nothing. */
function freshFolder(): string {
  const parent = join(import.meta.dirname, '..', '.holdfast');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, 'bench-'));
}

async function openLanes(wanted: readonly Engine[], folder: string, lanes: RemoteLane[]): Promise<Skipped[]> {
  const skipped: Skipped[] = [];
  for (const engine of wanted) {
    const problem = engine === 'langgraph-sqlite' ? installLanggraph() : undefined;
    if (problem !== undefined) {
      skipped.push({ engine, reason: problem });
      continue;
    }
    const dynamoEndpoint = lanes.map((lane) => lane.dynamoEndpoint).find((endpoint) => endpoint !== undefined);
    const moduleUrl = new URL(modules[engine], import.meta.url).href;
    lanes.push(await RemoteLane.open(engine, moduleUrl, { folder: join(folder, engine), dynamoEndpoint }));
  }
  return skipped;
}

/** One engine after the other in each round, a different one first each time: whatever disturbs the machine hits all. */
async function measure(lanes: readonly RemoteLane[]): Promise<Row[]> {
  const samples: Sample[] = [];
  const peaks = new Map<string, number>();
  for (const { steps, rounds } of sizes) {
    for (let round = 0; round < rounds; round += 1) {
      progress(`${steps} steps, round ${round + 1} of ${rounds}`);
      for (let turn = 0; turn < lanes.length; turn += 1) {
        const lane = lanes[(round + turn) % lanes.length];
        if (lane) samples.push({ engine: lane.engine, steps, round, ms: await lane.runSteps(steps) });
      }
    }
    for (const lane of lanes) peaks.set(`${lane.engine} ${steps}`, await lane.peakRssMb());
  }
  progress('');
  return rowsOf(samples, floorEngine, (engine, steps) => peaks.get(`${engine} ${steps}`) ?? Number.NaN);
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function print(result: {
  readonly cores: number;
  readonly node: string;
  readonly rows: readonly Row[];
  readonly setups: Readonly<Record<string, string>>;
  readonly skipped: readonly Skipped[];
}): void {
  console.log(
    `\nOne durable step, sequentially. ${result.cores} cores, Node ${result.node}. Medians; ranges are min to max.\n`,
  );
  const cells = result.rows
    .toSorted((a, b) => a.steps - b.steps || engineOrder(a.engine) - engineOrder(b.engine))
    .map((row) => [
      row.engine,
      String(row.steps),
      String(row.runs),
      row.msPerStep.toFixed(3),
      row.msPerStepRange.map((ms) => ms.toFixed(2)).join(' - '),
      row.stepsPerSecond.toFixed(0),
      row.ratioToFloor === null ? '-' : row.ratioToFloor.toFixed(2),
      row.peakRssMb.toFixed(0),
    ]);
  const heads = ['engine', 'steps', 'runs', 'ms/step', 'range', 'steps/s', 'x floor', 'peak MiB'];
  const widths = heads.map((head, column) => Math.max(head.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  for (const row of [heads, ...cells]) console.log(line(row));
  console.log();
  for (const [engine, setup] of Object.entries(result.setups)) console.log(`${engine}: ${setup}`);
  for (const { engine, reason } of result.skipped) console.log(`${engine}: NOT MEASURED, ${reason}`);
  console.log('floor: dynamodb-put-item. How to read this: bench/README.md\n');
}

function engineOrder(engine: string): number {
  return engines.findIndex((known) => known === engine);
}

await main();
