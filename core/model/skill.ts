import type * as z from 'zod';
import type { Effect } from './effect.ts';
import type { GrantDeclaration } from './grant.ts';
import type { Json, JsonObject } from './json.ts';
import type { PlanDraft, PlanStepInput } from './plan.ts';

/** What a `lookup` found at the provider for an effect key. */
export type LookupAnswer<Output> =
  | { readonly found: true; readonly output: Output }
  | { readonly found: false }
  | { readonly found: 'unknown'; readonly why: string };

/** What an action is given besides its input. */
export interface ActionContext {
  /** Pass it to the provider as idempotency key, or as the reference to be looked up. Equal for every try of one effect. */
  readonly effectKey: string;
  /** 1-based. */
  readonly attempt: number;
  /** Aborted at the action's `timeoutSeconds`. `fetch` below already obeys it. */
  readonly signal: AbortSignal;
  /** Like the global fetch, but it throws `ActionError` with what is known about the effect for every answer that is not 2xx. */
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  /** Values of the settings that the skill declares. */
  readonly settings: Readonly<Record<string, string>>;
}

/** One callable of a skill, with its types erased. Authors write it through `defineAction`. */
export interface ActionDefinition {
  readonly description: string;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly effect: Effect;
  readonly timeoutSeconds: number;
  /** Tries of one occurrence, the first included. */
  readonly maxAttempts: number;
  readonly run: (input: never, context: ActionContext) => Promise<unknown>;
  /** Problems of an answer that has the right shape but the wrong meaning; empty when all is well. */
  readonly check?: (input: never, output: never) => readonly string[];
  readonly lookup?: (effectKey: string, input: never, context: ActionContext) => Promise<LookupAnswer<unknown>>;
}

export interface SkillDefinition {
  readonly kind: 'skill';
  /** `HotelBooking:v1` */
  readonly id: string;
  /** Semantic version of the code behind the contract, e.g. `1.2.0`. */
  readonly release: string;
  readonly description: string;
  /** Names of environment values that actions may read through `context.settings`. Not for secrets. */
  readonly settings: readonly string[];
  readonly actions: Readonly<Record<string, ActionDefinition>>;
  /** Still works, but new plans should use another version or skill. No part of the contract. */
  readonly deprecated?: Deprecation;
}

/** What to use instead of something that will go. */
export interface Deprecation {
  /** `UserManagement:v2` */
  readonly replacedBy: string;
}

/** The steps that are over when a playbook function is asked for more. Only the last window is at hand. */
export interface Completed {
  /** How many steps of the run are over. */
  readonly count: number;
  /** Revisions so far. */
  readonly revision: number;
  /** Outputs of the steps of the last revision, by step id; null for a skipped one. */
  readonly outputs: Readonly<Record<string, Json>>;
  /** What the function returned as `carry` last time. */
  readonly carry: Json;
}

/** More steps, or the end. `done` may come with a last set of steps. */
export interface NextSteps {
  readonly steps: readonly PlanStepInput[];
  readonly done?: boolean;
  readonly output?: Json;
  /** At most 1 KB of JSON, handed back at the next call. */
  readonly carry?: Json;
}

export interface PlaybookDefinition {
  readonly description: string;
  readonly input: z.ZodType;
  /** A fixed plan, or a pure function of the input and what is over. */
  readonly plan:
    | { readonly kind: 'fixed'; readonly draft: PlanDraft }
    | { readonly kind: 'function'; readonly next: (input: never, completed: Completed) => NextSteps };
}

export interface AgentDefinition {
  readonly kind: 'agent';
  readonly name: string;
  readonly description: string;
  /** Its own: `HotelBooking:v1`, `UserManagement:v2/read`, or one of these with limits. */
  readonly grants: readonly GrantDeclaration[];
  /** Agents whose grants it has too. */
  readonly extends?: readonly string[];
  readonly playbooks: Readonly<Record<string, PlaybookDefinition>>;
  /** Seconds from start to deadline of a run. */
  readonly deadlineSeconds: number;
}

/** Everything that a project defines. */
export interface Registry {
  readonly skills: ReadonlyMap<string, SkillDefinition>;
  readonly agents: ReadonlyMap<string, AgentDefinition>;
}

export type { JsonObject };
