import type { RecordType } from '../model/argument-type.ts';
import type { LeftOut, PolicyDeclarations, SkillVocabulary } from '../model/policy.ts';
import type { Registry } from '../model/skill.ts';
import { seenInputOf } from './argument-types.ts';
import { cedarActions, cedarEntityTypes, cedarPolicy } from './cedar-text.ts';
import { conditionProblems, grantInWords, grantsOf } from './grants.ts';

/**
 * Compiles the grants of all agents into Cedar policies, one for each grant and holder, with the vocabulary that the
 * zod types of the actions give. Throws an Error that lists conditions which no argument could be judged by, and for
 * inheritance that leads nowhere: a project that has passed its checks has neither.
 */
export function compilePolicies(registry: Registry): PolicyDeclarations {
  const problems = [...registry.agents.values()].flatMap((agent) =>
    conditionProblems(agent, registry).map(
      ({ at, wrong, given, remedy }) => `agent ${agent.name}: ${at} ${wrong}. Given: ${given}. ${remedy}.`,
    ),
  );
  if (problems.length > 0) throw new Error(`The grants cannot be compiled:\n${problems.join('\n')}`);

  const leftOut: LeftOut[] = [];
  const skills = new Map<string, SkillVocabulary>();
  for (const skill of registry.skills.values()) {
    const inputs = new Map<string, RecordType>();
    for (const [action, definition] of Object.entries(skill.actions)) {
      const seen = seenInputOf(definition);
      inputs.set(action, seen.type);
      leftOut.push(...seen.leftOut.map((one) => ({ skillId: skill.id, action, ...one })));
    }
    skills.set(skill.id, { inputs, actions: cedarActions(skill.id, inputs) });
  }
  const agents = [...registry.agents.keys()];
  const policies = [...registry.agents.values()].flatMap((agent) =>
    grantsOf(agent, registry.agents).map((grant) => ({
      id: grant.policyId,
      agent: agent.name,
      skillId: grant.skillId,
      action: grant.action,
      text: cedarPolicy(agent.name, grant),
      expiresAtMs: grant.expiresAtMs,
      asksForApproval: grant.approval.needed !== 'never',
      approvers: grant.approvers,
      inWords: grantInWords(grant),
    })),
  );
  return { agents, entityTypes: cedarEntityTypes(agents), skills, policies, leftOut };
}
