import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Item } from '../core/adapters/dynamodb/item.ts';
import { itemSizeBytes } from '../core/adapters/dynamodb/meter.ts';
import { local } from '../local/environment.ts';
import { inFreshFolder } from './fresh-folder.ts';
import type { InProcessEngine } from './embedded-engine.ts';
import { openInProcessEngine } from './embedded-engine.ts';
import { printTable } from './table.ts';

const sizes = [10, 100, 1000] as const;
const playbooks = ['planned', 'incremental'] as const;

/** What one run of that many steps costs and leaves behind, for each step (DESIGN section 14). */
interface GrowthRow {
  readonly playbook: (typeof playbooks)[number];
  readonly steps: number;
  /** Stored in the table and the blob store when the run is over; the index is not counted. */
  readonly bytesPerStep: number;
  /** Of the table and its index. */
  readonly writeUnitsPerStep: number;
  readonly readUnitsPerStep: number;
  /** The largest state that went from one decision to the next. */
  readonly stateBytes: number;
  /** Of the Standard state machine; those of Express cost nothing. */
  readonly transitionsPerStep: number;
}

class Counts {
  writeUnits = 0;
  readUnits = 0;
  blobBytes = 0;
  stateBytes = 0;
  transitions = 0;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const rows = await inFreshFolder('growth', measure);
  printTable(
    ['playbook', 'steps', 'bytes/step', 'write units/step', 'read units/step', 'state bytes', 'transitions/step'],
    rows.map((row) => [
      row.playbook,
      String(row.steps),
      row.bytesPerStep.toFixed(0),
      row.writeUnitsPerStep.toFixed(2),
      row.readUnitsPerStep.toFixed(2),
      String(row.stateBytes),
      row.transitionsPerStep.toFixed(3),
    ]),
  );
  console.log('\nHow to read this: bench/README.md\n');
  if (values.json) console.log(JSON.stringify({ rows }));
}

async function measure(folder: string): Promise<GrowthRow[]> {
  let counts = new Counts();
  const engine = await openInProcessEngine({
    folder: join(folder, 'stack'),
    meter: (entry) => {
      counts.writeUnits += entry.writeUnits + entry.indexWriteUnits;
      counts.readUnits += entry.readUnits;
    },
    onEvent: ({ machineArn, event }) => {
      if (machineArn.startsWith(local.runMachineArnPrefix) && event.type.endsWith('StateEntered'))
        counts.transitions += 1;
    },
    onDecision: (answer) => {
      counts.stateBytes = Math.max(counts.stateBytes, Buffer.byteLength(JSON.stringify(answer)));
    },
    onBlob: (sizeBytes) => {
      counts.blobBytes += sizeBytes;
    },
  });
  try {
    const rows: GrowthRow[] = [];
    for (const playbook of playbooks) {
      for (const steps of sizes) {
        counts = new Counts();
        const { runId } = await engine.run(playbook, steps);
        const { writeUnits, readUnits, blobBytes, stateBytes, transitions } = counts;
        const bytes = blobBytes + (await storedBytes(engine, runId));
        rows.push({
          playbook,
          steps,
          bytesPerStep: bytes / steps,
          writeUnitsPerStep: writeUnits / steps,
          readUnitsPerStep: readUnits / steps,
          stateBytes,
          transitionsPerStep: transitions / steps,
        });
      }
    }
    return rows;
  } finally {
    await engine.close();
  }
}

async function storedBytes({ client }: InProcessEngine, runId: string): Promise<number> {
  let bytes = 0;
  for await (const page of paginateScan({ client }, { TableName: local.table })) {
    for (const attributes of page.Items ?? []) {
      const item = unmarshall(attributes) as Item;
      if (item.PK.endsWith(runId)) bytes += itemSizeBytes(item);
    }
  }
  return bytes;
}

await main();
