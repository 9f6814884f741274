import type { Effect, LastSend, LedgerItem, LedgerRef, StoredValue } from './effect.ts';
import type { Failure } from './failure.ts';
import type { Trust } from './trust.ts';

/** Who does it, until when at most. `leaseUntilMs` is the worker's hard deadline plus skew. */
export interface Hold {
  readonly owner: string;
  readonly leaseUntilMs: number;
}

/** What a done step has given, and how far it may be believed; the arguments that it was made from, where they may be more. */
export interface DoneResult {
  readonly result: StoredValue;
  readonly trust: Trust;
  readonly argumentTrust?: Trust;
}

export interface Arguments {
  readonly argsHash: string;
  readonly skillHash: string;
}

/** Everything that may be asked of a ledger item. DESIGN section 6 names the conditions; ADR 0002 the additions. */
export type LedgerCommand =
  | ({ readonly kind: 'claim'; readonly ref: LedgerRef; readonly occurrence: number } & Hold & Arguments)
  | ({ readonly kind: 'begin'; readonly ref: LedgerRef; readonly occurrence: number } & Hold & Arguments)
  | ({ readonly kind: 'steal'; readonly fence: number } & Hold)
  | ({ readonly kind: 'intent'; readonly fence: number } & Hold & Arguments)
  | ({ readonly kind: 'takeover'; readonly fence: number; readonly effect: Effect } & Hold & Arguments)
  | ({ readonly kind: 'resend'; readonly fence: number; readonly detail: string } & Hold)
  | ({ readonly kind: 'done'; readonly fence: number; readonly detail?: string } & DoneResult)
  | { readonly kind: 'fail'; readonly fence: number; readonly effect: Effect; readonly failure: Failure }
  | {
      readonly kind: 'release';
      readonly fence: number;
      readonly failure: Failure;
      readonly lastSend: LastSend;
      readonly retryAtMs: number;
      readonly looking?: boolean;
    }
  /** What was begun goes on without a worker; anybody may look how far it is. */
  | { readonly kind: 'park'; readonly fence: number }
  | { readonly kind: 'doubt'; readonly fence: number; readonly failure: Failure }
  /** A person asked for another look at the provider. */
  | ({ readonly kind: 'lookAgain'; readonly fence: number; readonly effect: Effect } & Hold)
  | ({ readonly kind: 'lateEvidence'; readonly fence: number } & DoneResult)
  | {
      readonly kind: 'resolve';
      readonly fence: number;
      readonly actor: string;
      readonly reason: string;
      readonly verdict:
        | ({ readonly kind: 'happened' } & DoneResult)
        | { readonly kind: 'didNotHappen' }
        | { readonly kind: 'sendAgain' };
    }
  /** Closes with a failure what may not begin: it was denied, or a person rejected it. */
  | { readonly kind: 'refuse'; readonly ref: LedgerRef; readonly occurrence: number; readonly failure: Failure }
  /** A person gives the output of what was never begun, or has failed for certain: it counts as done. */
  | ({
      readonly kind: 'provide';
      readonly ref: LedgerRef;
      readonly occurrence: number;
      readonly actor: string;
      readonly reason: string;
    } & DoneResult)
  | { readonly kind: 'cancel'; readonly ref: LedgerRef; readonly occurrence: number; readonly by: string }
  | ({ readonly kind: 'reopen'; readonly fence: number; readonly occurrence: number } & Hold & Arguments);

/** Why a command may not be carried out on the item as it stands. */
export type Refusal = 'absent' | 'exists' | 'fenced' | 'leased' | 'wrongStatus' | 'otherArguments' | 'sameOccurrence';

export type Transition =
  | { readonly ok: true; readonly next: LedgerItem }
  | { readonly ok: false; readonly refusal: Refusal };
