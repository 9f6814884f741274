import * as z from 'zod';
import { compensation, takenBack } from './compensation.ts';
import type { DistributiveOmit } from './distributive-omit.ts';
import { storedValue } from './effect.ts';
import { escalationKind } from './escalation.ts';
import { failure, failureClass } from './failure.ts';
import { json } from './json.ts';
import { planAuthor } from './plan.ts';
import { recoveryNote, tried } from './recovery.ts';
import { rejectedOptions } from './rejected-options.ts';
import { finalRunStatuses, parentStep } from './run.ts';
import { purpose } from './think-input.ts';
import { trust } from './trust.ts';

/** Places that the events of one plan revision have; those of the next one begin behind them. */
export const seqOfRevision = 100_000;

const common = {
  /** Grows along the trace; where a page goes on. The plan revision in whose time it was, and its place there. */
  seq: z.int().nonnegative(),
  /** ISO 8601 in UTC. */
  at: z.iso.datetime(),
  /** The newest plan revision then; 0 before the first. */
  revision: z.int().nonnegative(),
};

const step = {
  ...{ stepId: z.string(), skill: z.string(), action: z.string() },
  /** Of a compensation: the step whose effect it undoes. */
  undoes: z.string().optional(),
};

const plannedStep = z.strictObject({
  ...{ id: z.string(), skill: z.string(), action: z.string(), input: z.record(z.string(), json) },
  ...{ why: z.string(), after: z.array(z.string()), optional: z.boolean() },
  /** Steps of the same number can run together; 1 for those that wait for no other step of the revision. */
  wave: z.int().positive(),
  undoes: z.string().optional(),
});

/** What a model says that it has thought of: its own word, which nobody has checked. */
export const selfReported = z.strictObject({
  selfReported: z.literal(true),
  stepId: z.string(),
  reasoning: z.string(),
  options: z.array(z.strictObject({ option: z.string(), chosen: z.boolean(), reason: z.string() })),
});
export type SelfReported = z.infer<typeof selfReported>;

export const planDiff = z.strictObject({
  added: z.array(z.string()),
  /** Given up without having been done. */
  superseded: z.array(z.string()),
  /** Steps of the revision before that are defined anew, and what is different. */
  changed: z.array(z.strictObject({ id: z.string(), members: z.array(z.string()) })),
  output: z.enum(['same', 'added', 'changed', 'removed']),
});
export type PlanDiff = z.infer<typeof planDiff>;

const plan = {
  ...{ basedOn: z.int().nonnegative(), author: planAuthor, read: trust, reason: z.string(), final: z.boolean() },
  steps: z.array(plannedStep),
  output: json.optional(),
  diff: planDiff,
  /** What grants, versions and the shortlist have left out before a planner was asked. */
  considered: rejectedOptions.optional(),
  /** Skills that could not be called when the planner was asked. */
  unavailable: z.array(z.strictObject({ skill: z.string(), breaker: z.string() })),
  model: selfReported.optional(),
  /** Of a revision that mends a plan, or asks how to. */
  recovery: z
    .strictObject({
      ...{ stepId: z.string(), decision: recoveryNote.shape.decision, owner: planAuthor },
      /** Of a wait. */
      notBefore: z.iso.datetime().optional(),
      tried: z.array(tried),
    })
    .optional(),
  /** Of a revision of compensations: what is undone, and what stands. */
  takesBack: takenBack.optional(),
  planHash: z.string(),
};

const event = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.strictObject({ ...common, type: z.literal(type), ...shape });

