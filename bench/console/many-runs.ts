import { createDynamoStores, createTable } from '../../core/adapters/dynamodb/index.ts';
import { local } from '../../local/environment.ts';
import { openDataDirectory } from '../../test/fixtures/data-directory.ts';

const atOnce = 32;
const dayMs = 86_400_000;

/** Leaves so many runs that are over in a data directory, as the engine would have; no platform may have it open. */
export async function leaveRuns(dataDirectory: string, count: number): Promise<void> {
  const { client, close } = await openDataDirectory(dataDirectory);
  try {
    await createTable(client, local.table);
    const { runs } = createDynamoStores({ client, tableName: local.table });
    const beganMs = Date.now() - dayMs;
    for (let first = 0; first < count; first += atOnce) {
      const batch = Array.from({ length: Math.min(atOnce, count - first) }, (_, index) => first + index);
      await Promise.all(batch.map((number) => leaveRun(runs, number, beganMs)));
    }
  } finally {
    await close();
  }
}

type Runs = ReturnType<typeof createDynamoStores>['runs'];

async function leaveRun(runs: Runs, number: number, beganMs: number): Promise<void> {
  const createdAtMs = beganMs + number * 1_000;
  const run = { tenantId: 'default', runId: `run-${String(number).padStart(26, '0')}`, agent: 'pacer' };
  await runs.createRun(
    {
      ...{ ...run, goal: `Count ${number} to its end`, playbook: 'pace', input: { steps: 1 }, untrusted: [] },
      ...{ labels: {}, budget: {}, requestedBy: 'bench', createdAtMs },
    },
    {
      ...{ ...run, status: number % 7 === 0 ? 'failed' : 'completed', generation: 1, version: 3, writeToken: 'w' },
      ...{ revision: 1, window: [], stepsRetired: 1, burstsInGeneration: 1, lost: {}, occurrences: {} },
      ...{ deadlineMs: createdAtMs + dayMs, createdAtMs, updatedAtMs: createdAtMs + 900 },
    },
  );
}
