import type { PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { tableShape } from '../../contract/keys.ts';
import type { Item } from './item.ts';

/** What must hold of the stored item for a write. */
export type Condition =
  | { readonly kind: 'always' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unchanged'; readonly attribute: 'writeToken' | 'version'; readonly seen: string | number };

/** The stored item is still the one that was seen; undefined for none. */
export function asSeen(attribute: 'writeToken' | 'version', seen: string | number | undefined): Condition {
  return seen === undefined ? { kind: 'absent' } : { kind: 'unchanged', attribute, seen };
}

/**
 * True when the condition holds of an item. What a condition looks at never comes back, and only documents are ever
 * deleted, so a condition that has ceased to hold stays so: a write that is still under way can then no longer be applied.
 * (One of a new document could be, if another one of its key was written and removed before it arrives.)
 */
export function holds(condition: Condition, current: Item | undefined): boolean {
  if (condition.kind === 'always') return true;
  return condition.kind === 'absent' ? current === undefined : current?.[condition.attribute] === condition.seen;
}

/** The condition in the words of DynamoDB. */
export function conditionExpression(condition: Condition): Partial<PutItemCommandInput> {
  if (condition.kind === 'always') return {};
  if (condition.kind === 'absent') {
    return {
      ConditionExpression: 'attribute_not_exists(#condition)',
      ExpressionAttributeNames: { '#condition': tableShape.partitionKey },
    };
  }
  return {
    ConditionExpression: '#condition = :seen',
    ExpressionAttributeNames: { '#condition': condition.attribute },
    ExpressionAttributeValues: marshall({ ':seen': condition.seen }),
  };
}
