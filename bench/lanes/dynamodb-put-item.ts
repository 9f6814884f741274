import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createDynamoClient, createTable } from '../../core/adapters/dynamodb/index.ts';
import type { Emulators } from '../../local/emulators/start-emulators.ts';
import { startEmulators } from '../../local/emulators/start-emulators.ts';
import type { Lane, LaneOptions } from '../lane.ts';
import { timed } from '../lane.ts';

const tableName = 'holdfast-bench-floor';

/**
 * The floor: one unconditional PutItem after another against the embedded DynamoDB of the running stack, through the
 * client that the product itself uses, and as a second engine through one with all of the SDK's defaults. Items are
 * new, as large as a ledger item, and outside the index.
 */
export async function open({ folder, dynamoEndpoint }: LaneOptions): Promise<Lane> {
  const own = dynamoEndpoint === undefined ? await startOwnStore(folder) : undefined;
  const configuration: DynamoDBClientConfig = {
    endpoint: dynamoEndpoint ?? own?.addresses.dynamodb ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const clients = {
    product: createDynamoClient(configuration),
    stock: new DynamoDBClient(configuration),
  };
  await createTable(clients.product, tableName);
  const isStock = (engine: string): boolean => engine.endsWith('-stock');
  let runs = 0;

  return {
    runSteps: (engine, steps) => {
      const client = isStock(engine) ? clients.stock : clients.product;
      runs += 1;
      return timed(async () => {
        for (let step = 0; step < steps; step += 1) {
          await client.send(new PutItemCommand({ TableName: tableName, Item: itemOf(runs, step) }));
        }
      });
    },
    setup: (engine) => {
      const client = isStock(engine) ? 'a client with the defaults of the SDK' : "the product's client";
      const store = own ? 'a dynalite of its own, for no stack is running' : 'the dynalite of the running stack';
      return `PutItem through ${client}, to ${store}; LevelDB without fsync`;
    },
    close: async () => {
      clients.product.destroy();
      clients.stock.destroy();
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
