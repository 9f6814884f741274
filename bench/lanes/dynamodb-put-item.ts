import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createDynamoClient } from '../../core/adapters/dynamodb/client.ts';
import { createTable } from '../../core/adapters/dynamodb/create-table.ts';
import { startEmulators } from '../../local/emulators/start-emulators.ts';
import type { Lane, LaneOptions } from '../lane.ts';
import { timed } from '../lane.ts';

const tableName = 'holdfast-bench-floor';

/**
 * The floor: one unconditional PutItem after another, through the client that the product itself uses, against the
 * embedded DynamoDB of the running stack. The items are new, as large as a ledger item, and outside the index.
 */
export async function open({ folder, dynamoEndpoint }: LaneOptions): Promise<Lane> {
  const own = dynamoEndpoint === undefined ? await startOwnStore(folder) : undefined;
  const endpoint = dynamoEndpoint ?? own?.addresses.dynamodb ?? '';
  const client = createDynamoClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await createTable(client, tableName);
  let runs = 0;

  return {
    runSteps: (steps) => {
      runs += 1;
      return timed(async () => {
        for (let step = 0; step < steps; step += 1) {
          await client.send(new PutItemCommand({ TableName: tableName, Item: itemOf(runs, step) }));
        }
      });
    },
    setup: () =>
      own
        ? 'dynalite of its own, no stack is running'
        : 'dynalite of the running stack, another process; LevelDB without fsync',
    close: async () => {
      client.destroy();
      await own?.stop();
    },
  };
}

function itemOf(run: number, step: number): NonNullable<PutItemCommand['input']['Item']> {
  return {
    PK: { S: `T#bench#E#Floor:v1#R#${process.pid}-${run}` },
    SK: { S: `STEP#${step}#F` },
    status: { S: 'DONE' },
    fence: { N: '1' },
    body: { S: 'x'.repeat(500) },
  };
}

function startOwnStore(folder: string): ReturnType<typeof startEmulators> {
  return startEmulators({ dataDirectory: folder, queues: [], bucket: 'bench' }, (error) => {
    throw error;
  });
}
