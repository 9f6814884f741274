import type { Context } from 'aws-lambda';
import { awsPorts } from '../../core/adapters/aws.ts';
import type { SkillFunctions } from '../../core/authz/catalogue.ts';
import { env } from '../../core/contract/env.ts';
import { stepRequest } from '../../core/contract/machine.ts';
import type { StepOutcome } from '../../core/model/step.ts';
import { agentSkill } from '../../core/operations/agent-skill.ts';
import { pursueChild } from '../../core/operations/child-run.ts';
import { executeStep } from '../../core/operations/execute-step.ts';
import type { Ports } from '../../core/ports/index.ts';
import { authorizer } from '../authorizer.ts';
import { countedPorts } from '../counted-ports.ts';
import { registry } from '../registry.ts';
import { tableClient } from '../table-client.ts';
import { telemetry } from '../telemetry.ts';

const { logger, traced } = telemetry('delegate');

/** Plans are checked here and not carried out: Decide names the functions. */
const onlyChecked: SkillFunctions = { arnOf: (skillId) => skillId };

let ports: Ports | undefined;

/** Carries out one step that hands a part of a goal to another agent: begins its run, or looks how far that is. */
export const handler = traced(async (event: unknown, context: Context): Promise<StepOutcome> => {
  const request = stepRequest.parse(event);
  const at = (ports ??= countedPorts(awsPorts(process.env, tableClient())));
  const dependencies = { ports: at, registry: registry(), functions: onlyChecked, authorizer: authorizer() };
  const skill = agentSkill(registry(), pursueChild(request, dependencies));
  const outcome = await executeStep(request, skill, at, {
    epoch: process.env[env.epoch],
    deadlineMs: at.clock.now() + context.getRemainingTimeInMillis(),
    settings: {},
    authorizer: authorizer(),
  });
  logger.debug('step handed on', { outcome: outcome.kind });
  return outcome;
});
