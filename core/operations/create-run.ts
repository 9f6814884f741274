import type { RunHead, RunRequest } from '../model/run.ts';
import type { Ports, RunRef } from '../ports/index.ts';

/** Writers of one run's first items agree at the second look. */
const tries = 5;

/**
 * The run's head. What an earlier call, or one at the same time, has written of the run is kept as it is.
 *
 * @param requestAt what is asked for, if nobody has written it yet
 * @param ending of a run that is never to begin: it is canceled for this reason from the first
 */
export async function createRun(
  run: RunRef,
  requestAt: (nowMs: number) => RunRequest,
  deadlineMsOf: (request: RunRequest) => number,
  ports: Pick<Ports, 'runs' | 'clock' | 'ids'>,
  ending?: string,
): Promise<RunHead> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const there = await ports.runs.readHead(run);
    if (there) return there;
    const request = (await ports.runs.readRequest(run)) ?? requestAt(ports.clock.now());
    const first = firstHead(request, deadlineMsOf(request), ports.ids.token());
    const head: RunHead = ending === undefined ? first : { ...first, status: 'canceled', ending };
    if ((await ports.runs.createRun(request, head)).written) return head;
  }
  throw new Error(`Run ${run.runId} was neither written nor found in ${tries} attempts.`);
}

function firstHead(
  { tenantId, runId, agent, createdAtMs }: RunRequest,
  deadlineMs: number,
  writeToken: string,
): RunHead {
  return {
    tenantId,
    runId,
    agent,
    status: 'pending',
    generation: 1,
    version: 1,
    writeToken,
    revision: 0,
    window: [],
    stepsRetired: 0,
    burstsInGeneration: 0,
    lost: {},
    occurrences: {},
    deadlineMs,
    createdAtMs,
    updatedAtMs: createdAtMs,
  };
}
