import * as z from 'zod';
import { runBudget, writtenBudget } from '../model/budget.ts';
import { escalationKind } from '../model/escalation.ts';
import { humanInterrupt, humanResponses } from './human-interrupt.ts';
import { escalationView, resolveRequest } from './inbox-api.ts';
import { failure } from '../model/failure.ts';
import { json } from '../model/json.ts';
import { actionName, escalationId, name, runId, runStepId, skillId, stepId } from '../model/names.ts';
import { givenPlanAuthor, planDraft } from '../model/plan.ts';
import { tried } from '../model/recovery.ts';
import { parentStep, runStatus } from '../model/run.ts';
import { moment, page } from './api-parts.ts';
import { runSpendView } from './spend-api.ts';
import { stepStatus } from '../model/step.ts';

export { humanInterrupt, humanResponses } from './human-interrupt.ts';
export type { HumanInterrupt, HumanResponse } from './human-interrupt.ts';
export {
  approvalRequest,
  approvalView,
  attestRequest,
  claimRequest,
  commentRequest,
  editRequest,
  escalationPage,
  escalationView,
  plainRequest,
  provideRequest,
  reassignRequest,
  releaseRequest,
  replanRequest,
  resolveRequest,
  takeBackRequest,
} from './inbox-api.ts';
export {
  defaultSpendDays,
  maxSpendDays,
  runSpendView,
  spendGroup,
  spendGroups,
  spendQuery,
  spendView,
  usdText,
} from './spend-api.ts';
export { mostRedriven, redriveReport, redriveRequest } from './redrive-api.ts';
export type { RedriveReport, RedriveRequest } from './redrive-api.ts';
export { breakerPage, breakerRequest, breakerView } from './breaker-api.ts';
export type { BreakerPage, BreakerRequest, BreakerView } from './breaker-api.ts';
export type { SpendGroup, SpendView } from './spend-api.ts';
export {
  auditView,
  eventsQuery,
  maxTraceEvents,
  otlpTrace,
  trace,
  traceEvent,
  tracePage,
  traceQuery,
} from './trace-api.ts';
export type { AuditView, OtlpTrace, TraceEvent, TracePage } from './trace-api.ts';
export { explainRequest, explanation, grantDecisions, grantsPage } from './grants-api.ts';
export type { DecidingPolicy, ExplainRequest, Explanation, GrantedAction, GrantsPage } from './grants-api.ts';
export { agentPage, agentView, toolPage } from './agent-api.ts';
export type { AgentPage, ToolPage } from './agent-api.ts';
export { effectView, skillPage, skillSummary, skillView } from './skill-api.ts';
export type { SkillPage, SkillView } from './skill-api.ts';
export type {
  ApprovalRequest,
  AttestRequest,
  ClaimRequest,
  CommentRequest,
  EditRequest,
  EscalationPage,
  EscalationView,
  PlainRequest,
  ProvideRequest,
  ReassignRequest,
  ReplanRequest,
  ResolveRequest,
  TakeBackRequest,
} from './inbox-api.ts';

/** Bodies of the HTTP API (DESIGN section 12). Times are ISO 8601 in UTC; a member that has no value is left out. */

export const maxBodyBytes = 256 * 1024;
/** Deeper JSON than this is refused: nothing that people write needs it, and recursion over it ends somewhere. */
export const maxBodyDepth = 64;
export const maxGoalCharacters = 4_000;
export const maxDeadlineSeconds = 365 * 86_400;
export const maxPageItems = 100;

export const scopes = ['runs:read', 'runs:write', 'inbox:read', 'inbox:resolve', 'admin'] as const;
export const scope = z.enum(scopes);
/** What a token allows. `admin` includes the others. */
export type Scope = z.infer<typeof scope>;

export { mcpKeyMember } from '../model/mcp.ts';

const label = z.string().max(256);

