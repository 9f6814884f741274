import { dayAccountKey, runAccountKey } from '../../contract/keys.ts';
import type { ItemKey } from '../../contract/keys.ts';
import type { DayAccount, RunAccount } from '../../model/spend-account.ts';
import { dayAccount, runAccount } from '../../model/spend-account.ts';
import type { RunRef } from '../../ports/index.ts';
import type { AccountItem, SpendAccounts } from '../spend-book.ts';
import { asSeen } from './condition.ts';
import type { ItemKind } from './item.ts';
import { decodeItem, encodeItem } from './item.ts';
import { addressOf } from './item-store.ts';
import type { ItemStore } from './item-store.ts';

const runKind: ItemKind<RunAccount> = {
  name: 'account of a run',
  schema: runAccount,
  inKey: [],
  asText: ['spent', 'open', 'unbilled', 'settled'],
};
const dayKind: ItemKind<DayAccount> = {
  name: 'account of a day',
  schema: dayAccount,
  inKey: [],
  asText: ['open', 'lines'],
};

/** Accounts of spending in the table, one item each. */
export class DynamoSpendAccounts implements SpendAccounts {
  readonly #items: ItemStore;

  constructor(items: ItemStore) {
    this.#items = items;
  }

  ofRun({ tenantId, runId }: RunRef): AccountItem<RunAccount> {
    return this.#account(runKind, runAccountKey(tenantId, runId), 'spend.run');
  }

  ofDay(tenantId: string, day: string): AccountItem<DayAccount> {
    return this.#account(dayKind, dayAccountKey(tenantId, day), 'spend.day');
  }

  async readDays(tenantId: string, days: readonly string[]) {
    const dayOf = new Map(days.map((day) => [addressOf(dayAccountKey(tenantId, day)), day]));
    const items = await this.#items.getMany(
      days.map((day) => dayAccountKey(tenantId, day)),
      'spend.readDays',
    );
    return items.map((item) => ({ day: dayOf.get(addressOf(item)) ?? '', account: decodeItem(dayKind, item, {}) }));
  }

  #account<Account extends { readonly writeToken: string }>(
    kind: ItemKind<Account>,
    key: ItemKey,
    label: string,
  ): AccountItem<Account> {
    return {
      read: async () => {
        const item = await this.#items.get(key, `${label}: read`);
        return item && decodeItem(kind, item, {});
      },
      write: async (next, seenToken) => {
        const answer = await this.#items.put(
          encodeItem(kind, key, next),
          asSeen('writeToken', seenToken),
          (stored) => stored['writeToken'] === next.writeToken,
          `${label}: write`,
        );
        if (answer.written) return answer;
        return { written: false, current: answer.current && decodeItem(kind, answer.current, {}) };
      },
    };
  }
}
