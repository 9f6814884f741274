import { askableIn, catalogueFor } from '../../core/authz/catalogue.ts';
import { conditionProblems, inheritanceProblems } from '../../core/authz/grants.ts';
import { withDelegation } from '../../core/authz/with-delegation.ts';
import { withModels } from '../../core/authz/with-models.ts';
import { nameOfGrant } from '../../core/model/grant.ts';
import { skillFolder } from '../../core/model/names.ts';
import type { AgentDefinition, Registry } from '../../core/model/skill.ts';
import type { Catalogue } from '../../core/model/validate-plan.ts';
import type { DefinitionProblem } from '../../core/sdk/definition-error.ts';
import { agentSkill } from '../../core/operations/agent-skill.ts';
import { modelSkill } from '../../core/operations/model-skill.ts';
import { openEntry, templateProblems } from '../../core/sdk/fixed-plan.ts';
import { listed, shown } from '../../core/sdk/inspection.ts';

/** Whether there are any is known when a platform starts; a playbook may ask for them before. */
const modelsAtHand = ['openai:any'];

/**
 * What an agent names that the project does not have: other agents, grants with the arguments that their conditions
 * are about, and the steps of its fixed playbooks.
 *
 * @param brokenFolders skill folders that could not be loaded; what they would define is not judged
 */
export function agentProblems(
  agent: AgentDefinition,
  registry: Registry,
  brokenFolders: ReadonlySet<string>,
): DefinitionProblem[] {
  const isBroken = (skillId: string): boolean => brokenFolders.has(skillFolder(skillId));
  const inherited = inheritanceProblems(agent, registry.agents);
  if (inherited.length > 0) return inherited;
  const handingOn = withDelegation(registry, agentSkill(registry));
  const thinking = withModels(handingOn, modelsAtHand, modelSkill());
  const granted = askableIn(
    catalogueFor(thinking.agents.get(agent.name) ?? agent, thinking, { arnOf: (skillId) => skillId }),
  );
  const catalogue: Catalogue = {
    find: (skillId, action) => (isBroken(skillId) ? openEntry : granted.find(skillId, action)),
  };
  const fixed = Object.entries(agent.playbooks).flatMap(([name, { plan }]) =>
    plan.kind === 'fixed'
      ? templateProblems(plan.draft, catalogue).map((problem) => ({
          ...problem,
          at: `playbooks.${name}.${problem.at}`,
        }))
      : [],
  );
  return [
    ...agent.grants.flatMap((grant, index) => grantProblems(nameOfGrant(grant), index, handingOn, isBroken)),
    ...conditionProblems(agent, handingOn),
    ...fixed,
  ];
}

/** Agents whose own grants name a skill that will go. */
export function deprecationWarnings({ agents, skills }: Registry): string[] {
  const unknown = [...skills.values()].flatMap(({ id, deprecated }) =>
    deprecated === undefined || skills.has(deprecated.replacedBy)
      ? []
      : [
          `${id} is replaced by ${deprecated.replacedBy}, which the project does not have. Add it, or correct the name.`,
        ],
  );
  const granted = [...agents.values()].flatMap(({ name, grants }) => {
    const ids = new Set(grants.map((grant) => nameOfGrant(grant).split('/')[0] ?? ''));
    return [...ids].flatMap((id) => {
      const replacedBy = skills.get(id)?.deprecated?.replacedBy;
      if (replacedBy === undefined) return [];
      return [`Agent '${name}' is granted ${id}, which is deprecated. Grant it ${replacedBy} instead.`];
    });
  });
  return [...unknown, ...granted];
}

function grantProblems(
  grant: string,
  index: number,
  registry: Registry,
  isBroken: (skillId: string) => boolean,
): DefinitionProblem[] {
  const [skillId = '', action] = grant.split('/');
  if (isBroken(skillId)) return [];
  const at = `grants.${index}`;
  const skill = registry.skills.get(skillId);
  if (!skill) {
    const remedy = `Add the folder skills/${skillFolder(skillId)}, or correct the grant (names are compared byte for byte)`;
    const allowed = listed(registry.skills.keys());
    return [{ at, wrong: 'grants a skill that the project does not have', given: shown(grant), allowed, remedy }];
  }
  if (action === undefined || Object.hasOwn(skill.actions, action)) return [];
  const allowed = listed([skillId, ...Object.keys(skill.actions).map((name) => `${skillId}/${name}`)]);
  const remedy = 'Correct the grant';
  return [{ at, wrong: 'grants an action that the skill does not have', given: shown(grant), allowed, remedy }];
}
