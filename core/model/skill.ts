import type * as z from 'zod';
import type { AgentPrompts } from './agent-prompts.ts';
import type { WrittenBudget } from './budget.ts';
import type { Effect } from './effect.ts';
import type { GrantDeclaration } from './grant.ts';
import type { WrittenInbox } from './inbox-times.ts';
import type { Json, JsonObject } from './json.ts';
import type { PlanDraft, PlanStepInput } from './plan.ts';
import type { RecoveryMode } from './recovery.ts';
import type { SkillCard } from './skill-card.ts';
import type { Trust } from './trust.ts';

/** What a `lookup` found at the provider for an effect key. */
export type LookupAnswer<Output> =
  | { readonly found: true; readonly output: Output }
  | { readonly found: false }
  | { readonly found: 'unknown'; readonly why: string };

/** A value that a skill keeps, for one tenant. */
export interface KeptDocument {
  readonly key: string;
  readonly value: Json;
  /** Changes with every write of this key. */
  readonly version: string;
}

/** What became of a conditional write; when it was not written, what stands there instead. */
export type DocumentWrite =
  | { readonly written: true; readonly version: string }
  | { readonly written: false; readonly current: KeptDocument | undefined };

/**
 * What a skill version keeps between runs, for the tenant of the run: small JSON documents by key. No other skill and no
 * other tenant can reach them. Keys have 1 to 200 characters of A-Z, a-z, 0-9 and `._:/@+=-`; a value has at most 64 KB as JSON.
 * Every method throws `ActionError`: class `storeUnavailable`, or `bug` for a key or value out of bounds.
 */
export interface DocumentStore {
  /** A consistent read. */
  get(key: string): Promise<KeptDocument | undefined>;
  /**
   * Writes if the stored document has that version, or if there is none with `'absent'`; in any case when it is left out.
   * A write whose answer was lost is recognised as written.
   */
  put(key: string, value: Json, ifVersion?: string): Promise<DocumentWrite>;
  /** Removes the document if it has that version; in any case when it is left out. True when it is gone. */
  remove(key: string, ifVersion?: string): Promise<boolean>;
  /** Documents whose keys begin with `prefix`, by key, at most `limit` (1 to 100, 50 when left out), from after `after` on. */
  list(query?: {
    readonly prefix?: string;
    readonly limit?: number;
    readonly after?: string;
  }): Promise<{ readonly documents: readonly KeptDocument[]; readonly more: boolean }>;
}

/** A mail in plain text. Addresses are plain: `name@example.com`. The sender is a setting of the platform. */
export interface Mail {
  readonly to: readonly string[];
  readonly cc?: readonly string[];
  readonly replyTo?: string;
  readonly subject: string;
  readonly text: string;
}

/** What an action is given besides its input. */
export interface ActionContext {
  readonly tenantId: string;
  /** Pass it to the provider as idempotency key, or as the reference to be looked up. Equal for every try of one effect. */
  readonly effectKey: string;
  /** 1-based. */
  readonly attempt: number;
  /** Aborted at the action's `timeoutSeconds`. `fetch` below already obeys it. */
  readonly signal: AbortSignal;
  /**
   * Like the global fetch, but only to the origins in the skill's `network`, at every hop of a redirect, and it throws
   * `ActionError` with what is known about the effect for every answer that is not 2xx. The global fetch is closed.
   */
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  /** Values of the settings that the skill declares. */
  readonly settings: Readonly<Record<string, string>>;
  /** The value of a secret that the skill declares. It is taken out of outputs and messages, should it get there. */
  readonly secret: (name: string) => Promise<string>;
  /** Only for a skill that declares `uses: ['store']`. */
  readonly store: DocumentStore;
  /** Only for a skill that declares `uses: ['mail']`. Neither deduplicated nor to be looked up: an action that sends mail is class N. */
  readonly sendMail: (mail: Mail) => Promise<{ readonly messageId: string }>;
  /** How far the arguments may be believed, as a whole. Keep it with what you store of them. */
  readonly trust: Trust;
  /** Says that the answer holds something that may be believed less than the arguments, such as a stored value of lower trust. */
  readonly lowerTrust: (trust: Trust) => void;
}

/** `settle`: begin nothing any more. `end`: bring what goes on to its end. */
export type PursuitMode = 'goOn' | 'settle' | 'end';

/** How far something is that goes on after a call. */
export type Pursuit =
  | { readonly over: true; readonly output: unknown; readonly trust: Trust }
  /** To be asked again then, or sooner. */
  | { readonly over: false; readonly untilMs: number; readonly reason: string };

/** What an action may use besides the network. */
export const capabilities = ['store', 'mail'] as const;
export type Capability = (typeof capabilities)[number];

