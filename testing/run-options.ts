import type { EscalationView, ResolveRequest, RunView, StartRunRequest } from '../core/contract/api.ts';
import type { AgentPrompts } from '../core/model/agent-prompts.ts';
import type { WrittenBudget } from '../core/model/budget.ts';
import type { Json, JsonObject } from '../core/model/json.ts';
import type { ModelPrice } from '../core/model/model-prices.ts';
import type { PolicyFile } from '../core/model/policy.ts';
import type { AgentDefinition, SkillDefinition } from '../core/model/skill.ts';
import type { Limits } from '../core/contract/limits.ts';
import type { Fault } from './faults.ts';

/** The network that skills see: what `fetch` would do. An error that it throws is a connection that fails. */
export type TestHttp = (url: string, init: RequestInit) => Response | Promise<Response>;

/** What a person does about an inbox item. `resume` and `cancel` are about its run. */
export type PersonalDecision =
  | (DistributiveOmit<ResolveRequest, 'reason'> & { readonly reason?: string })
  | { readonly resolution: 'resume'; readonly reason?: string; readonly budget?: WrittenBudget }
  | { readonly resolution: 'cancel'; readonly reason?: string };

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Says what a person does; undefined when they leave it. */
export type People = (
  escalation: EscalationView,
  run: RunView,
) => PersonalDecision | undefined | Promise<PersonalDecision | undefined>;

/** What a scripted model is asked. */
export interface ModelQuestion {
  /** `plan`, `revise`, `verify`, `reason`, `compact` and so on: the action of `Model:v1`. */
  readonly purpose: string;
  /** From 1, of this purpose in this run of `runAgent`. */
  readonly call: number;
  /** All that the model is told. */
  readonly prompt: string;
  /** Arguments of the model step. */
  readonly input: unknown;
}

/** An answer as JSON, a text as it is (also one that is no JSON), or an error that is thrown. */
export type ScriptedAnswer = JsonObject | string | Error;

/** One answer for every question, or a list: one after the other. */
export type ModelScript = ScriptedAnswer | readonly ScriptedAnswer[];

export type TestModels =
  /** By purpose. What every answer needs besides (`reasoning`, `options`) is added where it is left out. */
  | Readonly<Record<string, ModelScript>>
  | ((question: ModelQuestion) => ScriptedAnswer | Promise<ScriptedAnswer>)
  /** A server that speaks like OpenAI, asked through the same adapter as in production. */
  | { readonly baseUrl: string };

/** A run, and the world that it runs in. */
export interface AgentRun {
  readonly agent: AgentDefinition;
  readonly skills: readonly SkillDefinition[];
  /** Others that it extends or hands on to. */
  readonly agents?: readonly AgentDefinition[];
  /** Hand-written policies, as in `policies/*.cedar`. */
  readonly policies?: readonly PolicyFile[];
  /** Of agents, by name: what their files in `prompts/` say. */
  readonly prompts?: Readonly<Record<string, AgentPrompts>>;

  readonly goal?: string;
  readonly playbook?: string;
  /** A plan that somebody hands in. */
  readonly plan?: Json;
  readonly planAuthor?: StartRunRequest['planAuthor'];
  readonly input?: Json;
  readonly untrusted?: readonly string[];
  readonly budget?: StartRunRequest['budget'];
  readonly tenantId?: string;

  readonly faults?: readonly Fault[];
  /** Where requests of skills go: a function, or `fetch` for a real server. Without it, a request is a mistake of the test. */
  readonly http?: TestHttp;
  readonly settings?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly models?: TestModels;
  /** Of models whose price is not known; every scripted model is free when left out. */
  readonly prices?: readonly ModelPrice[];
  readonly people?: People;
  readonly limits?: Partial<Limits>;

  /** The same seed gives the same run. */
  readonly seed?: string | number;
  /** Of the virtual clock; 2026-01-05T09:00:00Z, a Monday, when left out. */
  readonly startAt?: string;
  /** Milliseconds of real time after which the test is given up; 30,000 when left out. */
  readonly realTimeoutMs?: number;
}
