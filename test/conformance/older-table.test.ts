import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { createTable } from '../../core/adapters/dynamodb/index.ts';
import { tableShape } from '../../core/contract/keys.ts';
import { startEmbeddedTable } from './embedded-table.ts';

it('a table of an earlier version, which lacks an index, is refused with what to do; nothing in it is changed', async () => {
  const table = await startEmbeddedTable();
  try {
    const { partitionKey, sortKey, index } = tableShape;
    const keys = [partitionKey, sortKey, index.partitionKey, index.sortKey];
    const keysOf = (hash: string, range: string) => [
      { AttributeName: hash, KeyType: 'HASH' as const },
      { AttributeName: range, KeyType: 'RANGE' as const },
    ];
    await table.client.send(
      new CreateTableCommand({
        TableName: 'older',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map((name) => ({ AttributeName: name, AttributeType: 'S' as const })),
        KeySchema: keysOf(partitionKey, sortKey),
        GlobalSecondaryIndexes: [
          {
            IndexName: index.name,
            KeySchema: keysOf(index.partitionKey, index.sortKey),
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      }),
    );
    await expect(createTable(table.client, 'older')).rejects.toThrow(/'older' .* lacks the index GSI2.*--fresh/s);
    await table.client.send(new DeleteTableCommand({ TableName: 'older' }));
  } finally {
    await table.stop();
  }
});
