import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

export type TableClient = DynamoDBClient;

/**
 * A client that gives up after seconds, not minutes: a worker has to know before its deadline whether its intent
 * is on record. Region, credentials and endpoint come from the SDK's own environment.
 */
export function createDynamoClient(configuration: DynamoDBClientConfig = {}): DynamoDBClient {
  const agent = { keepAlive: true, maxSockets: 64 };
  return new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      // Without it the SDK only logs a warning and goes on waiting.
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
    ...configuration,
  });
}
