import * as z from 'zod';
import { runBudget } from '../model/budget.ts';
import { direction } from '../model/effect.ts';
import { escalationNotice, placedArguments } from '../model/escalation.ts';
import { failure } from '../model/failure.ts';
import { runHead } from '../model/run.ts';
import { stepOutcome } from '../model/step.ts';
import { trust } from '../model/trust.ts';

/** What travels through a Standard execution. The table is the truth; this only names the run. */
export const runIdentity = z.object({
  tenantId: z.string(),
  runId: z.string(),
  agent: z.string(),
  generation: z.int().positive(),
});
export type RunIdentity = z.infer<typeof runIdentity>;

/**
 * Larger arguments travel through the blob store, and larger outputs are read from the ledger. The state that holds
 * a wave of 40 dispatches and then also its 40 outcomes has to stay under 256 KiB (test/statemachines).
 */
export const inlineArgumentsBytes = 2 * 1024;
export const travellingOutputBytes = 2 * 1024;
const mostInlineArgumentsBytes = 8 * 1024;
const inlineWaveBytes = 80 * 1024;

/** Arguments of each step of a wave that travel with it: a small wave leaves more room for each, above all for a question to a model. */
export function inlineArgumentsBytesIn(waveSteps: number): number {
  return Math.min(mostInlineArgumentsBytes, Math.floor(inlineWaveBytes / waveSteps));
}

/** Payload of one dispatch of a step to its skill's function. */
export const stepRequest = z.object({
  ...runIdentity.shape,
  stepId: z.string(),
  skill: z.string(),
  action: z.string(),
  direction,
  occurrence: z.int().positive(),
  /** Rendered arguments: inline, or a key of the blob store when they are over `inlineArgumentsBytesIn` the wave. */
  input: placedArguments,
  argsHash: z.string(),
  skillHash: z.string(),
  /** How far the arguments may be believed, as a whole. */
  trust,
  /** Sensitive arguments, by path, that are not trusted: each needs an approval. */
  doubted: z.array(z.string()),
  /** Of a step that hands on a part of the goal: how far that may be believed, and the members of its input that may not be. */
  handedOn: z.object({ goal: trust, untrusted: z.array(z.string()) }).optional(),
  /** Of a model step, and of one that hands on a part of the goal: the most that its run may spend. */
  budget: runBudget.optional(),
  /** The run is being ended: learn what became of the step, but begin nothing. */
  settleOnly: z.boolean(),
  /** Somebody has canceled the run, or it is being taken back. */
  canceled: z.literal(true).optional(),
  /** What the run has done is being undone. */
  compensating: z.literal(true).optional(),
  /** Of direction C: the done step whose effect is undone, and how long after a failure it is tried again. */
  undo: z.object({ stepId: z.string(), backoffMs: z.int().positive() }).optional(),
  /** A person wants the provider to be asked once more about a step in doubt. */
  lookAgain: z.boolean().default(false),
});
export type StepRequest = z.infer<typeof stepRequest>;

/** One item of the Map over a wave. */
export const dispatch = z.object({ functionArn: z.string(), request: stepRequest });
export type Dispatch = z.infer<typeof dispatch>;

/** Carried between the decisions of one burst, besides the identity. */
export const burstState = z.object({
  startedAtMs: z.int(),
  stepsRun: z.int(),
  head: runHead,
  headWrittenAtMs: z.int(),
  /** Sparse: for steps that were begun and let go, when they may be tried again. */
  notBefore: z.record(z.string(), z.int()),
  /** Sparse: why steps failed or are in doubt. */
  failures: z.record(z.string(), failure),
});
export type BurstState = z.infer<typeof burstState>;

/** Input of the Decide function. The first decision of a burst has neither state nor outcomes. */
export const decideEvent = z.object({
  ...runIdentity.shape,
  state: burstState.optional(),
  outcomes: z.array(stepOutcome).optional(),
});
export type DecideEvent = z.infer<typeof decideEvent>;

/**
 * Output of the Decide function. Within a burst `execute` and `pause` go on with `state`; every other kind is
 * handed up and read by the Standard machine.
 */
export type DecideResult = RunIdentity &
  (
    | { readonly next: 'execute'; readonly items: readonly Dispatch[]; readonly state: BurstState }
    | { readonly next: 'pause'; readonly until: string; readonly state: BurstState }
    | { readonly next: 'continue' }
    | { readonly next: 'long'; readonly items: readonly Dispatch[] }
    | { readonly next: 'wait'; readonly until: string }
    | { readonly next: 'human'; readonly notice: z.infer<typeof escalationNotice> }
    | { readonly next: 'rollover'; readonly execution: { readonly name: string; readonly input: RunIdentity } }
    | { readonly next: 'done'; readonly status: string }
    | { readonly next: 'failed'; readonly error: string; readonly cause: string }
  );

/**
 * Bursts that a wave of long steps counts for in the history of its generation, where most hand-ups cost 11 to 17
 * events and this one 15 and up to 9 for each step (test/statemachines).
 */
export function burstsOfLongWave(steps: number): number {
  return Math.ceil((15 + 9 * steps) / 20);
}

/** Body of a message on the escalations queue. */
export const escalationMessage = z.object({ notice: escalationNotice, taskToken: z.string().min(1) });
export type EscalationMessage = z.infer<typeof escalationMessage>;

/** What the dead-letters queue says about an execution: the part of the status-change event that matters here. */
export const deadExecution = z
  .object({
    detail: z.object({
      name: z.string(),
      status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
      input: z.string(),
      error: z.string().nullish(),
      cause: z.string().nullish(),
    }),
  })
  .transform(({ detail }) => ({
    name: detail.name,
    status: detail.status,
    input: runIdentity.parse(JSON.parse(detail.input)),
    error: detail.error ?? undefined,
    cause: detail.cause ?? undefined,
  }));
export type DeadExecution = z.infer<typeof deadExecution>;

/** Name of the execution that carries one generation of a run. */
export function executionName(runId: string, generation: number): string {
  return `${runId}-g${generation}`;
}
