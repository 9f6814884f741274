import type { LedgerItem, LedgerRef } from '../model/effect.ts';
import type { Failure } from '../model/failure.ts';
import { transition } from '../model/protocol.ts';
import type { Ports } from '../ports/index.ts';

/**
 * Closes a step before another takes its place or its next occurrence is wanted, so that no dispatch that is still on its
 * way can begin it. True when it is proven that nothing has happened and nothing will; false when it has begun or is
 * in doubt. Repeating it is harmless. Throws StoreUnavailable.
 *
 * @param failure that it ends with, if nobody has begun it
 */
export async function closeStep(
  ref: LedgerRef,
  occurrence: number,
  failure: Failure,
  { ledger, clock, ids }: Pick<Ports, 'ledger' | 'clock' | 'ids'>,
): Promise<boolean> {
  let seen: LedgerItem | undefined = await ledger.read(ref);
  for (;;) {
    if ((seen?.status === 'FAILED' || seen?.status === 'CANCELED') && seen.occurrence >= occurrence) return true;
    const moved = transition(seen, { kind: 'refuse', ref, occurrence, failure }, clock.now(), ids.token());
    if (!moved.ok) return false;
    const written = await ledger.write(moved.next, seen?.writeToken);
    if (written.written) return true;
    seen = written.current;
  }
}
