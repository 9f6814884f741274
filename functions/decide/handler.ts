import { skillFunctions } from '../../core/authz/catalogue.ts';
import { awsPorts } from '../../core/adapters/aws.ts';
import { env } from '../../core/contract/env.ts';
import { limitsFromEnv } from '../../core/contract/limits.ts';
import { decideEvent } from '../../core/contract/machine.ts';
import type { DecideResult } from '../../core/contract/machine.ts';
import { createAdvance } from '../../core/operations/advance-run.ts';
import { authorizer } from '../authorizer.ts';
import { countedPorts } from '../counted-ports.ts';
import { registry } from '../registry.ts';
import { tableClient } from '../table-client.ts';
import { telemetry } from '../telemetry.ts';

const { logger, traced } = telemetry('decide');

let advance: ReturnType<typeof createAdvance> | undefined;

/** The Decide state of both machines: one decision about one run. */
export const handler = traced(async (event: unknown): Promise<DecideResult> => {
  const parsed = decideEvent.parse(event);
  advance ??= createAdvance({
    ports: countedPorts(awsPorts(process.env, tableClient())),
    registry: registry(),
    functions: skillFunctions(process.env),
    authorizer: authorizer(),
    limits: limitsFromEnv(process.env),
    epoch: process.env[env.epoch],
  });
  const result = await advance(parsed);
  logger.debug('decided', { generation: parsed.generation, next: result.next });
  return result;
});
