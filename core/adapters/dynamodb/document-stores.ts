import { randomBytes } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, DeleteItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { documentKey, documentPartition, documentSortKeyPrefix, tableShape } from '../../contract/keys.ts';
import { checkDocument, checkDocumentKey, checkDocumentQuery } from '../../model/document-bounds.ts';
import { ActionError, StoreUnavailable } from '../../model/failure.ts';
import type { Json } from '../../model/json.ts';
import type { DocumentStore, DocumentWrite, KeptDocument } from '../../model/skill.ts';
import type { DocumentStores } from '../../ports/index.ts';
import { tableFailure } from './errors.ts';
import type { Item } from './item.ts';
import type { ItemStore } from './item-store.ts';

/** Below and above every character of a key. */
const [lowest, highest] = [' ', '~'];

/** What skills keep, in the table: one partition for each skill version and tenant. */
export class DynamoDocumentStores implements DocumentStores {
  readonly #items: ItemStore;
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(items: ItemStore, client: DynamoDBClient, tableName: string) {
    this.#items = items;
    this.#client = client;
    this.#tableName = tableName;
  }

  of(tenantId: string, skillId: string): DocumentStore {
    const table = { items: this.#items, client: this.#client, tableName: this.#tableName };
    return new DynamoDocumentStore(tenantId, skillId, table);
  }
}

interface DocumentTable {
  readonly items: ItemStore;
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

class DynamoDocumentStore implements DocumentStore {
  readonly #tenantId: string;
  readonly #skillId: string;
  readonly #table: DocumentTable;

  constructor(tenantId: string, skillId: string, table: DocumentTable) {
    this.#tenantId = tenantId;
    this.#skillId = skillId;
    this.#table = table;
  }

  async get(key: string): Promise<KeptDocument | undefined> {
    checkDocumentKey(key);
    return this.#reading(() => this.#read(key));
  }

  async put(key: string, value: Json, ifVersion?: string): Promise<DocumentWrite> {
    checkDocument(key, value);
    const version = randomBytes(12).toString('base64url');
    const item: Item = { ...this.#key(key), value: JSON.stringify(value), version };
    return this.#writing(async () => {
      const answer = await this.#table.items.put(
        item,
        conditionOf(ifVersion),
        (stored) => stored['version'] === version,
        'documents.put',
      );
      if (answer.written) return { written: true, version };
      return { written: false, current: answer.current && documentOf(answer.current) };
    });
  }

  async remove(key: string, ifVersion?: string): Promise<boolean> {
    checkDocumentKey(key);
    return this.#writing(async () => {
      const first = await this.#tryRemove(key, ifVersion);
      if (first !== undefined) return first;
      // No answer came: what stands there now may tell.
      const current = await this.#read(key);
      if (!current) return true;
      if (ifVersion !== undefined && current.version !== ifVersion) return false;
      const second = await this.#tryRemove(key, ifVersion);
      if (second !== undefined) return second;
      throw new StoreUnavailable('documents.remove', new Error('no answer to two tries'));
    });
  }

  async list(
    query: { readonly prefix?: string; readonly limit?: number; readonly after?: string } = {},
  ): Promise<{ readonly documents: readonly KeptDocument[]; readonly more: boolean }> {
    const { prefix, limit, after } = checkDocumentQuery(query);
    const start = after === undefined || after < prefix ? prefix : `${after}${lowest}`;
    const end = `${prefix}${highest}`;
    // The table refuses a range that ends before it begins.
    if (start > end) return { documents: [], more: false };
    return this.#reading(async () => {
      const documents = await this.#query(start, end, limit + 1);
      return { documents: documents.slice(0, limit), more: documents.length > limit };
    });
  }

  async #read(key: string): Promise<KeptDocument | undefined> {
    const item = await this.#table.items.get(this.#key(key), 'documents.get');
    return item && documentOf(item);
  }

  /** True or false when it is certain whether the document is gone; undefined when no answer came. */
  async #tryRemove(key: string, ifVersion: string | undefined): Promise<boolean | undefined> {
    const names = { '#key': tableShape.partitionKey, '#version': 'version' };
    try {
      await this.#table.client.send(
        new DeleteItemCommand({
          TableName: this.#table.tableName,
          Key: marshall(this.#key(key)),
          ...(ifVersion === undefined
            ? {}
            : {
                // Absent is as good as removed: the SDK may repeat a removal that had succeeded.
                ConditionExpression: 'attribute_not_exists(#key) OR #version = :seen',
                ExpressionAttributeNames: names,
                ExpressionAttributeValues: marshall({ ':seen': ifVersion }),
              }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      const failure = tableFailure('documents.remove', this.#key(key), error);
      if (failure instanceof StoreUnavailable) return undefined;
      throw failure;
    }
  }

  async #query(start: string, end: string, wanted: number): Promise<KeptDocument[]> {
    const partition = documentPartition(this.#tenantId, this.#skillId);
    const found: KeptDocument[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      try {
        const answer = await this.#table.client.send(
          new QueryCommand({
            TableName: this.#table.tableName,
            ConsistentRead: true,
            KeyConditionExpression: '#p = :p AND #s BETWEEN :start AND :end',
            ExpressionAttributeNames: { '#p': tableShape.partitionKey, '#s': tableShape.sortKey },
            ExpressionAttributeValues: marshall({
              ':p': partition,
              ':start': `${documentSortKeyPrefix}${start}`,
              ':end': `${documentSortKeyPrefix}${end}`,
            }),
            Limit: wanted - found.length,
            ...(from ? { ExclusiveStartKey: marshall(from) } : {}),
          }),
        );
        found.push(...(answer.Items ?? []).map((item) => documentOf(unmarshall(item) as Item)));
        from = answer.LastEvaluatedKey && unmarshall(answer.LastEvaluatedKey);
      } catch (error) {
        throw tableFailure('documents.list', { PK: partition, SK: '*' }, error);
      }
    } while (from && found.length < wanted);
    return found;
  }

  #key(key: string): { readonly PK: string; readonly SK: string } {
    return documentKey(this.#tenantId, this.#skillId, key);
  }

  #reading<Value>(work: () => Promise<Value>): Promise<Value> {
    return work().catch((error: unknown) => {
      throw inWordsOfSkills(error, 'notDone');
    });
  }

  #writing<Value>(work: () => Promise<Value>): Promise<Value> {
    return work().catch((error: unknown) => {
      throw inWordsOfSkills(error, 'unknown');
    });
  }
}

function conditionOf(ifVersion: string | undefined) {
  if (ifVersion === undefined) return { kind: 'always' } as const;
  if (ifVersion === 'absent') return { kind: 'absent' } as const;
  return { kind: 'unchanged', attribute: 'version', seen: ifVersion } as const;
}

function documentOf(item: Item): KeptDocument {
  const { value, version, SK } = item;
  try {
    const key = SK.slice(documentSortKeyPrefix.length);
    return { key, value: JSON.parse(String(value)) as Json, version: String(version) };
  } catch (cause) {
    throw new Error(`The document at PK '${item.PK}', SK '${SK}' is broken. Repair or restore this item.`, { cause });
  }
}

/** What a skill is told; a refusal of the table is proof that nothing was done. */
function inWordsOfSkills(error: unknown, sendOutcome: 'notDone' | 'unknown'): ActionError {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof StoreUnavailable) {
    return new ActionError(message, { class: 'storeUnavailable', sendOutcome, cause: error });
  }
  return new ActionError(message, { class: 'bug', sendOutcome: 'notDone', cause: error });
}