/** What a run may use at most, as whoever asks for it writes it. */
export const requestedBudget = writtenBudget.extend({
  deadlineSeconds: z.int().min(1).max(maxDeadlineSeconds).optional(),
});

/** Body of `POST /v1/runs`. Exactly one of `playbook` and `plan`, or a goal alone for an agent that has a model. */
export const startRunRequest = z.strictObject({
  agent: name,
  goal: z.string().min(1).max(maxGoalCharacters).optional(),
  playbook: z.string().min(1).max(64).optional(),
  /** Of the playbook, checked by its schema; `{}` when left out. */
  input: json.optional(),
  /** Members of the input, by path (`ticket.text`), that somebody outside wrote: they never decide a sensitive argument by themselves. */
  untrusted: z.array(z.string().min(1).max(200)).max(50).optional(),
  /** Checked by the plan gate, which names each problem; its shape is `planDraft`. */
  plan: json.optional(),
  /**
   * Who wrote `plan`, `person` when left out. What a `model` wrote is no person's word: sensitive arguments that it chose
   * wait for an approval.
   */
  planAuthor: givenPlanAuthor.optional(),
  /** What its agent allows less of stays so; only `deadlineSeconds` replaces what the agent says. */
  budget: requestedBudget.optional(),
  labels: z
    .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be 1 to 63 of A-Z, a-z, 0-9, . _ -'), label)
    .refine((labels) => Object.keys(labels).length <= 20, 'a run may have 20 labels')
    .optional(),
});
export type StartRunRequest = z.input<typeof startRunRequest>;
export { planDraft };

/** Why somebody does something, for the record. */
export const reasonRequest = z.strictObject({ reason: z.string().min(1).max(500).optional() });
export type ReasonRequest = z.infer<typeof reasonRequest>;

/** Body of `POST /v1/runs/{id}/cancel`. May be left out. With `compensate`, what the run has done is undone before it ends. */
export const cancelRequest = reasonRequest.extend({ compensate: z.boolean().optional() });
export type CancelRequest = z.infer<typeof cancelRequest>;

/** Body of `POST /v1/runs/{id}/resume`. May be left out. Limits that `budget` names replace those of the run. */
export const resumeRequest = reasonRequest.extend({ budget: writtenBudget.optional() });
export type ResumeRequest = z.input<typeof resumeRequest>;

/** Answer of everything that starts or wakes a run. */
export const runAccepted = z.strictObject({ runId, status: runStatus });
export type RunAccepted = z.infer<typeof runAccepted>;

const pageQuery = {
  limit: z.coerce.number().int().min(1).max(maxPageItems).default(20),
  cursor: z.string().min(1).max(2_048).optional(),
};
export const listQuery = z.strictObject(pageQuery);
export const runsQuery = z.strictObject({
  ...pageQuery,
  /** Only runs with one of these statuses, with commas between them. */
  status: z
    .string()
    .max(200)
    .transform((text) => text.split(','))
    .pipe(z.array(runStatus))
    .optional(),
  /** Only runs of this agent. */
  agent: name.optional(),
  /** With what each run is for. */
  goals: z.enum(['true', 'false']).default('false'),
});
export const showRunQuery = z.strictObject({ outputs: z.enum(['true', 'false']).default('false') });
/** Of one inbox item: as it is, or as a LangChain `HumanInterrupt`. */
export const escalationQuery = z.strictObject({ format: z.enum(['json', 'human-interrupt']).default('json') });
export const escalationAnswer = z.union([escalationView, humanInterrupt]);
/** Body of `POST /v1/escalations/{id}/resolve`: a decision, or what an agent inbox of LangChain answers. */
export const resolveBody = z.union([resolveRequest, humanResponses]);
export const escalationsQuery = z.strictObject({ status: z.enum(['open', 'settled']).default('open'), ...pageQuery });
/** With `search`, the skills that fit a goal best, best first and at most 10; else all of them by id. */
export const skillsQuery = z.strictObject({ search: z.string().min(1).max(maxGoalCharacters).optional() });
export const grantsQuery = z.strictObject({ agent: z.string().min(1).max(200).optional(), ...pageQuery });
export const noQuery = z.strictObject({});

