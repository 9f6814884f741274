import { setTimeout as sleep } from 'node:timers/promises';
import type { AttributeValue, ConsumedCapacity, DynamoDBClient, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ItemKey } from '../../contract/keys.ts';
import { tableShape } from '../../contract/keys.ts';
import { StoreUnavailable } from '../../model/failure.ts';
import type { Condition } from './condition.ts';
import { conditionExpression, holds } from './condition.ts';
import { tableFailure } from './errors.ts';
import type { Item } from './item.ts';
import type { Meter, MeterEntry } from './meter.ts';
import { IndexMeter, itemSizeBytes, readUnits, writeUnits } from './meter.ts';

const batchSize = 100;
const batchTries = 6;
const batchBackoffMs = 25;

/** Where the next page of a query begins; undefined for the first one, and after the last one. */
export type PageStart = Record<string, AttributeValue> | undefined;

export type PutAnswer = { readonly written: true } | { readonly written: false; readonly current: Item | undefined };

/** The table as single items: conditional puts that recognise their own write, and strongly consistent reads. */
export class ItemStore {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #meter: Meter | undefined;
  readonly #indexMeter = new IndexMeter();
  readonly #capacity: { ReturnConsumedCapacity?: 'TOTAL' };

  constructor(client: DynamoDBClient, tableName: string, meter: Meter | undefined) {
    this.#client = client;
    this.#tableName = tableName;
    this.#meter = meter;
    this.#capacity = meter ? { ReturnConsumedCapacity: 'TOTAL' } : {};
  }

  /**
   * Writes the item if the condition holds. After a conflict, or when no answer came, a consistent read tells what
   * became of it: the SDK may have repeated a write that had succeeded, and then sees its own success as a conflict.
   *
   * @param isOwn whether a stored item is this very write
   * @throws StoreUnavailable when neither could be learnt
   */
  async put(item: Item, condition: Condition, isOwn: (stored: Item) => boolean, label: string): Promise<PutAnswer> {
    const first = await this.#tryPut(item, condition, label);
    if (first.kind === 'written') return { written: true };
    const known = await this.#afterwards(item, condition, isOwn, first.kind, label);
    if (known) return known;
    // The condition still holds: the write got lost, or is still under way. The same bytes again settle it.
    const second = await this.#tryPut(item, condition, label);
    if (second.kind === 'written') return { written: true };
    const settled = await this.#afterwards(item, condition, isOwn, second.kind, label);
    if (settled) return settled;
    throw new StoreUnavailable(label, second.kind === 'unclear' ? second.error : undefined);
  }

