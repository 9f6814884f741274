import type { DecideResult, RunIdentity } from '../contract/machine.ts';
import type { RunHead } from '../model/run.ts';

/** What the state machine is told of a run that is over. */
export function endOf(
  identity: RunIdentity,
  { status, ending }: Pick<RunHead, 'status' | 'ending'>,
): DecideResult & { next: 'done' | 'failed' } {
  if (status !== 'failed') return { ...identity, next: 'done', status };
  return { ...identity, next: 'failed', error: 'RunFailed', cause: ending ?? 'the run failed' };
}
