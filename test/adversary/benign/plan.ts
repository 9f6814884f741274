import type { Json, JsonObject } from '../../../core/model/json.ts';
import type { PlanStepInput } from '../../../core/model/plan.ts';

/** A plan that somebody who means well would write. */
export interface BenignPlan {
  readonly name: string;
  readonly agent: 'trip-planner' | 'billing' | 'user-admin';
  /** A literal of a planner counts as trusted only where it is byte-equal to a value of the run's input. */
  readonly author: 'human' | 'playbook' | 'planner';
  readonly input: JsonObject;
  /** Members of the input, by path, that somebody outside wrote. */
  readonly untrusted?: readonly string[];
  readonly plan: { readonly steps: readonly PlanStepInput[]; readonly output?: Json };
}

/** One step; `use` is `Skill:vN/action`. */
export function step(id: string, use: string, input: JsonObject, why: string, dependsOn?: string[]): PlanStepInput {
  const [skill = '', action = ''] = use.split('/');
  return { id, skill, action, input, why, ...(dependsOn ? { dependsOn } : {}) };
}

/** Fills a template; each value is a text or a reference to one. */
export function letter(id: string, template: string, values: Record<string, string>, why: string): PlanStepInput {
  return step(id, 'Text:v1/template', { template, values }, why);
}

/** Puts texts one after another. */
export function join(id: string, texts: string[], why: string, separator = '\n'): PlanStepInput {
  return step(id, 'Text:v1/join', { texts, separator }, why);
}

/** How plans for one agent are written down. */
export function plansFor(agent: BenignPlan['agent']) {
  return (
    name: string,
    author: BenignPlan['author'],
    input: JsonObject,
    steps: PlanStepInput[],
    more: { readonly untrusted?: readonly string[]; readonly output?: Json } = {},
  ): BenignPlan => {
    const { untrusted, output } = more;
    return {
      ...{ name, agent, author, input },
      ...(untrusted ? { untrusted } : {}),
      plan: { steps, ...(output === undefined ? {} : { output }) },
    };
  };
}
