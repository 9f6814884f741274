import type { Context } from 'aws-lambda';
import { awsPorts } from '../../core/adapters/aws.ts';
import { limitsFromEnv } from '../../core/contract/limits.ts';
import { sweepInbox } from '../../core/operations/sweep-inbox.ts';
import { sweepRuns } from '../../core/operations/sweep-runs.ts';
import type { Ports } from '../../core/ports/index.ts';
import { countedPorts } from '../counted-ports.ts';
import { count } from '../run-scope.ts';
import { tableClient } from '../table-client.ts';
import { telemetry } from '../telemetry.ts';

const { logger, traced } = telemetry('sweep');

/** For what is being looked at when the time is up. */
const keptMs = 30_000;

let ports: Ports | undefined;

/** Invoked by a timer: moves the runs and inbox items that ought to have moved. Throws when one could not be looked at. */
export const handler = traced(async (_event: unknown, context: Context): Promise<void> => {
  const at = (ports ??= countedPorts(awsPorts(process.env, tableClient())));
  const untilMs = at.clock.now() + context.getRemainingTimeInMillis() - keptMs;
  const [swept, inbox] = await Promise.all([
    sweepRuns({ ports: at, limits: limitsFromEnv(process.env) }, untilMs),
    sweepInbox(at, untilMs),
  ]);
  const oldestMs = await at.runs.oldestOpenEscalationMs();
  count('oldestOpenEscalation', oldestMs === undefined ? 0 : Math.max(0, (at.clock.now() - oldestMs) / 1000), {});
  for (const { run, error } of swept.failures) logger.error('run not swept', { ...run, error });
  for (const { item, error } of inbox.failures) logger.error('inbox item not swept', { ...item, error });
  const failures = [...swept.failures, ...inbox.failures];
  logger.info('swept', { ...swept.runs, timers: inbox.fired, failed: failures.length, more: swept.more || inbox.more });
  const [first] = failures;
  if (!first) return;
  const which = 'run' in first ? `run ${first.run.runId}` : `inbox item ${first.item.escalationId}`;
  throw new Error(`${failures.length} could not be looked at; ${which}: ${first.error.message}`, {
    cause: first.error,
  });
});
