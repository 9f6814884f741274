import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import type { RunPage } from '../../core/contract/api.ts';
import type { Limits } from '../../core/contract/limits.ts';
import { threadHeaps } from './heap.ts';
import type { ThreadHeap } from './heap.ts';
import { makeProjectFolder, RunningPlatform, repository, untilAtRest } from './running-platform.ts';
import type { ProjectFolder } from './running-platform.ts';
import { readStoredRun } from './stored-run.ts';
import { bookedByTraveller, providerLedger, tripRun } from './travel.ts';

const folders: ProjectFolder[] = [];
afterAll(async () => {
  await RunningPlatform.killAll();
  for (const folder of folders) folder.remove();
});

async function projectFolder(source?: string): Promise<ProjectFolder> {
  const folder = await makeProjectFolder(source);
  folders.push(folder);
  return folder;
}

/** Of a head: the size at which it must stay, however long its run is. */
const headBytes = 2_048;

it('a run of 2,000 steps crosses generations, survives a kill -9 in the middle and adds up; its head stays small and no finished step runs again', async () => {
  const steps = 2_000;
  const limits: Partial<Limits> = { stepsPerBurst: 50, burstsPerGeneration: 10 };
  const generations = steps / 50 / 10;
  const environment = { HOLDFAST_LIMITS: JSON.stringify(limits) };
  const folder = await projectFolder(join(repository, 'examples', 'load-project'));
  const first = await RunningPlatform.start(folder, { environment });
  const startedAtMs = Date.now();
  const runId = await first.startRun({ agent: 'pacer', playbook: 'pace', input: { steps } });
  await first.runUntil(runId, (run) => run.steps.over >= steps / 2, 120_000);
  await first.kill();
  const killedAtMs = Date.now();

  const midway = await readStoredRun(folder, { runId, skill: 'Pace:v1' });
  expect(midway.headBytes).toBeLessThan(headBytes);
  expect(midway.head).toMatchObject({ status: 'running' });
  expect(midway.head.generation).toBeGreaterThan(1);

  const resumedAtMs = Date.now();
  const second = await RunningPlatform.start(folder, { environment });
  const run = await untilAtRest(second, runId, 120_000);
  const endedAtMs = Date.now();
  await second.stop();
  expect(run).toMatchObject({
    status: 'completed',
    steps: { total: steps, over: steps },
    output: { steps, sums: [(steps * (steps + 1)) / 2] },
  });
  // The kill cost one more, unless it came when one was due.
  expect(run.generation).toBeGreaterThanOrEqual(generations);

  const stored = await readStoredRun(folder, { runId, skill: 'Pace:v1' });
  expect(stored.headBytes).toBeLessThan(headBytes);
  expect(stored.ledger).toHaveLength(steps);
  expect(new Set(stored.ledger.map(({ status }) => status))).toEqual(new Set(['DONE']));
  // One step was under way when the process was killed, and its class allows it to run again.
  const sends = stored.ledger.reduce((sum, item) => sum + item.sends, 0);
  expect(sends).toBeLessThanOrEqual(steps + 1);
  const seconds = (killedAtMs - startedAtMs + endedAtMs - resumedAtMs - second.startedInMs) / 1_000;
  console.info(
    `2,000 steps: ${seconds.toFixed(1)} s (${((seconds * 1_000) / steps).toFixed(1)} ms a step), ` +
      `${run.generation} generations, head ${midway.headBytes} bytes midway and ${stored.headBytes} at the end, ${sends} sends`,
  );
});

const runsAtOnce = 200;
const tolerableP95Ms = 2_000;
/** What a thread may hold on to more after 200 runs: 13 KB for each of them would show. */
const tolerableGrowthMb = 2.5;
/** A skill worker that came up late still loads what it needs. */
const tolerableWorkerGrowthMb = 6;
const tolerableResidentGrowth = 1.15;

