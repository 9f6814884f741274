import { aiSdkFailure } from './ai-sdk-failure.ts';
import { awsFailure } from './aws-failure.ts';
import { ActionError, AddressRefused, failureClass, StoreUnavailable } from './failure.ts';
import type { SendOutcome } from './failure.ts';
import type { Classified } from './network-failure.ts';
import { isObject, networkFailure } from './network-failure.ts';

export type { Classified } from './network-failure.ts';

const mostCauses = 6;
const sendOutcomes = ['notSent', 'notDone', 'unknown'] as const satisfies SendOutcome[];

/**
 * What was thrown, as a class of failure, with what it says of the one call that it is about: errors of `fetch` and Node's
 * network, of the AWS SDK, of the AI SDK, of zod, and what skills themselves throw. The first of an error and its causes
 * that says something counts. Whatever says nothing is a bug, and no proof of anything. Never throws.
 *
 * @param options.misfit what it means here that a value does not fit its schema: an answer that is wrong, or a bug
 */
export function classify(
  error: unknown,
  options: { readonly nowMs: number; readonly misfit: 'invalidOutput' | 'bug' },
): Classified {
  try {
    let current = error;
    for (let at = 0; at < mostCauses && isObject(current); at += 1) {
      const found = ofOne(current, options);
      if (found) return only(found);
      current = Reflect.get(current, 'cause');
    }
  } catch {
    // Not even its members can be read: it says nothing.
  }
  return { failureClass: 'bug', sendOutcome: 'unknown' };
}

/** Without the code that a failure of the network has besides. */
function only({ failureClass, sendOutcome, retryAfterMs }: Classified): Classified {
  return { failureClass, sendOutcome, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function ofOne(
  error: object,
  { nowMs, misfit }: { readonly nowMs: number; readonly misfit: 'invalidOutput' | 'bug' },
): Classified | undefined {
  if (ActionError.isInstance(error)) return claimOf(error) ?? { failureClass: 'bug', sendOutcome: 'unknown' };
  if (error instanceof StoreUnavailable) return { failureClass: 'storeUnavailable', sendOutcome: 'unknown' };
  if (error instanceof AddressRefused) return { failureClass: 'denied', sendOutcome: 'notSent' };
  const found = aiSdkFailure(error, nowMs) ?? awsFailure(error, nowMs) ?? networkFailure(error);
  if (found) return found;
  const name: unknown = Reflect.get(error, 'name');
  if (name === 'TimeoutError' || name === 'AbortError') return { failureClass: 'timeout', sendOutcome: 'unknown' };
  if ((name === 'ZodError' || name === '$ZodError') && Array.isArray(Reflect.get(error, 'issues'))) {
    return { failureClass: misfit, sendOutcome: 'unknown' };
  }
  // A request that could not even be written.
  return Reflect.get(error, 'code') === 'ERR_INVALID_URL' ? { failureClass: 'bug', sendOutcome: 'notSent' } : undefined;
}

/**
 * What an ActionError says; undefined when its members are not those of one: it may come from another copy of this
 * package, or from code that only says that it is one. May throw whatever a getter of the error throws.
 */
export function claimOf(error: ActionError): Classified | undefined {
  const claims: Record<'failureClass' | 'sendOutcome' | 'retryAfterMs', unknown> = error;
  const known = failureClass.safeParse(claims.failureClass);
  const sendOutcome = sendOutcomes.find((one) => one === claims.sendOutcome);
  if (!known.success || sendOutcome === undefined) return undefined;
  const { retryAfterMs } = claims;
  const wish = typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? { retryAfterMs } : {};
  return { failureClass: known.data, sendOutcome, ...wish };
}
