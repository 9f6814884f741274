import { agentSkillId } from './agent-step.ts';
import { modelSkillId } from './model-step.ts';
import { skillFolder } from './names.ts';

/** Skills that no project can define, and what stands under them. */
const platformSkills = {
  [modelSkillId]: 'the steps in which agents ask their models',
  [agentSkillId]: 'the steps in which agents hand a part of their goal to other agents',
};

/** The skill of the platform that an id would be taken for, and what it is. By folder, which names the function: `MODEL:v1` would have the same one. */
export function platformSkillLike(id: string): { readonly id: string; readonly holds: string } | undefined {
  const found = Object.entries(platformSkills).find(([own]) => skillFolder(own) === skillFolder(id));
  return found && { id: found[0], holds: found[1] };
}