it(`${runsAtOnce} trips at once complete, each booked exactly once, while the API stays responsive; and memory does not grow with finished runs`, async () => {
  const folder = await projectFolder();
  const platform = await RunningPlatform.start(folder, { environment: { NODE_OPTIONS: '--inspect=127.0.0.1:0' } });
  const inspectorUrl = /ws:\S+/.exec(platform.output)?.[0] ?? '';
  const heaps: ThreadHeap[][] = [];
  const residentMb: number[] = [];
  for (const round of [1, 2, 3]) {
    const { took, latencies } = await oneRound(platform, round);
    const booked = await bookedByTraveller(folder);
    for (const traveller of travellersOf(round)) {
      expect(booked.get(traveller), traveller).toEqual({ flights: 1, hotels: 1, cars: 1 });
    }
    const count = round * runsAtOnce;
    expect((await providerLedger(folder)).counts).toEqual({ flights: count, hotels: count, cars: count });

    await pause(1_000);
    const grownMb = platform.residentMb();
    heaps.push(await threadHeaps(inspectorUrl));
    residentMb.push(platform.residentMb());
    const [main] = heaps.at(-1) ?? [];
    const p95s = Object.entries(latencies).map(([what, ms]) => `${what} ${p95(ms).toFixed(0)} ms (of ${ms.length})`);
    console.info(
      `${runsAtOnce} trips, round ${round}: ${(took / 1_000).toFixed(1)} s; p95: ${p95s.join(', ')}; ` +
        `resident ${grownMb.toFixed(0)} MB, ${residentMb.at(-1)?.toFixed(0)} MB once collected, heap of the main thread ${main?.usedMb.toFixed(1)} MB, ${heaps.at(-1)?.length} threads`,
    );
    for (const [what, ms] of Object.entries(latencies)) {
      expect(ms.length, what).toBeGreaterThan(10);
      expect(p95(ms), what).toBeLessThan(tolerableP95Ms);
    }
  }
  await platform.stop();

  const before = new Map(heaps[1]?.map(({ thread, usedMb }) => [thread, usedMb]));
  expect(before.get('main')).toBeGreaterThan(10);
  // A worker that has come up since then has nothing to compare with.
  const growth = (heaps[2] ?? []).flatMap(({ thread, usedMb }) => {
    const beforeMb = before.get(thread);
    return beforeMb === undefined ? [] : [{ thread, grownMb: usedMb - beforeMb }];
  });
  const most = growth.toSorted((a, b) => b.grownMb - a.grownMb)[0];
  console.info(`most of all threads grew from round 2 to 3: ${most?.thread}, by ${most?.grownMb.toFixed(2)} MB`);
  for (const { thread, grownMb } of growth) {
    const isSkillWorker = thread.startsWith('skill-hosts');
    expect(grownMb, thread).toBeLessThan(isSkillWorker ? tolerableWorkerGrowthMb : tolerableGrowthMb);
  }
  expect(residentMb[2]).toBeLessThan((residentMb[1] ?? 0) * tolerableResidentGrowth);
});

function travellersOf(round: number): string[] {
  return Array.from({ length: runsAtOnce }, (_, index) => `Traveller ${round}-${index}`);
}

/** Starts all runs at once and measures the API until all are completed. Times in milliseconds. */
async function oneRound(
  platform: RunningPlatform,
  round: number,
): Promise<{ took: number; latencies: Record<string, number[]> }> {
  const headers = { authorization: `Bearer ${await platform.token()}` };
  const going = new AbortController();
  const startedAtMs = Date.now();
  const probes = new Map<string, Promise<number[]>>();
  const probe = (what: string, path: string): void => {
    probes.set(what, latenciesOf(platform, path, headers, going.signal));
  };
  try {
    probe('GET /healthz', '/healthz');
    probe('GET /v1/runs', '/v1/runs');
    const runIds = await Promise.all(
      travellersOf(round).map((traveller) => platform.startRun(tripRun(traveller), headers)),
    );
    probe('GET /v1/runs/{id}', `/v1/runs/${runIds.at(-1)}`);
    await untilAllCompleted(platform, runIds, headers);
    const took = Date.now() - startedAtMs;
    going.abort();
    const latencies = [...probes].map(async ([what, measured]) => [what, await measured] as const);
    return { took, latencies: Object.fromEntries(await Promise.all(latencies)) };
  } finally {
    going.abort();
    await Promise.allSettled(probes.values());
  }
}

async function latenciesOf(
  platform: RunningPlatform,
  path: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number[]> {
  const latencies: number[] = [];
  while (!signal.aborted) {
    const startedAtMs = performance.now();
    const response = await platform.call('GET', path, undefined, headers);
    await response.text();
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
    latencies.push(performance.now() - startedAtMs);
    await pause(50);
  }
  return latencies;
}

async function untilAllCompleted(
  platform: RunningPlatform,
  runIds: readonly string[],
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const open = new Set(runIds);
  const deadlineMs = Date.now() + 120_000;
  while (open.size > 0) {
    if (Date.now() > deadlineMs) throw new Error(`${open.size} runs are not completed:\n${platform.output}`);
    await pause(250);
    let cursor = '';
    do {
      const response = await platform.call('GET', `/v1/runs?limit=100${cursor}`, undefined, headers);
      const { items, nextCursor } = (await response.json()) as RunPage;
      for (const { runId, status } of items) if (status === 'completed') open.delete(runId);
      cursor = nextCursor === null ? '' : `&cursor=${encodeURIComponent(nextCursor)}`;
    } while (cursor !== '' && open.size > 0);
  }
}

function p95(ms: readonly number[]): number {
  return ms.toSorted((a, b) => a - b)[Math.ceil(ms.length * 0.95) - 1] ?? Number.NaN;
}
