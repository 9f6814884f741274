import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, RunningPlatform, untilAtRest } from './running-platform.ts';
import { bookedFor, tripRun } from './travel.ts';

/** A check of a change has fewer, see .ci/run. */
const kills = Number(process.env['KILLS'] ?? 50);
/** A run takes about half a second on an idle machine; the later kills hit one that waits or is over. */
const latestKillMs = 900;

let folder: ProjectFolder;

beforeAll(async () => {
  folder = await makeProjectFolder();
});
afterAll(() => folder.remove());

it(`kill -9 at ${kills} random moments: each run goes on by itself, flight and hotel are booked once, a car is never booked twice or called failed`, async () => {
  const results: { traveller: string; status: string; car: string | undefined; booked: Record<string, number> }[] = [];
  let platform = await RunningPlatform.start(folder);
  for (let round = 0; round < kills; round += 1) {
    const traveller = `Traveller ${round}`;
    const runId = await platform.startRun(tripRun(traveller));

    await pause(Math.random() * latestKillMs);
    await platform.kill();
    platform = await RunningPlatform.start(folder);
    if (round % 5 === 0) {
      // Some are killed once more while they recover.
      await pause(Math.random() * latestKillMs);
      await platform.kill();
      platform = await RunningPlatform.start(folder);
    }

    const shown = await untilAtRest(platform, runId);
    const car = shown.steps.window.find(({ id }) => id === 'reserve-car')?.status;
    results.push({ traveller, status: shown.status, car, booked: await bookedFor(folder, traveller) });
  }
  await platform.stop();

  for (const result of results) {
    expect(result, JSON.stringify(result)).toMatchObject({ booked: { flights: 1, hotels: 1 } });
    expect(result.booked['cars'], JSON.stringify(result)).toBeLessThanOrEqual(1);
    if (result.status === 'completed') expect(result.booked['cars'], JSON.stringify(result)).toBe(1);
    else expect(result, JSON.stringify(result)).toMatchObject({ status: 'escalated', car: 'inDoubt' });
  }
  // Most kills must have hit a run that was going on, or the test says nothing.
  expect(results.filter(({ status }) => status === 'completed').length).toBeGreaterThan(kills / 2);
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
