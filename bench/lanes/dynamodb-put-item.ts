import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createTable } from '../../core/adapters/dynamodb/index.ts';
import type { Emulators } from '../../local/emulators/start-emulators.ts';
import { startEmulators } from '../../local/emulators/start-emulators.ts';
import { createEmulatedTableClient } from '../../local/emulators/table-client.ts';
import type { Lane, LaneOptions } from '../lane.ts';
import { timed } from '../lane.ts';

const tableName = 'holdfast-bench-floor';

/**
 * The floor: one unconditional PutItem after another against the embedded DynamoDB of the running stack, through a
 * client with all defaults of the AWS SDK, as anybody would write it; and as a second engine the same through the
 * client that the engine itself has for that store. Items are new, as large as a ledger item, and outside the index.
 */
export async function open({ folder, dynamoEndpoint }: LaneOptions): Promise<Lane> {
  const own = dynamoEndpoint === undefined ? await startOwnStore(folder) : undefined;
  const configuration: DynamoDBClientConfig = {
    endpoint: dynamoEndpoint ?? own?.addresses.dynamodb ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const clients = {
    stock: new DynamoDBClient(configuration),
    own: createEmulatedTableClient(configuration),
  };
  await createTable(clients.stock, tableName);
  const isOwn = (engine: string): boolean => engine.endsWith('-own-client');
  let runs = 0;

  return {
    runSteps: (engine, steps) => {
      const client = isOwn(engine) ? clients.own : clients.stock;
      runs += 1;
      return timed(async () => {
        for (let step = 0; step < steps; step += 1) {
          await client.send(new PutItemCommand({ TableName: tableName, Item: itemOf(runs, step) }));
        }
      });
    },
    setup: (engine) => {
      const client = isOwn(engine) ? "the engine's own client" : 'a client with the defaults of the SDK';
      const store = own ? 'a dynalite of its own, for no stack is running' : 'the dynalite of the running stack';
      return `PutItem through ${client}, to ${store}; LevelDB without fsync`;
    },
    close: async () => {
      clients.stock.destroy();
      clients.own.destroy();
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
    body: { S: 'x'.repeat(400) },
  };
}

function startOwnStore(folder: string): Promise<Emulators> {
  return startEmulators({ dataDirectory: folder, queues: [], bucket: 'bench' }, (error) => {
    throw error;
  });
}
