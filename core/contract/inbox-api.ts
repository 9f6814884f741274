import * as z from 'zod';
import { escalationKind } from '../model/escalation.ts';
import { failure } from '../model/failure.ts';
import { json } from '../model/json.ts';
import { actionName, escalationId, name, runId, skillId } from '../model/names.ts';
import { tried } from '../model/recovery.ts';
import { moment, page } from './api-parts.ts';

/** What a person says about a step in doubt. */
export const attestRequest = z.strictObject({
  resolution: z.literal('attest'),
  /** How it is known, for the record. */
  reason: z.string().min(1).max(500),
  /** Whether the side effect took place at the provider. */
  happened: z.boolean(),
  /** What the action would have answered, checked by its output schema. Required when it happened, else refused. */
  output: json.optional(),
});
export type AttestRequest = z.infer<typeof attestRequest>;

/** What a person says about a use of an action that waits for approval: of exactly these arguments, and no others. */
export const approvalRequest = z.strictObject({
  resolution: z.enum(['approve', 'reject']),
  /** Of the escalation as it was read, or its beginning. Refused when something else is to be approved by now. */
  binding: z.string().min(12).max(64).optional(),
  /** For the record. */
  reason: z.string().min(1).max(500),
});
export type ApprovalRequest = z.infer<typeof approvalRequest>;

/** A person's decision that a run whose step has failed is not to go on: what it has done is undone. */
export const takeBackRequest = z.strictObject({
  resolution: z.literal('compensate'),
  /** For the record. */
  reason: z.string().min(1).max(500),
});
export type TakeBackRequest = z.infer<typeof takeBackRequest>;

/** Body of `POST /v1/escalations/{id}/resolve`. */
export const resolveRequest = z.discriminatedUnion('resolution', [attestRequest, approvalRequest, takeBackRequest]);
export type ResolveRequest = z.infer<typeof resolveRequest>;

/** One use of an action that a person is asked to approve. */
export const approvalView = z.strictObject({
  skill: skillId,
  action: actionName,
  /** What an approval is bound to: the step, the skill's hash and the bytes of the arguments. */
  binding: z.string(),
  skillHash: z.string(),
  argsHash: z.string(),
  /** Sensitive arguments, by path, that are not trusted. */
  doubted: z.array(z.string()),
  /** Of the policies that ask for it. */
  reasons: z.array(z.string()),
  /** Exactly what will be sent. Left out in lists. */
  arguments: json.optional(),
  /** The same as pretty JSON in which every character that tricks the eye is escaped. Left out in lists. */
  shown: z.string().optional(),
  /** What was escaped, and why. Left out in lists. */
  tricks: z.array(z.strictObject({ path: z.string(), name: z.string(), why: z.string() })).optional(),
});

export const escalationView = z.strictObject({
  escalationId,
  runId,
  agent: name,
  kind: escalationKind,
  status: z.enum(['open', 'settled']),
  reason: z.string(),
  stepId: z.string().optional(),
  failure: failure.optional(),
  /** Of kind approval: what is asked for. */
  approval: approvalView.optional(),
  /** What recovery has done about the step, or in shadow mode would have done; oldest first. */
  tried: z.array(tried).optional(),
  openedAt: moment,
  settled: z.strictObject({ at: moment, by: z.string(), reason: z.string() }).optional(),
});
export type EscalationView = z.infer<typeof escalationView>;
export const escalationPage = page(escalationView);
export type EscalationPage = z.infer<typeof escalationPage>;
