import type { Context } from 'aws-lambda';
import { env } from '../../core/contract/env.ts';
import { stepRequest } from '../../core/contract/machine.ts';
import type { StepOutcome } from '../../core/model/step.ts';
import { answerModelStep } from '../../core/operations/answer-model-step.ts';
import { executeStep } from '../../core/operations/execute-step.ts';
import { modelSkill } from '../../core/operations/model-skill.ts';
import { authorizer } from '../authorizer.ts';
import { telemetry } from '../telemetry.ts';
import { thinking } from './thinking.ts';

const { logger, traced } = telemetry('think');

/** Carries out one model step: a step like any other, whose code asks a language model. */
export const handler = traced(async (event: unknown, context: Context): Promise<StepOutcome> => {
  const request = stepRequest.parse(event);
  const { ports, dependencies } = thinking((dependency, error) => {
    logger.warn('breaker not recorded', { dependency, error: String(error) });
  });
  const outcome = await executeStep(request, modelSkill(answerModelStep(request, dependencies)), ports, {
    epoch: process.env[env.epoch],
    deadlineMs: ports.clock.now() + context.getRemainingTimeInMillis(),
    settings: {},
    authorizer: authorizer(),
  });
  logger.debug('model step', { outcome: outcome.kind });
  return outcome;
});
