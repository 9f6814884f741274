import type { TableClient } from '../core/adapters/dynamodb/index.ts';

let provided: TableClient | undefined;

/** Called by a platform whose table wants another client than DynamoDB on AWS does, before any function runs. */
export function provideTableClient(client: TableClient): void {
  provided = client;
}

/** The client that was provided; undefined where the functions make their own, as on Lambda. */
export function tableClient(): TableClient | undefined {
  return provided;
}
