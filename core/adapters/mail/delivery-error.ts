import { ActionError } from '../../model/failure.ts';
import type { FailureClass, SendOutcome } from '../../model/failure.ts';

/** Says how the handing over of a mail ended. */
export function deliveryError(
  what: string,
  kind: { readonly class: FailureClass; readonly sendOutcome: SendOutcome; readonly retryAfterMs?: number },
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
