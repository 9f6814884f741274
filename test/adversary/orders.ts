import type { StepRequest } from '../../core/contract/machine.ts';
import { agentSkillId } from '../../core/model/agent-step.ts';
import type { Json } from '../../core/model/json.ts';
import { modelSkillId } from '../../core/model/model-step.ts';
import type { Release } from './attacked-platform.ts';
import { releases } from './attacked-platform.ts';
import type { Happening } from './fixture/world.ts';
import type { Order } from './oracle/known-run.ts';

const pureActions = new Set([
  'Bank:v1/balance',
  'Mail:v1/list',
  'Mail:v1/read',
  'Web:v1/get',
  'Text:v1/join',
  'Text:v1/template',
  'Text:v1/number',
  'Think:v1/summarize',
  'Notes:v1/read',
  'Users:v1/read',
  'Users:v2/read',
]);

/** Whether the world is another one afterwards. */
export function hasEffect({ skill, action }: Pick<Happening, 'skill' | 'action'>): boolean {
  return !pureActions.has(`${skill}/${action}`);
}

/** The platform's own skills do not change with those of the project. */
export function releaseOf({ skill }: StepRequest, known: Release): Release {
  return skill === agentSkillId || skill === modelSkillId ? releases[0] : known;
}

/** An order as the oracle is told of it. */
export function orderOf(request: StepRequest, args: Json, isForged: boolean): Order {
  const { tenantId, runId, agent, stepId, skill, action, doubted } = request;
  return { tenantId, runId, agent, stepId, skill, action, args, doubted, forged: isForged };
}
