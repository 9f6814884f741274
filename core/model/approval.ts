import * as z from 'zod';
import { direction } from './effect.ts';
import type { LedgerRef } from './effect.ts';
import { canonicalJson, sha256 } from './json.ts';

const vote = z.object({ by: z.string(), reason: z.string(), atMs: z.int() });
export type Vote = z.infer<typeof vote>;

/** What a person said about one use of an action. Kept with the ledger of its skill, where the skill host sees it. */
export const approval = z.object({
  tenantId: z.string(),
  skill: z.string(),
  runId: z.string(),
  stepId: z.string(),
  direction,
  binding: z.string(),
  verdict: z.enum(['approved', 'rejected']),
  /** Of the step, when it was asked for. A rejection stands for this one, an approval for as long as the bytes are the same. */
  occurrence: z.int(),
  escalationId: z.string(),
  by: z.string(),
  reason: z.string(),
  atMs: z.int(),
  /** Where several people have to approve: those who have, in order. `by` is then the last one. */
  votes: z.array(vote).optional(),
  writeToken: z.string(),
});
export type Approval = z.infer<typeof approval>;

/** Everything that a person sees when asked. Should one of them change, the approval is for something else. */
export interface ApprovedUse extends LedgerRef {
  readonly action: string;
  readonly skillHash: string;
  /** Of the rendered arguments. */
  readonly argsHash: string;
}

/** What an approval is bound to: `sha256` of the step, the skill's hash and the bytes of its rendered arguments. */
export function approvalBinding(use: ApprovedUse): string {
  const { tenantId, runId, stepId, direction: way, skill, action, skillHash, argsHash } = use;
  return sha256(canonicalJson([tenantId, runId, stepId, way, skill, action, skillHash, argsHash]));
}

/** Who has approved so far, in order. */
export function votesOf({ verdict, votes, by, reason, atMs }: Approval): readonly Vote[] {
  if (votes) return votes;
  return verdict === 'approved' ? [{ by, reason, atMs }] : [];
}

/**
 * What an approval, if there is one, means for an occurrence of a step.
 *
 * @param quorum people who have to approve
 */
export function standingOf(
  found: Approval | undefined,
  occurrence: number,
  quorum: number,
): 'open' | 'approved' | 'rejected' {
  if (!found) return 'open';
  if (found.verdict === 'approved') {
    return new Set(votesOf(found).map(({ by }) => by)).size >= quorum ? 'approved' : 'open';
  }
  return found.occurrence >= occurrence ? 'rejected' : 'open';
}
