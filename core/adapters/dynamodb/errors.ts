import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import type { ItemKey } from '../../contract/keys.ts';
import { isThrottlingName } from '../../model/aws-failure.ts';
import { StoreUnavailable } from '../../model/failure.ts';

/**
 * What an error of the SDK means to the caller: StoreUnavailable when no answer came or the store was overloaded,
 * otherwise an error that names the key and says that asking again will not help.
 */
export function tableFailure(operation: string, key: ItemKey, error: unknown): Error {
  // AWS calls it the client's fault to ask too often, but that passes by itself.
  const refused =
    error instanceof DynamoDBServiceException && error.$fault === 'client' && !isThrottlingName(error.name);
  if (!refused) return new StoreUnavailable(operation, error);
  return new Error(
    `The table refused ${operation} at PK '${key.PK}', SK '${key.SK}': ${error.name}: ${error.message}`,
    { cause: error },
  );
}
