import * as z from 'zod';
import { failureClass } from './failure.ts';
import type { Failure } from './failure.ts';
import { json, sha256 } from './json.ts';
import { planAuthor } from './plan-author.ts';
import { trust } from './trust.ts';

/** What a model that diagnoses may decide. The set is closed: nothing else is ever done. */
export const diagnosedDecisions = [
  'wait',
  'retry',
  'retryChanged',
  'replace',
  'skip',
  'compensate',
  'escalate',
] as const;
export type DiagnosedDecision = (typeof diagnosedDecisions)[number];

/** Recoveries that one step and one run may have before a person is asked. */
export const recoveryBounds = { perStep: 2, perRun: 8 } as const;

export const recoveryModes = ['on', 'off', 'shadow'] as const;
/** `shadow`: what would be done is recorded, and a person is asked instead. */
export type RecoveryMode = (typeof recoveryModes)[number];

const mostWhyCharacters = 600;

/** One thing that was done about a failure, or would have been, as a person is told of it. */
export const tried = z.object({
  /** Of the failure. */
  class: failureClass,
  /** `HotelBooking:v1/book`, which had failed. */
  uses: z.string(),
  decision: z.enum(['alternative', ...diagnosedDecisions, 'edit']),
  /** Who decided, where it was a person. */
  by: z.string().optional(),
  why: z.string(),
  /** It was only recorded. */
  shadow: z.literal(true).optional(),
});
export type Tried = z.infer<typeof tried>;

/** Steps by what a revision does to them. */
export const planDiff = z.object({
  added: z.array(z.string()),
  changed: z.array(z.object({ stepId: z.string(), from: z.string(), to: z.string(), arguments: z.array(z.string()) })),
});
export type PlanDiff = z.infer<typeof planDiff>;

/** What a revision of the author `recovery` or `operator` is about; of one of the author `engine`, what it asks about. */
export const recoveryNote = z.object({
  /** The step that had failed. */
  stepId: z.string(),
  decision: z.enum(['diagnose', 'alternative', ...diagnosedDecisions, 'edit']),
  /** Of the failure: an equal one after this has not helped. */
  signature: z.string(),
  /** `HotelBooking:v1/book`: what was planned at first under this id. */
  planned: z.string(),
  /** Of the step: for a question the one that has failed, else the one that is wanted from now on. */
  occurrence: z.int().positive(),
  /** Who wrote the plan that is mended, and the newest revision of theirs. */
  owner: planAuthor,
  base: z.int().nonnegative(),
  /** Who wrote the literal words of the steps, where nobody has changed one. */
  words: planAuthor.optional(),
  /** People who have given the step other arguments so far. */
  editors: z.array(z.string()).optional(),
  /** Literals that such a person has left as they were, and how far they may be believed; all others are the person's. */
  kept: z.array(z.object({ value: json, trust })).optional(),
  /** Of a wait: the step is not tried before. */
  notBeforeMs: z.int().optional(),
  /** Of a question: how often it was asked about this failure. */
  round: z.int().positive().optional(),
  /** Of the step so far, this included; oldest first. */
  tried: z.array(tried),
  diff: planDiff.optional(),
});
export type RecoveryNote = z.infer<typeof recoveryNote>;

/** What a head keeps of recoveries: sparse, and at most as many entries as a run may have recoveries. */
export const recoveryCounts = z.record(z.string(), z.object({ count: z.int().positive(), signature: z.string() }));
export type RecoveryCounts = z.infer<typeof recoveryCounts>;

/**
 * Equal for failures that are the same for whoever has to mend them: of one class and action, with messages that differ in
 * numbers, ids and spelling at most.
 */
export function signatureOf({ class: name, message }: Failure, uses: string): string {
  const normalised = message
    .slice(0, 1_000)
    .toLowerCase()
    .replaceAll(/[0-9a-f]*[0-9][0-9a-f-]*/g, '#')
    .replaceAll(/\s+/g, ' ');
  return sha256([name, uses, normalised].join('|')).slice(0, 16);
}

/** How many recoveries a step and its run may still have. */
export function recoveriesLeftFor(
  stepId: string,
  counts: RecoveryCounts = {},
  mostOfRun: number = recoveryBounds.perRun,
): { readonly step: number; readonly run: number } {
  const ofStep = Object.hasOwn(counts, stepId) ? (counts[stepId]?.count ?? 0) : 0;
  const most = Math.min(recoveryBounds.perRun, mostOfRun);
  return {
    step: Math.max(0, recoveryBounds.perStep - ofStep),
    run: Math.max(0, most - recoveriesIn(counts)),
  };
}

export function recoveriesIn(counts: RecoveryCounts = {}): number {
  return Object.values(counts).reduce((sum, { count }) => sum + count, 0);
}

/** The counts once a recovery is on record. A question counts for nothing: only what is done does. */
export function countedWith(
  counts: RecoveryCounts = {},
  { stepId, decision, signature }: RecoveryNote,
): RecoveryCounts {
  if (decision === 'diagnose') return counts;
  const before = Object.hasOwn(counts, stepId) ? (counts[stepId]?.count ?? 0) : 0;
  return { ...counts, [stepId]: { count: before + 1, signature } };
}

/** The story of a step with one more thing in it; the newest are kept. */
export function toldOf(before: readonly Tried[], now: Tried): Tried[] {
  return [...before, { ...now, why: now.why.slice(0, mostWhyCharacters) }].slice(-2 * recoveryBounds.perStep);
}

/** A story in words, for those who see only the reason of an escalation. */
export function storyInWords(story: readonly Tried[]): string {
  return story
    .map(({ class: name, uses, decision, by = 'recovery', why, shadow }) => {
      const did = shadow ? `would have decided '${decision}'` : `decided '${decision}'`;
      return `after ${name} of ${uses} ${by} ${did}: ${why}`;
    })
    .join('; ');
}
