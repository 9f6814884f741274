import type { RunRequest } from '../model/run.ts';
import type { AgentDefinition, OnFailure, PlaybookDefinition, Registry } from '../model/skill.ts';

/** What becomes of a run whose step has failed for good: as its playbook says, else as its agent does. */
export function onFailureOf(
  request: Pick<RunRequest, 'agent' | 'playbook'>,
  { agents }: Pick<Registry, 'agents'>,
): OnFailure {
  const agent = agents.get(request.agent);
  return playbookOf(agent, request.playbook)?.onFailure ?? agent?.onFailure ?? 'escalate';
}

/** In whose name a run is taken back that nobody has asked to be. */
export function takenBackBy({ agent, playbook }: Pick<RunRequest, 'agent' | 'playbook'>): string {
  return playbook === undefined ? `agent ${agent}` : `playbook ${playbook} of agent ${agent}`;
}

function playbookOf(agent: AgentDefinition | undefined, name = ''): PlaybookDefinition | undefined {
  return agent && Object.hasOwn(agent.playbooks, name) ? agent.playbooks[name] : undefined;
}
