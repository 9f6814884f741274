import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { expect, it, vi } from 'vitest';
import { createTable } from '../../core/adapters/dynamodb/index.ts';
import { closeIteratorsOfDynalite } from './close-iterators.ts';

const { AbstractValueIterator } = createRequire(import.meta.url)('abstract-level') as {
  AbstractValueIterator: { readonly prototype: { close(): Promise<void> } };
};

it('every query closes its LevelDB iterator, whether it reads to the end or stops at its limit', async () => {
  closeIteratorsOfDynalite();
  const closed = vi.spyOn(AbstractValueIterator.prototype, 'close');
  const path = mkdtempSync(join(tmpdir(), 'holdfast-iterators-'));
  const server = dynalite({ path, createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await createTable(client, 'table');
  for (let count = 0; count < 20; count += 1) {
    const Item = { PK: { S: 'one' }, SK: { S: `item ${String(count).padStart(2, '0')}` } };
    await client.send(new PutItemCommand({ TableName: 'table', Item }));
  }
  const query = (limit: number) =>
    client.send(
      new QueryCommand({
        TableName: 'table',
        KeyConditionExpression: 'PK = :one',
        ExpressionAttributeValues: { ':one': { S: 'one' } },
        Limit: limit,
      }),
    );
  closed.mockClear();
  expect((await query(100)).Items).toHaveLength(20);
  await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
  expect((await query(3)).Items).toHaveLength(3);
  await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(2));

  client.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  rmSync(path, { recursive: true, force: true, maxRetries: 10 });
});
