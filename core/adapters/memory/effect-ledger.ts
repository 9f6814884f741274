import { approvalKey, ledgerKey } from '../../contract/keys.ts';
import { approval } from '../../model/approval.ts';
import type { Approval } from '../../model/approval.ts';
import type { LedgerItem, LedgerRef } from '../../model/effect.ts';
import { ledgerItem } from '../../model/effect.ts';
import type { EffectLedger, LedgerWrite, Written } from '../../ports/index.ts';
import { kept } from './kept.ts';

/** The effect ledger in memory. */
export class MemoryEffectLedger implements EffectLedger {
  readonly #items = new Map<string, LedgerItem>();
  readonly #approvals = new Map<string, Approval>();

  async read(ref: LedgerRef): Promise<LedgerItem | undefined> {
    return this.#items.get(addressOf(ref));
  }

  async readMany(refs: readonly LedgerRef[]): Promise<LedgerItem[]> {
    return [...new Set(refs.map(addressOf))].flatMap((address) => this.#items.get(address) ?? []);
  }

  async write(next: LedgerItem, seenWriteToken: string | undefined): Promise<LedgerWrite> {
    const address = addressOf(next);
    const current = this.#items.get(address);
    if (current?.writeToken === next.writeToken) return { written: true };
    if (current?.writeToken !== seenWriteToken) return { written: false, current };
    this.#items.set(address, kept(ledgerItem, next));
    return { written: true };
  }

  async readApproval(ref: LedgerRef, binding: string): Promise<Approval | undefined> {
    return this.#approvals.get(approvalAddressOf(ref, binding));
  }

  async writeApproval(next: Approval, seenWriteToken: string | undefined): Promise<Written<Approval>> {
    const address = approvalAddressOf(next, next.binding);
    const current = this.#approvals.get(address);
    if (current?.writeToken === next.writeToken) return { written: true };
    if (current?.writeToken !== seenWriteToken) return { written: false, current };
    this.#approvals.set(address, kept(approval, next));
    return { written: true };
  }

  /** Every item, for tests that look at the whole. */
  all(): LedgerItem[] {
    return [...this.#items.values()];
  }
}

function approvalAddressOf(ref: LedgerRef, binding: string): string {
  const { PK, SK } = approvalKey(ref, binding);
  return `${PK}|${SK}`;
}

function addressOf(ref: LedgerRef): string {
  const { PK, SK } = ledgerKey(ref);
  return `${PK}|${SK}`;
}
