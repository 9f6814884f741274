import type { LedgerItem, LedgerRef } from '../model/effect.ts';
import type { Failure } from '../model/failure.ts';
import { transition } from '../model/protocol.ts';
import type { LedgerCommand } from '../model/protocol.ts';
import type { Ports } from '../ports/index.ts';

type ClosePorts = Pick<Ports, 'ledger' | 'clock' | 'ids'>;

/** `closed`: by this call. Otherwise what stands there instead, which may not be closed. */
export type Closing = { readonly closed: true } | { readonly closed: false; readonly current: LedgerItem | undefined };

/**
 * Closes in the ledger what nobody has begun, so that no dispatch that is still on its way can begin it.
 * Throws StoreUnavailable.
 *
 * @param from the item as it is thought to be; when somebody was faster, what stands is looked at again
 */
export async function closeFrom(
  from: LedgerItem | undefined,
  command: Extract<LedgerCommand, { kind: 'cancel' | 'refuse' }>,
  { ledger, clock, ids }: ClosePorts,
): Promise<Closing> {
  let seen = from;
  for (;;) {
    const moved = transition(seen, command, clock.now(), ids.token());
    if (!moved.ok) return { closed: false, current: seen };
    const written = await ledger.write(moved.next, seen?.writeToken);
    if (written.written) return { closed: true };
    seen = written.current;
  }
}

/**
 * Closes a step before another takes its place or its next occurrence is wanted. True when it is proven that nothing has
 * happened and nothing will; false when it has begun or is in doubt. Repeating it is harmless. Throws StoreUnavailable.
 *
 * @param failure that it ends with, if nobody has begun it
 */
export async function closeStep(
  ref: LedgerRef,
  occurrence: number,
  failure: Failure,
  ports: ClosePorts,
): Promise<boolean> {
  const isOver = (item: LedgerItem | undefined): boolean =>
    (item?.status === 'FAILED' || item?.status === 'CANCELED') && item.occurrence >= occurrence;
  const found = await ports.ledger.read(ref);
  if (isOver(found)) return true;
  const closing = await closeFrom(found, { kind: 'refuse', ref, occurrence, failure }, ports);
  return closing.closed || isOver(closing.current);
}
