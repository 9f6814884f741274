import * as z from 'zod';
import { failure } from './failure.ts';
import type { Failure } from './failure.ts';
import { json, sha256 } from './json.ts';
import { reactions } from './reaction.ts';
import { tried } from './recovery.ts';

export const escalationKinds = ['approval', 'inDoubt', 'failure', 'denied', 'budget', 'deadRun'] as const;
export const escalationKind = z.enum(escalationKinds);
export type EscalationKind = z.infer<typeof escalationKind>;

/** Under which kind a person finds a step that has failed: one that has is not in doubt, whatever its skill calls it. */
export function escalationFor({ class: failureClass }: Failure): EscalationKind {
  const { person } = reactions[failureClass];
  return person === 'inDoubt' ? 'failure' : person;
}

/** Arguments at rest: inline, or a key of the blob store when they are large. */
export const placedArguments = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('inline'), value: json }),
  z.object({ kind: z.literal('blob'), key: z.string() }),
]);
export type PlacedArguments = z.infer<typeof placedArguments>;

/** What a person is asked to approve, and why. */
export const approvalNeed = z.object({
  /** What the approval will be bound to (core/model/approval.ts). */
  binding: z.string(),
  skill: z.string(),
  action: z.string(),
  skillHash: z.string(),
  argsHash: z.string(),
  arguments: placedArguments,
  /** Sensitive arguments, by path, that nobody who may be believed has given. */
  doubted: z.array(z.string()),
  /** Of the policies that ask for it. */
  reasons: z.array(z.string()),
});
export type ApprovalNeed = z.infer<typeof approvalNeed>;

/** What the state machine sends when a run needs a person. The task token travels beside it. */
export const escalationNotice = z.object({
  tenantId: z.string(),
  runId: z.string(),
  agent: z.string(),
  generation: z.int(),
  escalationId: z.string(),
  kind: escalationKind,
  reason: z.string(),
  stepId: z.string().optional(),
  failure: failure.optional(),
  /** Of kind approval. */
  approval: approvalNeed.optional(),
  /** What was done about the step before a person is asked, oldest first. */
  tried: z.array(tried).optional(),
  openedAtMs: z.int(),
});
export type EscalationNotice = z.infer<typeof escalationNotice>;

/** An inbox item. `settled` once the run no longer waits for it. */
export const escalation = escalationNotice.extend({
  status: z.enum(['open', 'settled']),
  version: z.int().positive(),
  writeToken: z.string(),
  /** A secret: whoever has it can wake the run. Never leaves the table. */
  taskToken: z.string().optional(),
  settled: z.object({ atMs: z.int(), by: z.string(), reason: z.string() }).optional(),
});
export type Escalation = z.infer<typeof escalation>;

/** The same trouble of the same run is the same escalation, however often it is reported. */
export function escalationIdOf(runId: string, kind: EscalationKind, stepId: string, occurrence: number): string {
  return `esc-${sha256([runId, kind, stepId, occurrence].join('|')).slice(0, 20)}`;
}