/** Why a member of an answer may be believed although the rest may not. */
export const endorsements = ['enum', 'minted', 'lookup'] as const;
/**
 * `enum`: it is one of a closed set. `minted`: this very action has made it, such as the id of what it created, and nobody
 * could choose it. `lookup`: it comes from a trusted table, and is as good as the arguments that chose it.
 */
export type Endorsement = (typeof endorsements)[number];

/** How the effect of an action is undone: a forward action of its own, with an effect key of its own. */
export interface CompensationDefinition {
  /** How its own side effect can be settled. */
  readonly effect: Effect;
  readonly timeoutSeconds: number;
  /** Called with what the action was given and what it answered. */
  readonly run: (input: never, output: never, context: ActionContext) => Promise<void>;
  readonly lookup?: (
    effectKey: string,
    input: never,
    output: never,
    context: ActionContext,
  ) => Promise<CompensationLookup>;
}

/** What a `lookup` found at the provider for the effect key of a compensation. */
export type CompensationLookup =
  | { readonly found: true }
  | { readonly found: false }
  | { readonly found: 'unknown'; readonly why: string };

/** What becomes of a run whose step has failed for good: its effects are undone, or a person sees to it. */
export const failureReactions = ['compensate', 'escalate'] as const;
export type OnFailure = (typeof failureReactions)[number];

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
  /**
   * In the place of `run`, for what goes on after the call: begins it unless it has begun, and says how far it is. An
   * ActionError whose outcome is known ends the step; after any other it is asked again. No action of a project has it.
   */
  readonly pursue?: (input: never, mode: PursuitMode, context: ActionContext) => Promise<Pursuit>;
  /** Problems of an answer that has the right shape but the wrong meaning; empty when all is well. */
  readonly check?: (input: never, output: never) => readonly string[];
  readonly lookup?: (effectKey: string, input: never, context: ActionContext) => Promise<LookupAnswer<unknown>>;
  readonly compensate?: CompensationDefinition;
  /** Actions that may take its place: `HotelDesk:v1/book`. */
  readonly alternatives?: readonly string[];
  /** Arguments, by path, that must be trusted or approved by a person. */
  readonly sensitive?: readonly string[];
  /** The most that its answers may be believed, whatever its arguments; those when left out. */
  readonly trust?: Exclude<Trust, 'trusted'>;
  /** Members of the answer, by path, that may be believed all the same. */
  readonly endorses?: Readonly<Record<string, Endorsement>>;
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
  /** Names of secrets that actions may read through `context.secret`. */
  readonly secrets?: readonly string[];
  /** Origins that actions may reach: `https://api.example.com`, or `$NAME` for those in a setting, separated by commas. */
  readonly network?: readonly string[];
  /** `public`: no address of a private, local or otherwise special network is ever connected to. */
  readonly addresses?: 'any' | 'public';
  readonly uses?: readonly Capability[];
  /** Whose outages are shared: the name under which a circuit breaker knows what it calls. */
  readonly dependency?: string;
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
  /** Members of the input, by path, that somebody outside wrote, such as the text of a ticket. */
  readonly untrusted?: readonly string[];
  /** Of its steps; what its agent says when left out. */
  readonly onFailure?: OnFailure;
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
  /** Language models that speak for it, in the order in which they are asked: `openai:…`, `anthropic:…`, `bedrock:…`. */
  readonly models?: readonly string[];
  /** `incremental`: the next steps are planned when the last are over. `upfront` when left out: all of them at once. */
  readonly planning?: 'upfront' | 'incremental';
  /** Whether a model checks the goal against the results before a run is completed. */
  readonly verify?: boolean;
  /** The most that one run may use; what is left out is not limited. */
  readonly budget?: WrittenBudget;
  /** Whom to ask when a run needs a person, and what happens when nobody answers. */
  readonly inbox?: WrittenInbox;
  /** What becomes of a run whose step has failed for good; a person sees to it when left out. */
  readonly onFailure?: OnFailure;
  /** Whether failures are mended within the run; they are when left out. */
  readonly recovery?: RecoveryMode;
}

/** Everything that a project defines. */
export interface Registry {
  readonly skills: ReadonlyMap<string, SkillDefinition>;
  readonly agents: ReadonlyMap<string, AgentDefinition>;
  /** What the SKILL.md of each skill says, by skill id. Left out where nobody asks for it, as in a skill host. */
  readonly cards?: ReadonlyMap<string, SkillCard>;
  /** What the files in `prompts/` of each agent say, by agent name. Left out where no model is asked. */
  readonly prompts?: ReadonlyMap<string, AgentPrompts>;
}

export type { JsonObject };
