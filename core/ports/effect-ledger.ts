import type { Approval } from '../model/approval.ts';
import type { LedgerItem, LedgerRef } from '../model/effect.ts';
import type { Written } from './run-store.ts';

/**
 * The ledger of side effects: one small item per step and direction.
 * Every condition of the step protocol is checked by `transition` (core/model/protocol.ts) on the item as read;
 * a store has only to guarantee that nobody wrote in between.
 */
export interface EffectLedger {
  /** A strongly consistent read. Throws StoreUnavailable. */
  read(ref: LedgerRef): Promise<LedgerItem | undefined>;

  /** Strongly consistent reads of many items; absent ones are left out. Throws StoreUnavailable. */
  readMany(refs: readonly LedgerRef[]): Promise<LedgerItem[]>;

  /**
   * Writes `next` if the stored item still has `seenWriteToken` (or, with `undefined`, if there is none).
   * A conflict is resolved by a consistent read: an item that carries `next.writeToken` is this very write,
   * whose answer was lost, and counts as written. Throws StoreUnavailable when neither could be learnt.
   */
  write(next: LedgerItem, seenWriteToken: string | undefined): Promise<LedgerWrite>;

  /** What a person said about exactly this use of the step. Strongly consistent. Throws StoreUnavailable. */
  readApproval(ref: LedgerRef, binding: string): Promise<Approval | undefined>;

  /** Writes like `write`, on the same terms. */
  writeApproval(next: Approval, seenWriteToken: string | undefined): Promise<Written<Approval>>;
}

export type LedgerWrite =
  | { readonly written: true }
  | { readonly written: false; readonly current: LedgerItem | undefined };
