import type * as z from 'zod';
import type { DayAccount } from '../../model/spend-account.ts';
import { dayAccount, runAccount } from '../../model/spend-account.ts';
import type { Ids, RunRef, SpendStore } from '../../ports/index.ts';
import type { AccountItem, SpendAccounts } from '../spend-book.ts';
import { SpendBook } from '../spend-book.ts';
import { kept } from './kept.ts';

/** What runs and tenants have spent, in memory. */
export function memorySpendStore(ids: Ids): SpendStore {
  return new SpendBook(new MemorySpendAccounts(), ids);
}

/** Accounts of spending in memory. */
export class MemorySpendAccounts implements SpendAccounts {
  readonly #accounts = new Map<string, unknown>();

  ofRun({ tenantId, runId }: RunRef) {
    return this.#item(`run|${tenantId}|${runId}`, runAccount);
  }

  ofDay(tenantId: string, day: string) {
    return this.#item(`day|${tenantId}|${day}`, dayAccount);
  }

  async readDays(tenantId: string, days: readonly string[]) {
    const read = days.map(async (day) => ({ day, account: await this.ofDay(tenantId, day).read() }));
    return (await Promise.all(read)).filter(
      (one): one is { day: string; account: DayAccount } => one.account !== undefined,
    );
  }

  #item<Account extends { readonly writeToken: string }>(
    key: string,
    schema: z.ZodType<Account>,
  ): AccountItem<Account> {
    const current = (): Account | undefined => this.#accounts.get(key) as Account | undefined;
    return {
      read: async () => current(),
      write: async (next, seenToken) => {
        if (current()?.writeToken !== seenToken) return { written: false, current: current() };
        this.#accounts.set(key, kept(schema, next));
        return { written: true };
      },
    };
  }
}