  async get(key: ItemKey, label: string): Promise<Item | undefined> {
    try {
      const answer = await this.#client.send(
        new GetItemCommand({
          TableName: this.#tableName,
          Key: keyOf(key),
          ConsistentRead: true,
          ...this.#capacity,
        }),
      );
      const item = answer.Item && itemOf(answer.Item);
      this.#countRead('GetItem', label, [item ? [item] : []], true, answer.ConsumedCapacity);
      return item;
    } catch (error) {
      throw tableFailure(label, key, error);
    }
  }

  /** Consistent reads of many items, in no particular order; absent ones are left out. */
  async getMany(keys: readonly ItemKey[], label: string): Promise<Item[]> {
    const distinct = [...new Map(keys.map((key) => [addressOf(key), key])).values()];
    const batches: ItemKey[][] = [];
    for (let start = 0; start < distinct.length; start += batchSize) {
      batches.push(distinct.slice(start, start + batchSize));
    }
    const found = await Promise.all(batches.map((batch) => this.#getBatch(batch, label)));
    return found.flat();
  }

  /** One page of a query, of which this gives what its condition needs. Eventually consistent unless it asks for more. */
  async query(
    query: Pick<
      QueryCommandInput,
      | 'IndexName'
      | 'KeyConditionExpression'
      | 'ExpressionAttributeNames'
      | 'ScanIndexForward'
      | 'Limit'
      | 'ConsistentRead'
    > & { readonly partition: string; readonly values: Readonly<Record<string, string>>; readonly from: PageStart },
    label: string,
  ): Promise<{ readonly items: Item[]; readonly from: PageStart }> {
    const { partition, values, from, ...rest } = query;
    try {
      const answer = await this.#client.send(
        new QueryCommand({
          TableName: this.#tableName,
          ...rest,
          ExpressionAttributeValues: marshall({ ':p': partition, ...values }),
          ...(from ? { ExclusiveStartKey: from } : {}),
          ...this.#capacity,
        }),
      );
      const items = (answer.Items ?? []).map(itemOf);
      this.#countRead('Query', label, [items], rest.ConsistentRead ?? false, answer.ConsumedCapacity);
      return { items, from: answer.LastEvaluatedKey };
    } catch (error) {
      throw tableFailure(label, { PK: partition, SK: '*' }, error);
    }
  }

  /** Every item of the base table that has this sort key and none of these statuses. */
  async *scan(sortKey: string, statusesLeftOut: readonly string[], label: string): AsyncIterable<Item> {
    const placeholders = statusesLeftOut.map((_, position) => `:n${position}`);
    let from: Record<string, AttributeValue> | undefined;
    do {
      const answer = await this.#client
        .send(
          new ScanCommand({
            TableName: this.#tableName,
            ConsistentRead: true,
            FilterExpression: `#s = :s AND NOT #status IN (${placeholders.join(', ')})`,
            ExpressionAttributeNames: { '#s': tableShape.sortKey, '#status': 'status' },
            ExpressionAttributeValues: marshall({
              ':s': sortKey,
              ...Object.fromEntries(statusesLeftOut.map((status, position) => [`:n${position}`, status])),
            }),
            ...(from ? { ExclusiveStartKey: from } : {}),
            ...this.#capacity,
          }),
        )
        .catch((error: unknown) => {
          throw tableFailure(label, { PK: '*', SK: sortKey }, error);
        });
      const items = (answer.Items ?? []).map(itemOf);
      this.#countRead('Scan', label, [items], true, answer.ConsumedCapacity);
      yield* items;
      from = answer.LastEvaluatedKey;
    } while (from);
  }

  async #tryPut(
    item: Item,
    condition: Condition,
    label: string,
  ): Promise<{ kind: 'written' } | { kind: 'conflict' } | { kind: 'unclear'; error: unknown }> {
    try {
      const answer = await this.#client.send(
        new PutItemCommand({
          TableName: this.#tableName,
          Item: marshall(item),
          ...conditionExpression(condition),
          ...this.#capacity,
        }),
      );
      this.#countWrite(item, label, { applied: true, reported: answer.ConsumedCapacity });
      return { kind: 'written' };
    } catch (error) {
      this.#countWrite(item, label, { applied: false, reported: undefined });
      if (error instanceof ConditionalCheckFailedException) return { kind: 'conflict' };
      const failure = tableFailure(label, item, error);
      if (!(failure instanceof StoreUnavailable)) throw failure;
      return { kind: 'unclear', error };
    }
  }

  /** What a consistent read says about a write; undefined while it may still be applied. */
  async #afterwards(
    item: Item,
    condition: Condition,
    isOwn: (stored: Item) => boolean,
    answer: 'conflict' | 'unclear',
    label: string,
  ): Promise<PutAnswer | undefined> {
    const current = await this.get(item, `${label}: read back`);
    if (current && isOwn(current)) return { written: true };
    return answer === 'conflict' || !holds(condition, current) ? { written: false, current } : undefined;
  }

  async #getBatch(keys: readonly ItemKey[], label: string): Promise<Item[]> {
    const found: Item[] = [];
    let open: Record<string, AttributeValue>[] = keys.map(keyOf);
    for (let tries = 1; open.length > 0; tries++) {
      if (tries > batchTries) {
        throw new StoreUnavailable(label, new Error(`${open.length} keys stayed unread after ${batchTries} tries`));
      }
      if (tries > 1) await sleep(Math.random() * batchBackoffMs * 2 ** tries);
      try {
        const answer = await this.#client.send(
          new BatchGetItemCommand({
            RequestItems: { [this.#tableName]: { Keys: open, ConsistentRead: true } },
            ...this.#capacity,
          }),
        );
        const items = (answer.Responses?.[this.#tableName] ?? []).map(itemOf);
        found.push(...items);
        const left = answer.UnprocessedKeys?.[this.#tableName]?.Keys ?? [];
        // Each item of a batch is charged by itself, and so is each key for which there is none.
        const absent = Array.from({ length: open.length - left.length - items.length }, () => []);
        const charged = [...items.map((item) => [item]), ...absent];
        this.#countRead('BatchGetItem', label, charged, true, answer.ConsumedCapacity?.[0]);
        open = left;
      } catch (error) {
        throw tableFailure(label, keys[0] ?? { PK: '?', SK: '?' }, error);
      }
    }
    return found;
  }

  #countWrite(
    item: Item,
    label: string,
    outcome: { readonly applied: boolean; readonly reported: ConsumedCapacity | undefined },
  ): void {
    if (!this.#meter) return;
    const sizeBytes = itemSizeBytes(item);
    this.#meter({
      operation: 'PutItem',
      label,
      sizeBytes,
      writeUnits: writeUnits(sizeBytes),
      indexWriteUnits: outcome.applied ? this.#indexMeter.unitsOf(item) : 0,
      readUnits: 0,
      reportedUnits: outcome.reported?.CapacityUnits,
      applied: outcome.applied,
    });
  }

  #countRead(
    operation: MeterEntry['operation'],
    label: string,
    charged: readonly (readonly Item[])[],
    consistent: boolean,
    reported: ConsumedCapacity | undefined,
  ): void {
    if (!this.#meter) return;
    const sizes = charged.map((items) => items.reduce((sum, item) => sum + itemSizeBytes(item), 0));
    this.#meter({
      operation,
      label,
      sizeBytes: sizes.reduce((sum, size) => sum + size, 0),
      writeUnits: 0,
      indexWriteUnits: 0,
      readUnits: sizes.reduce((sum, size) => sum + readUnits(size, consistent), 0),
      reportedUnits: reported?.CapacityUnits,
      applied: true,
    });
  }
}

/** Text that tells two keys apart. */
export function addressOf(key: ItemKey): string {
  return `${key.PK}|${key.SK}`;
}

/** The key alone, also of a whole item. */
function keyOf({ PK, SK }: ItemKey): Record<string, AttributeValue> {
  return marshall({ PK, SK });
}

function itemOf(attributes: Record<string, AttributeValue>): Item {
  return unmarshall(attributes) as Item;
}
