import * as z from 'zod';
import { actKinds, maxCommentCharacters } from '../model/escalation-act.ts';
import { escalationKind } from '../model/escalation.ts';
import { failure } from '../model/failure.ts';
import { json } from '../model/json.ts';
import { actionName, escalationId, name, runId, skillId } from '../model/names.ts';
import { tried } from '../model/recovery.ts';
import { moment, page } from './api-parts.ts';
import { caseView } from './case-api.ts';

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

/** A person's decision that needs no more than a reason. */
export const plainRequest = z.strictObject({
  resolution: z.enum(['retry', 'skip', 'abort']),
  /** For the record. */
  reason: z.string().min(1).max(500),
});
export type PlainRequest = z.infer<typeof plainRequest>;

/** Other arguments for a step that has not begun, or has failed for certain. */
export const editRequest = z.strictObject({
  resolution: z.literal('edit'),
  /** For the record. */
  reason: z.string().min(1).max(500),
  /** All arguments of the step, as in a plan: a value may be a reference such as `${steps.room.output.city}`. */
  input: z.record(z.string(), json),
});
export type EditRequest = z.infer<typeof editRequest>;

/** What the action would have answered, where a person has done its work elsewhere. */
export const provideRequest = z.strictObject({
  resolution: z.literal('provide'),
  /** For the record. */
  reason: z.string().min(1).max(500),
  /** Checked by the output schema of the action. */
  output: json,
});
export type ProvideRequest = z.infer<typeof provideRequest>;

export const mostInstructionsCharacters = 4_000;

/** What a model is to plan instead of what is not over. */
export const replanRequest = z.strictObject({
  resolution: z.literal('replan'),
  /** For the record. */
  reason: z.string().min(1).max(500),
  /** In words, for the model. */
  instructions: z.string().min(1).max(mostInstructionsCharacters),
});
export type ReplanRequest = z.infer<typeof replanRequest>;

/** Body of `POST /v1/escalations/{id}/resolve`. */
export const resolveRequest = z.discriminatedUnion('resolution', [
  attestRequest,
  approvalRequest,
  takeBackRequest,
  plainRequest,
  editRequest,
  provideRequest,
  replanRequest,
]);
export type ResolveRequest = z.infer<typeof resolveRequest>;

/** Body of `POST /v1/escalations/{id}/claim`. May be left out. */
export const claimRequest = z.strictObject({
  /** How long nobody else may claim or resolve the item. A claim can be renewed. */
  minutes: z.int().min(1).max(240).default(15),
});
export type ClaimRequest = z.output<typeof claimRequest>;

/** Body of `POST /v1/escalations/{id}/release`. May be left out. */
export const releaseRequest = z.strictObject({});

/** Body of `POST /v1/escalations/{id}/reassign`. */
export const reassignRequest = z.strictObject({
  /** A person, as tokens name them, or a team. */
  to: z
    .string()
    .min(1)
    .max(128)
    .refine((text) => !/\p{Cc}/u.test(text), 'must hold no control characters'),
  /** For the record. */
  reason: z.string().min(1).max(500),
});
export type ReassignRequest = z.infer<typeof reassignRequest>;

/** Body of `POST /v1/escalations/{id}/comments`. */
export const commentRequest = z.strictObject({ text: z.string().min(1).max(maxCommentCharacters) });
export type CommentRequest = z.infer<typeof commentRequest>;

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
  /** How many people have to approve; one when left out. One who rejects decides at once. */
  quorum: z.int().positive().optional(),
  /** Whoever has started the run may not approve. */
  differentPerson: z.literal(true).optional(),
  /** Who has approved so far, where several people have to. Left out in lists. */
  votes: z.array(z.strictObject({ by: z.string(), at: moment, reason: z.string() })).optional(),
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
  /** The person or team that is asked. */
  assignedTo: z.string().optional(),
  /** Who works on it; until then nobody else may claim or resolve it. */
  claim: z.strictObject({ by: z.string(), until: moment }).optional(),
  /** What was done to it, oldest first. Left out in lists. */
  history: z
    .array(
      z.strictObject({
        act: z.enum(actKinds),
        by: z.string(),
        at: moment,
        /** Who was asked instead. */
        to: z.string().optional(),
        /** The comment, or the reason. */
        text: z.string().optional(),
      }),
    )
    .optional(),
  settled: z.strictObject({ at: moment, by: z.string(), reason: z.string() }).optional(),
  /** All that a person needs to decide. Of one item only, and left out when its run is gone. */
  case: caseView.optional(),
});
export type EscalationView = z.infer<typeof escalationView>;
export const escalationPage = page(escalationView);
export type EscalationPage = z.infer<typeof escalationPage>;
