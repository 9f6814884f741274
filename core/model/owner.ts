import type { LedgerItem } from './effect.ts';

/** Names a worker: which lifetime of the platform it belongs to, and which one it is. */
export function ownerName(epoch: string, worker: string): string {
  return `${epoch}/${worker}`;
}

/**
 * The item with its lease ended, if its owner is known to be dead. A platform that holds an exclusive lock on its
 * data (the laptop) starts a new epoch each time it comes up, so every owner of another epoch is gone. Where the
 * epoch is undefined (the cloud), nothing is known and leases run their course.
 */
export function withoutDeadOwner<Item extends LedgerItem>(
  item: Item,
  currentEpoch: string | undefined,
  nowMs: number,
): Item {
  if (currentEpoch === undefined || !('owner' in item) || item.owner.startsWith(`${currentEpoch}/`)) return item;
  // Let go on purpose: the lease is then the time of the next try.
  if (item.status !== 'CLAIMED' && item.lastSend !== undefined) return item;
  const leaseUntilMs = Math.min(item.leaseUntilMs, nowMs);
  if (item.status === 'CLAIMED') return { ...item, leaseUntilMs };
  return { ...item, leaseUntilMs, sendBoundMs: Math.min(item.sendBoundMs, nowMs) };
}
