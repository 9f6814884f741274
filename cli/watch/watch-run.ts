import { setTimeout as delay } from 'node:timers/promises';
import type { RunView } from '../../core/contract/api.ts';
import type { Client } from '../client.ts';
import { Unreachable } from '../errors.ts';
import { safe } from '../escape.ts';
import { exitCodeOf } from '../outcome.ts';
import type { Progress } from './progress.ts';

/** How gently to ask, and how long to bear a platform that does not answer. In milliseconds. */
export interface WatchPace {
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  readonly patienceMs: number;
}

export const defaultPace: WatchPace = { firstDelayMs: 200, longestDelayMs: 1_000, patienceMs: 120_000 };

/**
 * Follows a run until it is over or waits for a person. Asks often while something changes and less often while
 * nothing does. A platform that is being restarted is waited for. Throws Unreachable when it stays away longer than
 * the patience, CliError for a problem such as a run that is not there, and the reason of the signal when it aborts.
 */
export async function watchRun(
  client: Pick<Client, 'showRun'>,
  runId: string,
  progress: Progress,
  signal: AbortSignal,
  pace = defaultPace,
): Promise<RunView> {
  let delayMs = pace.firstDelayMs;
  let previous = '';
  let awaySinceMs: number | undefined;
  for (;;) {
    const run = await client.showRun(runId, false).catch((error: unknown) => {
      if (!(error instanceof Unreachable) || error.reason === 'strange') throw error;
      const nowMs = Date.now();
      if (awaySinceMs === undefined) {
        awaySinceMs = nowMs;
        progress.note(safe`${error.message} Trying again for ${pace.patienceMs / 1_000} s; the run is not lost.`);
      } else if (nowMs - awaySinceMs > pace.patienceMs) {
        throw error;
      }
      return undefined;
    });
    signal.throwIfAborted();
    if (run) {
      if (awaySinceMs !== undefined) progress.note(safe`The platform answers again.`);
      awaySinceMs = undefined;
      progress.update(run);
      if (exitCodeOf(run) !== undefined) return run;
    }
    const current = JSON.stringify(run);
    delayMs = current === previous ? Math.min(delayMs * 1.3, pace.longestDelayMs) : pace.firstDelayMs;
    previous = current;
    await delay(delayMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
