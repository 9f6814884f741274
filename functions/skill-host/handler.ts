import './closed-network.ts';
import type { Context } from 'aws-lambda';
import { awsExecutePorts } from '../../core/adapters/aws.ts';
import { env } from '../../core/contract/env.ts';
import { stepRequest } from '../../core/contract/machine.ts';
import type { StepOutcome } from '../../core/model/step.ts';
import { executeStep } from '../../core/operations/execute-step.ts';
import type { ExecutePorts } from '../../core/operations/execute-step.ts';
import { settingsOf } from '../../core/operations/skill-settings.ts';
import { authorizer } from '../authorizer.ts';
import { registry } from '../registry.ts';
import { tableClient } from '../table-client.ts';
import { telemetry } from '../telemetry.ts';

const { logger, traced } = telemetry('skill-host');

let ports: ExecutePorts | undefined;

/** Runs one dispatch of a step of the skill that this function was bundled with. */
export const handler = traced(async (event: unknown, context: Context): Promise<StepOutcome> => {
  const request = stepRequest.parse(event);
  const skill = registry().skills.get(request.skill);
  if (!skill) throw new Error(`This function does not hold ${request.skill}.`);
  ports ??= awsExecutePorts(process.env, tableClient());
  const outcome = await executeStep(request, skill, ports, {
    epoch: process.env[env.epoch],
    deadlineMs: ports.clock.now() + context.getRemainingTimeInMillis(),
    settings: settingsOf(skill, process.env),
    authorizer: authorizer(),
  });
  const { runId, stepId } = request;
  logger.debug('step executed', { runId, stepId, skill: request.skill, outcome: outcome.kind });
  return outcome;
});