/** One thing that was decided or came out in a run. */
export const traceEvent = z.discriminatedUnion('type', [
  event('run.started', {
    ...{ agent: z.string(), goal: z.string(), playbook: z.string().optional(), input: json },
    ...{ labels: z.record(z.string(), z.string()), requestedBy: z.string(), parent: parentStep.optional() },
  }),
  event('plan.created', plan),
  event('plan.revised', plan),
  event('plan.rejected', {
    round: z.int().positive(),
    /** What grants, policies, budgets and the form of a plan had against it. */
    problems: z.array(z.strictObject({ by: z.enum(['grant', 'policy', 'budget', 'gate']), problem: z.string() })),
    /** As the model wrote them. */
    steps: z.array(json),
    model: selfReported.optional(),
  }),
  event('step.scheduled', {
    ...{ ...step, wave: z.int().positive(), occurrence: z.int().positive(), why: z.string() },
    ...{ skillHash: z.string(), effectKey: z.string() },
    /** Not known of an earlier try of a step that was mended. */
    argsHash: z.string().optional(),
  }),
  event('step.completed', {
    ...step,
    attempts: z.int().nonnegative(),
    trust,
    output: storedValue,
    outputHash: z.string(),
  }),
  event('step.failed', { ...step, attempts: z.int().nonnegative(), final: z.boolean(), failure }),
  event('step.canceled', step),
  event('effect.examined', { ...step, how: z.enum(['lookup', 'crash', 'late', 'human']), detail: z.string() }),
  event('effect.inDoubt', { ...step, failure }),
  event('model.called', {
    ...{ stepId: z.string(), purpose, model: z.string(), promptHash: z.string(), prompt: z.string(), raw: z.string() },
    ...{ reasoning: z.string(), usage: json.optional(), tokens: z.int(), usdMicros: z.int(), latencyMs: z.number() },
    ...{ ending: z.string(), problems: z.array(z.string()) },
  }),
  event('policy.denied', { ...step, reason: z.string(), rejectedBy: z.string().optional() }),
  event('approval.requested', {
    ...{ ...step, escalationId: z.string(), argsHash: z.string() },
    ...{ doubted: z.array(z.string()), reasons: z.array(z.string()) },
  }),
  event('approval.decided', {
    ...{ ...step, verdict: z.enum(['approved', 'rejected']), by: z.string(), reason: z.string() },
    escalationId: z.string(),
  }),
  event('breaker.opened', { ...step, reason: z.string() }),
  event('recovery.diagnosed', {
    /** Who has decided: a rule, a model that was asked about one step, or whoever has a model plan anew. */
    by: z.enum(['rule', 'model', 'planner']),
    failures: z.array(z.strictObject({ stepId: z.string(), class: failureClass, message: z.string() })),
    findings: z.array(z.string()),
    /** What a model holds to have gone wrong. */
    cause: z.string().optional(),
    /** What was chosen to be done about it, and why. */
    ...{ decision: z.string(), why: z.string() },
    model: selfReported.optional(),
  }),
  event('recovery.rejected', {
    ...{ stepId: z.string(), round: z.int().positive() },
    /** What guards and the gate had against the decision of the model. */
    problems: z.array(z.string()),
    model: selfReported.optional(),
  }),
  event('escalation.opened', {
    ...{ escalationId: z.string(), kind: escalationKind, reason: z.string(), stepId: z.string().optional() },
    failureClass: failureClass.optional(),
    /** What was done about the step before a person was asked, oldest first. */
    tried: z.array(tried).optional(),
  }),
  event('escalation.resolved', { escalationId: z.string(), by: z.string(), reason: z.string() }),
  event('budget.charged', { stepId: z.string(), usdMicros: z.int(), tokens: z.int(), model: z.string() }),
  event('run.waited', { until: z.iso.datetime(), reason: z.string() }),
  event('run.restarted', {
    ...{ generation: z.int().positive(), count: z.int().positive(), cause: z.string() },
    until: z.iso.datetime().optional(),
  }),
  event('run.takenBack', { by: z.string(), reason: z.string(), ending: compensation.shape.ending }),
  event('run.cancelRequested', { by: z.string(), reason: z.string() }),
  event('run.completed', {}),
  event('run.ended', { status: z.enum(finalRunStatuses), ending: z.string() }),
]);
export type TraceEvent = z.infer<typeof traceEvent>;
export type TraceEventType = TraceEvent['type'];
/** An event that has not got its place yet. */
export type Happening = DistributiveOmit<TraceEvent, 'seq' | 'at' | 'revision'> & { readonly atMs: number };
