import * as z from 'zod';
import type { RunBudget } from './budget.ts';
import { runBudget } from './budget.ts';
import { compensation } from './compensation.ts';
import { escalationKind } from './escalation.ts';
import { json } from './json.ts';
import { recoveryCounts } from './recovery.ts';
import { givenPlanAuthor, planDraft } from './plan.ts';
import { resolutions } from './resolution.ts';
import { trust } from './trust.ts';

export const runStatuses = [
  'pending',
  'running',
  'waiting',
  'escalated',
  'compensating',
  'completed',
  'declined',
  'failed',
  'canceled',
] as const;
export const runStatus = z.enum(runStatuses);
export type RunStatus = z.infer<typeof runStatus>;

export const finalRunStatuses = ['completed', 'declined', 'failed', 'canceled'] as const satisfies readonly RunStatus[];
export type FinalRunStatus = (typeof finalRunStatuses)[number];

export function isFinal(status: RunStatus): status is FinalRunStatus {
  return (finalRunStatuses as readonly RunStatus[]).includes(status);
}

/** The step of another run that has handed on a part of its goal. */
export const parentStep = z.object({
  agent: z.string(),
  runId: z.string(),
  stepId: z.string(),
  occurrence: z.int().positive(),
  /** Runs above: 1 for a run whose parent was asked for by a person. */
  depth: z.int().positive(),
});
export type ParentStep = z.infer<typeof parentStep>;

/** What was asked for. Immutable, written before the head. */
export const runRequest = z.object({
  tenantId: z.string(),
  runId: z.string(),
  agent: z.string(),
  goal: z.string(),
  /** How far the goal may be believed; trusted when left out. */
  goalTrust: trust.optional(),
  playbook: z.string().optional(),
  plan: planDraft.optional(),
  /** Of `plan`; a person when left out. */
  planAuthor: givenPlanAuthor.optional(),
  input: json,
  /** Members of the input, by path, that somebody outside wrote. */
  untrusted: z.array(z.string()),
  labels: z.record(z.string(), z.string()),
  /** What it may use: of what its agent and whoever started it allow, the less. */
  budget: runBudget.default({}),
  requestedBy: z.string(),
  /** Of a run that a step of another run has asked for. */
  parent: parentStep.optional(),
  createdAtMs: z.int(),
});
export type RunRequest = z.infer<typeof runRequest>;

/** Steps of one revision that are still of interest, one status character each. */
const windowEntry = z.object({ revision: z.int().positive(), statuses: z.string() });

export const waitingFor = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('time'), untilMs: z.int(), reason: z.string() }),
  z.object({
    kind: z.literal('human'),
    escalationId: z.string(),
    /** What it asks for. */
    escalation: escalationKind,
    reason: z.string(),
  }),
]);

/** How often a run was set going again after its execution had died, without getting any further in between. */
export const restarts = z.object({
  /** Deaths at this place; each but the last one that is allowed was followed by a restart. */
  count: z.int().positive(),
  /** How far the run had come (core/operations/run-progress.ts). */
  progress: z.string(),
  /** Of the last death. */
  atMs: z.int(),
  /** That the last restart has begun. */
  generation: z.int().positive(),
  /** Said of a restart whose execution is not started yet: the sweep does when its time has come. */
  delayed: z.literal(true).optional(),
  /** How each execution ended. */
  causes: z.array(z.string()),
});
export type Restarts = z.infer<typeof restarts>;

/**
 * The head of a run: a projection, at most 2 KB, conditional on `version`. Within a burst it travels in the
 * state and may be ahead of the table; what is newer than the table is rebuilt from the ledger.
 */
export const runHead = z.object({
  tenantId: z.string(),
  runId: z.string(),
  agent: z.string(),
  status: runStatus,
  generation: z.int().positive(),
  /** Of the last write. */
  version: z.int().positive(),
  writeToken: z.string(),
  /** The newest plan revision; 0 before the first. */
  revision: z.int().nonnegative(),
  window: z.array(windowEntry),
  /** Steps that are over and no longer in the window. */
  stepsRetired: z.int().nonnegative(),
  burstsInGeneration: z.int().nonnegative(),
  /** Sparse: how often a step was dispatched without any trace of it in the ledger. */
  lost: z.record(z.string(), z.int()),
  /** Limits that a person has changed since the run was asked for. */
  budget: runBudget.optional(),
  /** How often the plan was revised after a failure, or after a verdict that the goal is not reached. */
  replans: z.int().nonnegative().optional(),
  /** Recoveries since the run began, or since a person has set it going again. */
  recoveries: recoveryCounts.optional(),
  /** Sparse: which occurrence of a step is wanted when a person asked for another one. */
  occurrences: z.record(z.string(), z.int()),
  /** Sparse: steps in doubt that are to be looked at once more: in the ledger, then at a provider that can be asked. */
  lookAgain: z.array(z.string()).optional(),
  /** Of a run whose execution has died. */
  restarts: restarts.optional(),
  /** Version of the head with which the sweep found the inbox item that the run waits for. */
  inboxSeenVersion: z.int().optional(),
  deadlineMs: z.int(),
  createdAtMs: z.int(),
  updatedAtMs: z.int(),
  waitingFor: waitingFor.optional(),
  /** What was last decided at the inbox and moved the run, so that a call that dies before it is told there can be completed. */
  answered: z
    .object({ escalationId: z.string(), by: z.string(), resolution: z.enum(resolutions), requestHash: z.string() })
    .optional(),
  cancelRequested: z.object({ atMs: z.int(), by: z.string(), reason: z.string() }).optional(),
  /** The run is being taken back. */
  compensation: compensation.optional(),
  /** Why the run ended, when it did not complete. */
  ending: z.string().optional(),
  /** Of a run that is over: what its trace was then (core/model/trace-seal.ts). */
  seal: z.object({ sha256: z.string(), events: z.int().nonnegative() }).optional(),
});
export type RunHead = z.infer<typeof runHead>;

/** Whether a run only settles what it has begun, and begins nothing of its plan any more. */
export function isEnding(head: Pick<RunHead, 'cancelRequested' | 'compensation'>): boolean {
  return head.cancelRequested !== undefined || head.compensation !== undefined;
}

/** The status of a run that is on its way. */
export function statusUnderWay({ compensation: undoing }: Pick<RunHead, 'compensation'>): 'running' | 'compensating' {
  return undoing === undefined ? 'running' : 'compensating';
}

/** What a run may use now. */
export function budgetOfRun(head: Pick<RunHead, 'budget'>, request: Pick<RunRequest, 'budget'>): RunBudget {
  return { ...request.budget, ...head.budget };
}
export type WaitingFor = z.infer<typeof waitingFor>;
