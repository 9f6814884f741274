import * as z from 'zod';
import { failure } from './failure.ts';
import type { Failure } from './failure.ts';
import { approvalNeed } from './escalation.ts';
import type { ApprovalNeed } from './escalation.ts';
import { json } from './json.ts';
import { trust } from './trust.ts';

export const stepStatuses = ['pending', 'running', 'completed', 'failed', 'inDoubt', 'skipped', 'compensated'] as const;
export const stepStatus = z.enum(stepStatuses);
export type StepStatus = z.infer<typeof stepStatus>;

/** Whether nothing more becomes of a step in its place in the plan. */
export function isStepOver(status: StepStatus): boolean {
  return status === 'completed' || status === 'skipped' || status === 'compensated';
}

/** One character per step in the run head. `-` marks a step that a later revision has redefined. */
export const statusCharacters = {
  pending: 'p',
  running: 'r',
  completed: 'c',
  failed: 'f',
  inDoubt: 'd',
  skipped: 's',
  compensated: 'o',
} as const satisfies Record<StepStatus, string>;
export const supersededCharacter = '-';

const byCharacter = new Map<string, StepStatus>(stepStatuses.map((status) => [statusCharacters[status], status]));

/** The status behind a character of the head, undefined for a superseded step. Throws on any other character. */
export function statusOfCharacter(character: string): StepStatus | undefined {
  if (character === supersededCharacter) return undefined;
  const status = byCharacter.get(character);
  if (!status) throw new Error(`The run head holds '${character}' where a step status was expected.`);
  return status;
}

/** Where one step of the open window stands. A state owns only what it needs. */
export type StepState =
  /** Not begun, or begun and let go: may be dispatched from `notBeforeMs` on. */
  | {
      readonly status: 'pending';
      readonly notBeforeMs: number;
      readonly lost: number;
      readonly lastFailure?: Failure;
      /** What goes on meanwhile, in words. */
      readonly waitsFor?: string | undefined;
      /** It may not begin before a person has approved it. */
      readonly approval?: ApprovalNeed;
    }
  | { readonly status: 'completed' }
  | { readonly status: 'failed'; readonly failure: Failure }
  | { readonly status: 'inDoubt'; readonly failure: Failure }
  | { readonly status: 'skipped' }
  | { readonly status: 'compensated' };

/** What one dispatch of a step came to, as its skill host (or the state machine in its place) reports it. */
export const stepOutcome = z.discriminatedUnion('kind', [
  /** Small outputs travel along; larger ones are read from the ledger. */
  z.object({
    kind: z.literal('done'),
    stepId: z.string(),
    attempts: z.int(),
    trust,
    /** Of the arguments, where it is higher. */
    argumentTrust: trust.optional(),
    output: json.optional(),
  }),
  z.object({ kind: z.literal('failed'), stepId: z.string(), attempts: z.int(), failure }),
  z.object({ kind: z.literal('retry'), stepId: z.string(), attempts: z.int(), failure, notBeforeMs: z.int() }),
  z.object({ kind: z.literal('inDoubt'), stepId: z.string(), attempts: z.int(), failure }),
  z.object({
    kind: z.literal('busy'),
    stepId: z.string(),
    untilMs: z.int(),
    /** What it waits for, where that is more than a worker. */
    reason: z.string().optional(),
  }),
  z.object({ kind: z.literal('canceled'), stepId: z.string() }),
  /** Found by Decide before a dispatch: a person has to approve it first. */
  z.object({ kind: z.literal('unapproved'), stepId: z.string(), approval: approvalNeed }),
  /** The function ended without an answer; what became of the effect is in the ledger. */
  z.object({ kind: z.literal('lost'), stepId: z.string(), error: z.string(), cause: z.string().optional() }),
]);
export type StepOutcome = z.infer<typeof stepOutcome>;

/** Of a step that was closed in the ledger because its run was to end: it did not happen, and it may be tried again. */
export const neverBegun: Failure = {
  class: 'budgetExceeded',
  message: 'the step was closed before it began, because the run was being ended',
};
