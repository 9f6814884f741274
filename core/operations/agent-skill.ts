import * as z from 'zod';
import { maxGoalCharacters, requestedBudget } from '../contract/api.ts';
import { agentSkillId } from '../model/agent-step.ts';
import { json } from '../model/json.ts';
import { actionName } from '../model/names.ts';
import type { ActionDefinition, AgentDefinition, Registry, SkillDefinition } from '../model/skill.ts';

/** One look at the run, and what it takes to begin or to end it. */
const timeoutSeconds = 20;

const inputOfPart = z.record(z.string().regex(/^[^.]+$/, 'must be a name without a dot'), json);

/** Arguments of a step that hands on a part of a goal. */
export interface HandedOn {
  readonly goal?: string;
  readonly playbook?: string;
  readonly input?: z.output<typeof inputOfPart>;
  readonly budget?: z.output<typeof requestedBudget>;
}

/** They name playbooks that the agent has, so that the gate refuses others before anything runs. */
function argumentsFor({ playbooks }: AgentDefinition): z.ZodType {
  const names = Object.keys(playbooks);
  const inputs = Object.entries(playbooks).map(([name, playbook]) => {
    const { $schema: _dialect, ...schema } = z.toJSONSchema(playbook.input, { io: 'input' });
    return ` Of playbook ${name} (${playbook.description}): ${JSON.stringify(schema)}`;
  });
  const goal = z.string().min(1).max(maxGoalCharacters).optional();
  return z.strictObject({
    goal: goal.describe(
      `What the agent is to reach, in words${names.length > 0 ? '; needed unless a playbook is named' : ''}`,
    ),
    ...(names.length > 0 ? { playbook: z.enum(names).optional().describe('Carry out this one') } : {}),
    input: inputOfPart.optional().describe(`What it is given to work with.${inputs.join('')}`),
    budget: requestedBudget
      .optional()
      .describe('What it may use at most; of usd and tokens half of what is left when it says nothing'),
  });
}

/** What the other agent's run has come to. */
export const handedBack = z.object({
  runId: z.string(),
  result: json.describe('The output of its run; null when it has none'),
});

/** Carries out a step of `Agent:v1` for the agent named. */
export type Pursue = (agent: string) => NonNullable<ActionDefinition['pursue']>;

/**
 * The skill through which agents hand on a part of their goal: one action for each agent, under its name. The run that
 * a step begins is known by the step's effect key, so however often it is tried, there is one. Agents whose names begin with
 * a digit or a hyphen cannot be handed anything.
 *
 * @param pursue where such steps are carried out; elsewhere only the contract is known
 */
export function agentSkill({ agents }: Pick<Registry, 'agents'>, pursue: Pursue = notHere): SkillDefinition {
  const action = (agent: AgentDefinition): ActionDefinition => ({
    description: agent.description,
    input: argumentsFor(agent),
    output: handedBack,
    effect: { class: 'Q', settleMs: 0 },
    endorses: { runId: 'minted' },
    timeoutSeconds,
    maxAttempts: 1,
    run: () => Promise.reject(new Error('A step that is handed on is pursued, not run.')),
    pursue: pursue(agent.name),
  });
  return {
    kind: 'skill',
    id: agentSkillId,
    release: '1.0.0',
    description:
      'Hands a part of the goal to another agent, which reaches it in a run of its own, and gives its result.',
    settings: [],
    actions: Object.fromEntries(
      [...agents.values()]
        .filter(({ name }) => actionName.safeParse(name).success)
        .map((agent) => [agent.name, action(agent)]),
    ),
  };
}

function notHere(): NonNullable<ActionDefinition['pursue']> {
  return () =>
    Promise.reject(new Error('Steps that are handed on are carried out by the function delegate, not here.'));
}
