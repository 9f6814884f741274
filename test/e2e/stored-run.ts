import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { ledgerKey, runPartition } from '../../core/contract/keys.ts';
import { local } from '../../local/environment.ts';
import { openDataDirectory } from '../fixtures/data-directory.ts';
import type { ProjectFolder } from './running-platform.ts';

type Item = Record<string, AttributeValue>;

export interface StoredRun {
  readonly head: { readonly status: string; readonly generation: number };
  readonly headBytes: number;
  readonly ledger: readonly { readonly status: string; readonly sends: number }[];
}

/** What the table holds of a run of which every step is of one skill. The platform of the folder must not be running. */
export async function readStoredRun(
  folder: ProjectFolder,
  { runId, skill }: { readonly runId: string; readonly skill: string },
): Promise<StoredRun> {
  return withStoredTable(folder, async (client) => {
    const tenantId = 'default';
    const ref = { tenantId, skill, runId, stepId: 'any', direction: 'F' } as const;
    const [head] = await query(client, runPartition(tenantId, runId), 'RUN');
    if (!head) throw new Error(`There is no head of run ${runId}.`);
    const ledger = await query(client, ledgerKey(ref).PK, 'STEP#');
    return {
      head: unmarshall(head) as StoredRun['head'],
      headBytes: Buffer.byteLength(JSON.stringify(unmarshall(head))),
      ledger: ledger.map((item) => unmarshall(item) as StoredRun['ledger'][number]),
    };
  });
}

/** Opens what a platform has stored. The platform of the folder must not be running. */
export async function withStoredTable<Result>(
  { dataDirectory }: ProjectFolder,
  read: (client: DynamoDBClient) => Promise<Result>,
): Promise<Result> {
  const { client, close } = await openDataDirectory(dataDirectory);
  try {
    return await read(client);
  } finally {
    await close();
  }
}

async function query(client: DynamoDBClient, partition: string, sortKeyPrefix: string): Promise<Item[]> {
  const items: Item[] = [];
  let from: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: local.table,
        KeyConditionExpression: 'PK = :partition AND begins_with(SK, :prefix)',
        ExpressionAttributeValues: { ':partition': { S: partition }, ':prefix': { S: sortKeyPrefix } },
        ConsistentRead: true,
        ...(from ? { ExclusiveStartKey: from } : {}),
      }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from);
  return items;
}
