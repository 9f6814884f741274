import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand, DescribeTableCommand, ResourceInUseException } from '@aws-sdk/client-dynamodb';
import { tableShape } from '../../contract/keys.ts';

const indexes = [tableShape.index, tableShape.dueIndex, tableShape.openIndex];
const pollMs = 50;
const patienceMs = 30_000;

/**
 * Creates the table, on demand and with its indexes, unless it exists, and waits until it can be used.
 * Throws when there is one of an earlier version that lacks an index.
 */
export async function createTable(client: DynamoDBClient, tableName: string): Promise<void> {
  const { partitionKey, sortKey } = tableShape;
  const keys = [partitionKey, sortKey, ...indexes.flatMap((index) => [index.partitionKey, index.sortKey])];
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
        KeySchema: [
          { AttributeName: partitionKey, KeyType: 'HASH' },
          { AttributeName: sortKey, KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: indexes.map((index) => ({
          IndexName: index.name,
          KeySchema: [
            { AttributeName: index.partitionKey, KeyType: 'HASH' },
            { AttributeName: index.sortKey, KeyType: 'RANGE' },
          ],
          Projection:
            index.projectedAttributes.length === 0
              ? { ProjectionType: 'KEYS_ONLY' }
              : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...index.projectedAttributes] },
        })),
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await untilActive(client, tableName);
}

async function untilActive(client: DynamoDBClient, tableName: string): Promise<void> {
  for (let waitedMs = 0; waitedMs <= patienceMs; waitedMs += pollMs) {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    const found = table?.GlobalSecondaryIndexes ?? [];
    const missing = indexes.filter(({ name }) => found.every((index) => index.IndexName !== name));
    if (table && missing.length > 0) {
      throw new Error(
        `The table '${tableName}' was made by an earlier version and lacks the index ${missing.map(({ name }) => name).join(', ')}. ` +
          'Start with another data folder, or with --fresh, which forgets what is in this one.',
      );
    }
    if (table?.TableStatus === 'ACTIVE' && found.every((index) => index.IndexStatus === 'ACTIVE')) return;
    await sleep(pollMs);
  }
  throw new Error(`The table '${tableName}' was not ready after ${patienceMs / 1000} s.`);
}
