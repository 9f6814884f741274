import type { Context } from 'aws-lambda';
import { awsPorts } from '../../core/adapters/aws.ts';
import { limitsFromEnv } from '../../core/contract/limits.ts';
import { sweepRuns } from '../../core/operations/sweep-runs.ts';
import type { Ports } from '../../core/ports/index.ts';
import { tableClient } from '../table-client.ts';
import { telemetry } from '../telemetry.ts';

const { logger, traced } = telemetry('sweep');

/** For the runs that are being looked at when the time is up. */
const keptMs = 30_000;

let ports: Ports | undefined;

/** Invoked by a timer: moves the runs that ought to have moved. Throws when one of them could not be looked at. */
export const handler = traced(async (_event: unknown, context: Context): Promise<void> => {
  const at = (ports ??= awsPorts(process.env, tableClient()));
  const untilMs = at.clock.now() + context.getRemainingTimeInMillis() - keptMs;
  const { runs, failures, more } = await sweepRuns({ ports: at, limits: limitsFromEnv(process.env) }, untilMs);
  for (const { run, error } of failures) logger.error('run not swept', { ...run, error });
  logger.info('swept', { ...runs, failed: failures.length, more });
  const [first] = failures;
  if (first) {
    throw new Error(`${failures.length} runs could not be looked at; run ${first.run.runId}: ${first.error.message}`, {
      cause: first.error,
    });
  }
});
