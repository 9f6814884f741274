import { shortlistOf } from '../model/shortlist.ts';
import type { Shortlist, SkillText } from '../model/shortlist.ts';
import type { Registry } from '../model/skill.ts';
import { contractOf } from '../model/skill-contract.ts';

/** By registry: an index over hundreds of skills takes tens of milliseconds, and a registry never changes. */
const indexes = new WeakMap<Registry, Shortlist>();

/** The index over every skill of a project, made when it is first asked for. */
export function shortlistFor(registry: Registry): Shortlist {
  const known = indexes.get(registry);
  if (known) return known;
  const shortlist = shortlistOf(skillTextsOf(registry));
  indexes.set(registry, shortlist);
  return shortlist;
}

/** What planners choose skills by: SKILL.md, where it is known, beside the contract. */
export function skillTextsOf(registry: Registry): SkillText[] {
  return [...registry.skills.values()].map((skill) => {
    const { id, description, actions } = contractOf(skill);
    const card = registry.cards?.get(id);
    return {
      id,
      description: card ? `${card.description} ${description}` : description,
      ...(card ? { instructions: card.body } : {}),
      actions: Object.entries(actions).map(([name, action]) => ({ name, description: action.description })),
      ...(skill.deprecated ? { replacedBy: skill.deprecated.replacedBy } : {}),
    };
  });
}
