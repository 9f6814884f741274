import type { RunBudget } from '../../core/model/budget.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Trust } from '../../core/model/trust.ts';

/** A step as an attacker writes it: nothing about it need be right. */
export interface Step {
  id: string;
  skill: string;
  action: string;
  input: Record<string, unknown>;
  dependsOn?: string[];
  why?: string;
  optional?: boolean;
}

/** Under this name the function of a playbook sees what it has carried along. */
export const carried = 'carried';

/** Outputs that whoever writes the next revision has seen, by step id. */
export type Seen = ReadonlyMap<string, Json>;

/** The run that a plan is written for, as far as its author knows it. */
export interface RunAtHand {
  readonly agent: string;
  readonly input: Json;
  /** Runs above it. */
  readonly depth: number;
  /** Its agent has models. */
  readonly thinks: boolean;
}

export interface Revision {
  /** Only a planner is under the attacker's command; a person's plan is a benign one. */
  readonly author: 'planner' | 'human' | 'playbook';
  /** What its author had read besides outputs of this run. */
  readonly read: Trust;
  readonly steps: (seen: Seen, run: RunAtHand) => Step[];
  /** Template of the run's output, which goes back to the run that has begun this one. */
  readonly output?: (seen: Seen, run: RunAtHand) => unknown;
  /** What a model chooses instead of writing steps. */
  readonly choice?: (seen: Seen, run: RunAtHand) => { readonly playbook: string; readonly playbookInput: JsonObject };
}

/** Who writes the plans: somebody who proposes them, the function of a playbook, or the model that the engine asks. */
export type Script = 'proposed' | 'playbook' | 'goal';

/** Whether agents have models, and what these do: plan as they go, plan once, check what was reached. */
export const deployments = ['plain', 'incremental', 'verified', 'upfront'] as const;
export type Deployment = (typeof deployments)[number];

/** What the attacker does with orders to skill hosts that have been given: each is sent again, changed. */
export const forgeries = [
  'otherBytes',
  'bytesWithoutHash',
  'otherStep',
  'otherRun',
  'otherTenant',
  'otherAgent',
  'otherAction',
  'otherRelease',
  'pastExpiry',
  'otherSkillHash',
  'deeper',
] as const;
export type Forgery = (typeof forgeries)[number];

/** One attack, or one benign run: everything that happens follows from it. */
export interface Attack {
  readonly name: string;
  readonly seed: number;
  readonly tenantId: string;
  readonly agent: string;
  readonly input: Json;
  /** Members of the input that somebody outside wrote, by path. */
  readonly untrusted: readonly string[];
  readonly script: Script;
  readonly revisions: readonly Revision[];
  readonly person: 'approves' | 'rejects' | 'absent';
  readonly nowMs: number;
  /** What passes between a decision and the work of a skill host. */
  readonly delayMs: number;
  /** Skills get another release after a person was asked: at skill hosts only, or everywhere. */
  readonly released: 'never' | 'hosts' | 'everywhere';
  /** How often a provider does what it is asked and does not answer. */
  readonly unanswered: number;
  /** The functions begin anew before each decision. */
  readonly cold: boolean;
  readonly forge: readonly Forgery[];
  /** The changed orders arrive before the true one, under its step's id, or after it. */
  readonly early: boolean;
  readonly benign: boolean;
  readonly deployment: Deployment;
  readonly budget: RunBudget;
  /** The plans of a run that this one, or one below it, begins: the `index`th of this attack. */
  readonly below: (index: number) => readonly Revision[];
}
