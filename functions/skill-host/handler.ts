import './closed-network.ts';
import type { Context } from 'aws-lambda';
import { env } from '../../core/contract/env.ts';
import { stepRequest } from '../../core/contract/machine.ts';
import type { StepOutcome } from '../../core/model/step.ts';
import { executeStep } from '../../core/operations/execute-step.ts';
import { settingsOf } from '../../core/operations/skill-settings.ts';
import { authorizer } from '../authorizer.ts';
import { registry } from '../registry.ts';
import { telemetry } from '../telemetry.ts';
import { host } from './host.ts';

const { logger, traced } = telemetry('skill-host');

/** Runs one dispatch of a step of the skill that this function was bundled with. */
export const handler = traced(async (event: unknown, context: Context): Promise<StepOutcome> => {
  const request = stepRequest.parse(event);
  const skill = registry().skills.get(request.skill);
  if (!skill) throw new Error(`This function does not hold ${request.skill}.`);
  const { ports, breakers } = host((dependency, error) => {
    logger.warn('breaker not recorded', { dependency, error: String(error) });
  });
  const outcome = await executeStep(request, skill, ports, {
    epoch: process.env[env.epoch],
    deadlineMs: ports.clock.now() + context.getRemainingTimeInMillis(),
    settings: settingsOf(skill, process.env),
    authorizer: authorizer(),
    breakers,
  });
  logger.debug('step executed', { skill: request.skill, outcome: outcome.kind });
  return outcome;
});
