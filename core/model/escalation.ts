import * as z from 'zod';
import { escalationAct } from './escalation-act.ts';
import { failure } from './failure.ts';
import type { Failure } from './failure.ts';
import { inboxTimes } from './inbox-times.ts';
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
  /** How many people have to approve; one when left out. */
  quorum: z.int().optional(),
  /** Whoever has started the run may not approve. */
  differentPerson: z.literal(true).optional(),
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
  /** What the agent says about how long people may take. */
  times: inboxTimes.optional(),
});
export type EscalationNotice = z.infer<typeof escalationNotice>;

const hold = z.object({ by: z.string(), untilMs: z.int() });
export type Hold = z.infer<typeof hold>;

/** An inbox item. `settled` once the run no longer waits for it. */
export const escalation = escalationNotice.extend({
  status: z.enum(['open', 'settled']),
  version: z.int().positive(),
  writeToken: z.string(),
  /** A secret: whoever has it can wake the run. Never leaves the table. */
  taskToken: z.string().optional(),
  settled: z.object({ atMs: z.int(), by: z.string(), reason: z.string() }).optional(),
  /** Who works on it. Over at `untilMs`: from then on it means nothing. */
  claim: hold.optional(),
  /**
   * Who has begun to resolve it, so that nobody claims it meanwhile. Other resolutions are kept out by `alone` only: elsewhere
   * one verdict wins by itself.
   */
  deciding: hold.extend({ alone: z.literal(true).optional() }).optional(),
  /** The person or team that is asked. */
  assignedTo: z.string().optional(),
  /** Which of the contacts is asked, and since when. The first one, since it was opened, when left out. */
  asked: z.object({ contact: z.int(), sinceMs: z.int(), reminded: z.literal(true).optional() }).optional(),
  /** The time has come at which nobody's answer decides. */
  lapsed: z.literal(true).optional(),
  /** Nobody was told of it yet who wants to be. */
  unannounced: z.literal(true).optional(),
  /**
   * The newest line of its history. The older ones are items of their own, written before this one takes their place: this
   * item stays small, since a write of it that loses is billed by its size.
   */
  lastAct: escalationAct.optional(),
});
export type Escalation = z.infer<typeof escalation>;

/** The same trouble of the same run is the same escalation, however often it is reported. */
export function escalationIdOf(runId: string, kind: EscalationKind, stepId: string, occurrence: number): string {
  return `esc-${sha256([runId, kind, stepId, occurrence].join('|')).slice(0, 20)}`;
}

/** The other person, if any, whose lease of an item lives. */
export function heldByOther({ claim }: Pick<Escalation, 'claim'>, by: string, nowMs: number): Hold | undefined {
  return claim && claim.untilMs > nowMs && claim.by !== by ? claim : undefined;
}
