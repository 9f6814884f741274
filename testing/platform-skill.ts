import { agentSkillId } from '../core/model/agent-step.ts';
import { modelSkillId } from '../core/model/model-step.ts';

/** Skills of the platform itself: they have no side effect at a service. */
export function isPlatformSkill(skillId: string): boolean {
  return skillId === agentSkillId || skillId === modelSkillId;
}
