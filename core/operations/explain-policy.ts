import type { ExplainRequest, Explanation } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import { catalogueFor } from '../authz/catalogue.ts';
import type { SkillFunctions } from '../authz/catalogue.ts';
import type { Principal } from '../authz/principal.ts';
import type { Registry } from '../model/skill.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import type { Clock } from '../ports/index.ts';

export interface ExplainDependencies {
  readonly registry: Registry;
  readonly functions: SkillFunctions;
  readonly authorizer: Authorizer;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Says whether an agent may use an action with some arguments, for the caller's tenant and now, which policies decide and
 * why. Nothing is run. Throws the problem `unknown-agent`.
 */
export function explainPolicy(
  { principal, request }: { readonly principal: Principal; readonly request: ExplainRequest },
  { registry, functions, authorizer, clock }: ExplainDependencies,
): Explanation {
  const agent = registry.agents.get(request.agent);
  if (!agent) {
    const known = [...registry.agents.keys()].map((name) => `'${name}'`).join(', ') || 'none';
    throw new Problem('unknown-agent', `There is no agent '${request.agent}'; there is ${known}.`);
  }
  const { skill, action, input } = request;
  const entry = catalogueFor(agent, registry, functions).find(skill, action);
  if (!entry.found) return { verdict: 'deny', policies: [], reasons: [entry.message], sensitive: [], problems: [] };
  const { verdict, policies, reasons } = authorizer.authorize({
    tenantId: principal.tenantId,
    agent: agent.name,
    skillId: skill,
    action,
    input,
    nowMs: clock.now(),
  });
  const parsed = entry.action.input.safeParse(input);
  return {
    verdict,
    policies: [...policies],
    reasons: [...reasons],
    sensitive: [...(entry.action.sensitive ?? [])],
    problems: (parsed.error?.issues ?? []).map(({ path, message }) => ({
      path: ['input', ...path].join('.'),
      message,
    })),
  };
}
