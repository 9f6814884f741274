import { join } from 'node:path';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { MeterEntry } from '../core/adapters/dynamodb/index.ts';
import type { Item } from '../core/adapters/dynamodb/item.ts';
import { itemSizeBytes } from '../core/adapters/dynamodb/meter.ts';
import { local } from '../local/environment.ts';
import type { InProcessEngine } from './embedded-engine.ts';
import { openInProcessEngine } from './embedded-engine.ts';

const sizes = [10, 100, 1000] as const;
const playbooks = ['planned', 'incremental'] as const;

/** DESIGN section 5: what a step costs at 1,000 steps is within this share of what it costs at 10. */
const flatWithin = 0.1;

/** What one run of that many steps costs and leaves behind (DESIGN section 14). */
export interface GrowthRow {
  readonly playbook: (typeof playbooks)[number];
  readonly steps: number;
  /** Stored in the table and the blob store for the steps: their ledger items and plan revisions. The index is not counted. */
  readonly bytesPerStep: number;
  /** Of the steps' ledger items and plan revisions, and of the head between its first and last write; index included. */
  readonly writeUnitsPerStep: number;
  /** Of everything that the run reads. */
  readonly readUnitsPerStep: number;
  /** What a run leaves behind whatever its length: its request and its head. */
  readonly runBytes: number;
  /** What a run writes whatever its length: its request, and its head when it is made, when it begins and when it ends. */
  readonly runWriteUnits: number;
  /** The largest state that went from one decision to the next. */
  readonly stateBytes: number;
  /** Of the Standard state machine; those of Express cost nothing. */
  readonly transitionsPerStep: number;
}

class Counts {
  stepWriteUnits = 0;
  runWriteUnits = 0;
  headWrites: number[] = [];
  readUnits = 0;
  blobBytes = 0;
  stateBytes = 0;
  transitions = 0;

  add(entry: MeterEntry): void {
    const units = entry.writeUnits + entry.indexWriteUnits;
    this.readUnits += entry.readUnits;
    if (entry.label === 'runs.writeHead') this.headWrites.push(units);
    else if (entry.label.startsWith('ledger.') || entry.label.startsWith('runs.write plan')) {
      this.stepWriteUnits += units;
    } else this.runWriteUnits += units;
  }

  /** The first head write shows that the run has begun, the last one how it ended; the others are due by time and burst. */
  split(): { readonly ofSteps: number; readonly ofRun: number } {
    const between = this.headWrites.slice(1, -1).reduce((sum, units) => sum + units, 0);
    const all = this.headWrites.reduce((sum, units) => sum + units, 0);
    return { ofSteps: this.stepWriteUnits + between, ofRun: this.runWriteUnits + all - between };
  }
}

/** Runs each playbook with 10, 100 and 1,000 sequential steps on an embedded DynamoDB in `folder`, and counts. */
export async function measureGrowth(folder: string): Promise<GrowthRow[]> {
  let counts = new Counts();
  const engine = await openInProcessEngine({
    folder: join(folder, 'stack'),
    meter: (entry) => counts.add(entry),
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
        const { runId } = await engine.run({ agent: 'looper', playbook, input: { steps } });
        const { readUnits, blobBytes, stateBytes, transitions } = counts;
        const writeUnits = counts.split();
        const bytes = await storedBytes(engine, runId);
        rows.push({
          playbook,
          steps,
          bytesPerStep: (bytes.ofSteps + blobBytes) / steps,
          writeUnitsPerStep: writeUnits.ofSteps / steps,
          readUnitsPerStep: readUnits / steps,
          runBytes: bytes.ofRun,
          runWriteUnits: writeUnits.ofRun,
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

/** Says of each playbook and measure that is not flat within 10 % what it was; nothing when all are. */
export function growth(rows: readonly GrowthRow[]): string[] {
  return playbooks.flatMap((playbook) => {
    const own = rows.filter((row) => row.playbook === playbook);
    return (['bytesPerStep', 'writeUnitsPerStep'] as const).flatMap((measure) => {
      const values = own.map((row) => row[measure]);
      const [shortest = Number.NaN] = values;
      if (values.every((value) => Math.abs(value / shortest - 1) <= flatWithin)) return [];
      const each = own.map((row) => `${row[measure].toFixed(2)} at ${row.steps}`).join(', ');
      return [`${playbook}: ${measure} is ${each} steps; ${flatWithin * 100} % of the first is allowed`];
    });
  });
}

async function storedBytes(
  { client }: InProcessEngine,
  runId: string,
): Promise<{ readonly ofSteps: number; readonly ofRun: number }> {
  let ofSteps = 0;
  let ofRun = 0;
  for await (const page of paginateScan({ client }, { TableName: local.table })) {
    for (const attributes of page.Items ?? []) {
      const item = unmarshall(attributes) as Item;
      if (!item.PK.endsWith(runId)) continue;
      if (item.SK.startsWith('STEP#') || item.SK.startsWith('PLAN#')) ofSteps += itemSizeBytes(item);
      else ofRun += itemSizeBytes(item);
    }
  }
  return { ofSteps, ofRun };
}
