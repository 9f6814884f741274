import type { SpendAccounts } from '../../core/adapters/spend-book.ts';
import { SpendBook } from '../../core/adapters/spend-book.ts';
import type { Ids, SpendStore } from '../../core/ports/index.ts';
import type { Seam } from './seam.ts';

/** A spend store each of whose reads and writes of an account passes through the seam: it can die between any two. */
export function spendThrough(seam: Seam, accounts: SpendAccounts, ids: Ids): SpendStore {
  const through: SpendAccounts = {
    ofRun: (run) => seam.wrap('spend', accounts.ofRun(run)),
    ofDay: (tenantId, day) => seam.wrap('spend', accounts.ofDay(tenantId, day)),
    readDays: (tenantId, days) => seam.wrap('spend', accounts).readDays(tenantId, days),
  };
  return new SpendBook(through, ids);
}
