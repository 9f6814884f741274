import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

let provided: DynamoDBClient | undefined;

/** Called by a platform whose table wants another client than DynamoDB on AWS does, before any function runs. */
export function provideTableClient(client: DynamoDBClient): void {
  provided = client;
}

/** The client that was provided; undefined where the functions make their own, as on Lambda. */
export function tableClient(): DynamoDBClient | undefined {
  return provided;
}