export const runSummary = z.strictObject({
  runId,
  agent: name,
  status: runStatus,
  createdAt: moment,
  /** With `?goals=true`. */
  goal: z.string().optional(),
});
export const runPage = page(runSummary);
export type RunPage = z.infer<typeof runPage>;

export const stepView = z.strictObject({
  id: runStepId,
  /** The plan revision that defines it. */
  revision: z.int().positive(),
  skill: skillId,
  action: actionName,
  why: z.string(),
  optional: z.boolean(),
  /** Of a compensation: the step whose effect it undoes. */
  undoes: stepId.optional(),
  /** How its effect can be settled, as the action is defined now; left out when it is no longer defined. */
  effectClass: z.enum(['P', 'K', 'Q', 'N']).optional(),
  status: stepStatus,
  /** How often its effect may have been sent, in this occurrence. */
  attempts: z.int().nonnegative(),
  /** Of a step that hands on a part of the goal: the run of the other agent. */
  runId: runId.optional(),
  /** Of the last attempt, when it did not succeed. */
  failure: failure.optional(),
  /** What recovery has done about it, oldest first; left out where nothing was. */
  tried: z.array(tried).optional(),
  /** Of a completed step, with `?outputs=true`. */
  output: json.optional(),
});
export type StepView = z.infer<typeof stepView>;

export const runView = z.strictObject({
  runId,
  agent: name,
  goal: z.string(),
  playbook: z.string().optional(),
  input: json,
  labels: z.record(z.string(), z.string()),
  requestedBy: z.string(),
  /** The step that has asked for it, when another run did. `depth` counts the runs above. */
  parent: parentStep.extend({ agent: name, runId, stepId }).strict().optional(),
  status: runStatus,
  generation: z.int().positive(),
  /** Newest plan revision; 0 before the first. */
  revision: z.int().nonnegative(),
  createdAt: moment,
  updatedAt: moment,
  deadline: moment,
  waitingFor: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('time'), until: moment, reason: z.string() }),
      z.strictObject({ kind: z.literal('human'), escalationId, escalation: escalationKind, reason: z.string() }),
    ])
    .optional(),
  /** What it may use. Left out while nothing is limited. */
  budget: runBudget.optional(),
  /** What it has used of models. Left out for a run that may use none. */
  spend: runSpendView.optional(),
  cancelRequested: z.strictObject({ at: moment, by: z.string(), reason: z.string() }).optional(),
  /** Of a run that is, or was, taken back: for whom, and how it ends when everything is undone. */
  compensation: z
    .strictObject({ at: moment, by: z.string(), reason: z.string(), ending: z.enum(['canceled', 'failed']) })
    .optional(),
  /** Why the run ended, when it did not complete. */
  ending: z.string().optional(),
  steps: z.strictObject({
    /** Planned so far. */
    total: z.int().nonnegative(),
    /** Completed, skipped or compensated. */
    over: z.int().nonnegative(),
    /** The open window: steps of the revisions that are still of interest, in plan order. */
    window: z.array(stepView),
  }),
  /** Of a completed run whose plan declares one. */
  output: json.optional(),
  /** Why there is no output although the plan declares one. */
  outputProblem: z.string().optional(),
});
export type RunView = z.infer<typeof runView>;

export { planPage, revisionView, runPreview } from './plan-api.ts';
export type { PlanPage, RunPreview } from './plan-api.ts';

export const health = z.strictObject({ status: z.literal('ok') });

/** `Idempotency-Key` of `POST /v1/runs`: 1 to 255 visible ASCII characters. */
export const idempotencyKeyPattern = /^[\x21-\x7e]{1,255}$/;
