import { approvalKey, ledgerKey } from '../../contract/keys.ts';
import { approval } from '../../model/approval.ts';
import type { Approval } from '../../model/approval.ts';
import type { LedgerItem, LedgerRef } from '../../model/effect.ts';
import { ledgerItem } from '../../model/effect.ts';
import type { EffectLedger, LedgerWrite, Written } from '../../ports/index.ts';
import { asSeen } from './condition.ts';
import type { Item, ItemKind } from './item.ts';
import { decodeItem, encodeItem } from './item.ts';
import type { ItemStore } from './item-store.ts';
import { addressOf } from './item-store.ts';

const kind: ItemKind<LedgerItem> = {
  name: 'ledger item',
  schema: ledgerItem,
  inKey: ['tenantId', 'skill', 'runId', 'stepId', 'direction'],
  asText: ['evidence', 'earlier', 'result', 'failure'],
};

const approvals: ItemKind<Approval> = {
  name: 'approval',
  schema: approval,
  inKey: ['tenantId', 'skill', 'runId', 'stepId', 'direction', 'binding'],
  asText: ['votes'],
};

/** The effect ledger in the table: one small item per step and direction, under the leading key of its skill. */
export class DynamoEffectLedger implements EffectLedger {
  readonly #items: ItemStore;

  constructor(items: ItemStore) {
    this.#items = items;
  }

  async read(ref: LedgerRef): Promise<LedgerItem | undefined> {
    const item = await this.#items.get(ledgerKey(ref), 'ledger.read');
    return item && decode(item, ref);
  }

  async readMany(refs: readonly LedgerRef[]): Promise<LedgerItem[]> {
    const byAddress = new Map(refs.map((ref) => [addressOf(ledgerKey(ref)), ref]));
    const items = await this.#items.getMany(refs.map(ledgerKey), 'ledger.readMany');
    return items.flatMap((item) => {
      const ref = byAddress.get(addressOf(item));
      return ref ? [decode(item, ref)] : [];
    });
  }

  async write(next: LedgerItem, seenWriteToken: string | undefined): Promise<LedgerWrite> {
    const answer = await this.#items.put(
      encodeItem(kind, ledgerKey(next), next),
      asSeen('writeToken', seenWriteToken),
      (stored) => stored['writeToken'] === next.writeToken,
      `ledger.write ${next.status}`,
    );
    if (answer.written) return answer;
    return { written: false, current: answer.current && decode(answer.current, next) };
  }

  async readApproval(ref: LedgerRef, binding: string): Promise<Approval | undefined> {
    const item = await this.#items.get(approvalKey(ref, binding), 'ledger.readApproval');
    return item && decodeApproval(item, ref, binding);
  }

  async writeApproval(next: Approval, seenWriteToken: string | undefined): Promise<Written<Approval>> {
    const answer = await this.#items.put(
      encodeItem(approvals, approvalKey(next, next.binding), next),
      asSeen('writeToken', seenWriteToken),
      (stored) => stored['writeToken'] === next.writeToken,
      'ledger.writeApproval',
    );
    if (answer.written) return answer;
    return { written: false, current: answer.current && decodeApproval(answer.current, next, next.binding) };
  }
}

function decode(item: Item, { tenantId, skill, runId, stepId, direction }: LedgerRef): LedgerItem {
  return decodeItem(kind, item, { tenantId, skill, runId, stepId, direction });
}

function decodeApproval(item: Item, ref: LedgerRef, binding: string): Approval {
  const { tenantId, skill, runId, stepId, direction } = ref;
  return decodeItem(approvals, item, { tenantId, skill, runId, stepId, direction, binding });
}
