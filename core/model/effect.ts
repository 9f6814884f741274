import * as z from 'zod';
import { failure } from './failure.ts';
import { json, sha256 } from './json.ts';
import { trust } from './trust.ts';

/**
 * How a side effect can be settled after a crash:
 * P pure, may run many times; K the provider deduplicates on a key for `keyTtlMs`;
 * Q can be looked up by key, `settleMs` after the send; N neither (also when undeclared).
 */
export type Effect =
  | { readonly class: 'P' }
  | { readonly class: 'K'; readonly keyTtlMs: number }
  | { readonly class: 'Q'; readonly settleMs: number }
  | { readonly class: 'N' };

export const direction = z.enum(['F', 'C']);
/** F: the effect itself; C: its compensation. */
export type Direction = z.infer<typeof direction>;

/** Where the ledger item of one step lives. */
export interface LedgerRef {
  readonly tenantId: string;
  readonly skill: string;
  readonly runId: string;
  readonly stepId: string;
  readonly direction: Direction;
}

/** A JSON value: inline, or in the blob store when it is over 8 KB. */
export const storedValue = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('inline'), value: json }),
  z.object({ kind: z.literal('blob'), key: z.string(), sha256: z.string(), sizeBytes: z.int() }),
]);
export type StoredValue = z.infer<typeof storedValue>;

export const evidenceKinds = ['failure', 'lookup', 'crash', 'late', 'human'] as const;
/** One thing learnt about an attempt; the newest few are kept. */
export const evidence = z.object({
  atMs: z.int(),
  fence: z.int(),
  kind: z.enum(evidenceKinds),
  detail: z.string(),
});
export type Evidence = z.infer<typeof evidence>;

/** An occurrence that has ended without an effect, and that another one has followed; the newest few are kept. */
export const earlierTry = z.object({
  occurrence: z.int(),
  /** Its last: evidence under this one and those before it is of this try, or of one before. */
  fence: z.int(),
  sends: z.int(),
  firstIntentAtMs: z.int().optional(),
  endedAtMs: z.int(),
  canceled: z.literal(true).optional(),
});
export type EarlierTry = z.infer<typeof earlierTry>;

const base = z.object({
  tenantId: z.string(),
  skill: z.string(),
  runId: z.string(),
  stepId: z.string(),
  direction,
  /** Grows with every change of hands; a worker with an older one has lost the step. */
  fence: z.int(),
  /** Fresh with every write: the condition of the next write, and how a writer recognises its own. */
  writeToken: z.string(),
  effectKey: z.string(),
  /** 1-based; a retry after a definite failure is a new occurrence with a new key. */
  occurrence: z.int(),
  argsHash: z.string(),
  skillHash: z.string(),
  /** How often the effect may have left for the provider under this key. */
  sends: z.int(),
  /** How many earlier sends of this key have an unknown outcome. */
  unknownSends: z.int(),
  firstIntentAtMs: z.int().optional(),
  evidence: z.array(evidence),
  /** Oldest first. */
  earlier: z.array(earlierTry).optional(),
});

/** When the item came to this status; absent in items that were written before it was kept. */
const ended = { endedAtMs: z.int().optional() };

const held = {
  owner: z.string(),
  /** The owner's hard deadline plus skew, or the time of the next try once the owner has let go. */
  leaseUntilMs: z.int(),
};

/** `goesOn`: what it has begun goes on without a worker, and is looked at again. */
export const lastSends = ['unknown', 'notDone', 'goesOn'] as const;
export type LastSend = (typeof lastSends)[number];

const sending = {
  ...held,
  /** What the last owner said about its send before letting go; absent when it never said. */
  lastSend: z.enum(lastSends).optional(),
  /** The latest moment at which the last send can have left. */
  sendBoundMs: z.int(),
  /** A person allowed one more send of an effect that would otherwise stay in doubt. */
  sendGranted: z.literal(true).optional(),
};

export const ledgerItem = z.discriminatedUnion('status', [
  base.extend({ status: z.literal('CLAIMED'), ...held }),
  base.extend({ status: z.literal('INTENT'), ...sending }),
  base.extend({ status: z.literal('VERIFY'), ...sending }),
  base.extend({
    status: z.literal('DONE'),
    ...ended,
    result: storedValue,
    /** How far the result may be believed; items that were written before there was such a thing are not. */
    trust: trust.default('untrusted'),
    /** That of the arguments, where it is higher. */
    argumentTrust: trust.optional(),
  }),
  base.extend({ status: z.literal('FAILED'), ...ended, failure }),
  base.extend({ status: z.literal('IN_DOUBT'), ...ended, failure }),
  base.extend({ status: z.literal('CANCELED'), ...ended }),
]);
export type LedgerItem = z.infer<typeof ledgerItem>;
export type LedgerStatus = LedgerItem['status'];

/**
 * The idempotency key of one effect: no attempt, no fence, no plan text, so that every try of the same
 * effect carries the same key and no edit of a plan can mint a second one.
 */
export function effectKey(ref: LedgerRef, occurrence: number): string {
  return sha256([ref.tenantId, ref.runId, ref.stepId, ref.direction, occurrence].join('|'));
}
