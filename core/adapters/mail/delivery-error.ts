import { ActionError } from '../../model/failure.ts';
import type { FailureClass, SendOutcome } from '../../model/failure.ts';

/** Errors of a connection that was never made. */
const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EDNS', 'EHOSTUNREACH', 'ENETUNREACH']);

export function wasNeverConnected(error: unknown): boolean {
  for (let current = error, depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
    for (const name of ['code', 'originalCode']) {
      if (neverConnected.has(String(Reflect.get(current, name)))) return true;
    }
    current = Reflect.get(current, 'cause');
  }
  return false;
}

/** Says how the handing over of a mail ended. */
export function deliveryError(
  what: string,
  kind: { readonly class: FailureClass; readonly sendOutcome: SendOutcome },
  cause: unknown,
): ActionError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ActionError(`${what}: ${why}`, { ...kind, cause });
}

/** The sender, or an error when none is configured. */
export function senderOf(from: string | undefined): string {
  if (from !== undefined) return from;
  throw new ActionError(
    'no mail can be sent: this platform was given no sender. Give it a sender (mail in bin/app.ts) and deploy again',
    {
      class: 'denied',
      sendOutcome: 'notSent',
    },
  );
}
