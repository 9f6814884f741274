import { join } from 'node:path';
import { createDynamoStores, createTable } from '../core/adapters/dynamodb/index.ts';
import { local } from '../local/environment.ts';
import { openDataDirectory } from '../test/fixtures/data-directory.ts';
import { headOfBench, requestOfBench } from './trace-rows.ts';

const pageRuns = 20;
const writesAtOnce = 16;
/** Every so many runs one has failed, which is what an operator looks for. */
const failedEvery = 50;

/** What pages of a list of runs cost to read. */
export interface RunListRow {
  readonly runs: number;
  readonly filter: string;
  readonly pages: number;
  readonly readUnitsFirst: number;
  readonly readUnitsMiddle: number;
  readonly readUnitsLast: number;
}

/** Reads every page of lists of so many runs, in an embedded DynamoDB in `folder`. */
export async function measureRunLists(folder: string, sizes: readonly number[]): Promise<RunListRow[]> {
  const { client, close } = await openDataDirectory(join(folder, 'lists'));
  let readUnits = 0;
  await createTable(client, local.table);
  const { runs } = createDynamoStores({
    ...{ client, tableName: local.table },
    meter: (entry) => {
      readUnits += entry.readUnits;
    },
  });
  try {
    const rows: RunListRow[] = [];
    for (const size of sizes) {
      const tenantId = `bench-${size}`;
      for (let from = 0; from < size; from += writesAtOnce) {
        const numbers = Array.from({ length: Math.min(writesAtOnce, size - from) }, (_, index) => from + index);
        await Promise.all(
          numbers.map((number) => {
            const status = number % failedEvery === 0 ? ('failed' as const) : ('completed' as const);
            const head = { ...headOfBench(tenantId, number, 0), status };
            return runs.createRun(requestOfBench(head, 0), { ...head, createdAtMs: head.createdAtMs + number });
          }),
        );
      }
      for (const statuses of [undefined, ['failed'] as const]) {
        const pages: number[] = [];
        let cursor: string | undefined;
        do {
          readUnits = 0;
          ({ nextCursor: cursor } = await runs.listRuns({ tenantId, limit: pageRuns, cursor, statuses }));
          pages.push(readUnits);
        } while (cursor !== undefined);
        rows.push({
          ...{ runs: size, filter: statuses ? `status=${statuses.join()}` : 'none', pages: pages.length },
          readUnitsFirst: pages[0] ?? 0,
          readUnitsMiddle: pages[Math.floor(pages.length / 2)] ?? 0,
          readUnitsLast: pages.at(-1) ?? 0,
        });
      }
    }
    return rows;
  } finally {
    await close();
  }
}

/** Lists whose pages cost more in a long list than in a short one. */
export function unevenLists(rows: readonly RunListRow[]): string[] {
  const whole = rows.filter(({ filter }) => filter === 'none');
  const costs = whole.flatMap((row) => [row.readUnitsFirst, row.readUnitsMiddle]);
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  return most / least <= 1.1 ? [] : [`pages of lists cost from ${least} to ${most} read units`];
}
