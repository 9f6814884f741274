import { limitsInWords } from '../model/grant.ts';
import { isForPlans } from '../model/model-step.ts';
import type { AgentDefinition, Registry } from '../model/skill.ts';
import { contractOf } from '../model/skill-contract.ts';
import { grantsFor, grantsOf } from './grants.ts';

/** A granted action as a model is told of it. */
export interface Tool {
  /** `Billing:v1/refund` */
  readonly name: string;
  readonly skillId: string;
  readonly action: string;
  readonly description: string;
  /** JSON Schema 2020-12. */
  readonly input: unknown;
  /** Limits of each grant that speaks of it, in words; the action may be used where those of one of them are kept. */
  readonly limits: readonly (readonly string[])[];
}

/** For whom and when tools are listed. */
export interface ToolScope {
  readonly tenantId: string;
  readonly nowMs: number;
}

/**
 * What a model that speaks for an agent is shown, in the order of the skills: the actions that some grant speaks of.
 * With a scope, grants for other tenants and those that are over do not count.
 */
export function toolList(agent: AgentDefinition, registry: Registry, scope?: ToolScope): Tool[] {
  const grants = grantsOf(agent, registry.agents).filter(
    ({ tenants, expiresAtMs }) =>
      !scope ||
      ((!tenants || tenants.includes(scope.tenantId)) && (expiresAtMs === undefined || scope.nowMs < expiresAtMs)),
  );
  return [...registry.skills.values()].flatMap((skill) => {
    const contract = contractOf(skill);
    const actions = Object.keys(skill.actions).filter((action) => isForPlans(skill.id, action));
    return actions.flatMap((action): Tool[] => {
      const speaking = grantsFor(grants, skill.id, action);
      const described = Object.hasOwn(contract.actions, action) ? contract.actions[action] : undefined;
      if (speaking.length === 0 || !described) return [];
      const { description, input } = described;
      const name = `${skill.id}/${action}`;
      return [{ name, skillId: skill.id, action, description, input, limits: speaking.map(limitsInWords) }];
    });
  });
}
