import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../core/model/json.ts';
import type { ProjectFolder } from './platform-process.ts';
import { makeProjectFolder, PlatformProcess, untilAtRest } from './platform-process.ts';

const trip = JSON.parse(readFileSync(new URL('../../examples/trip.json', import.meta.url), 'utf8')) as JsonObject;
const kills = 50;
/** A run takes about half a second on an idle machine; the later kills hit one that waits or is over. */
const latestKillMs = 900;

interface Booking {
  readonly service: 'flights' | 'hotels' | 'cars';
  readonly request: unknown;
}

let folder: ProjectFolder;

beforeAll(async () => {
  folder = await makeProjectFolder();
});
afterAll(() => folder.remove());

it(`kill -9 at ${kills} random moments: each run goes on by itself, flight and hotel are booked once, a car is never booked twice or called failed`, async () => {
  const results: { traveller: string; status: string; car: string | undefined; booked: Record<string, number> }[] = [];
  let platform = await PlatformProcess.start(folder);
  for (let round = 0; round < kills; round += 1) {
    const traveller = `Traveller ${round}`;
    const input = { ...trip, travellers: [{ name: traveller }] };
    const accepted = await platform.call('POST', '/v1/runs', { agent: 'trip-planner', playbook: 'book-trip', input });
    expect(accepted.status).toBe(202);
    const { runId } = (await accepted.json()) as { runId: string };

    await pause(Math.random() * latestKillMs);
    await platform.kill();
    platform = await PlatformProcess.start(folder);
    if (round % 5 === 0) {
      // Some are killed once more while they recover.
      await pause(Math.random() * latestKillMs);
      await platform.kill();
      platform = await PlatformProcess.start(folder);
    }

    const shown = await untilAtRest(platform, runId);
    const car = shown.steps.window.find(({ id }) => id === 'reserve-car')?.status;
    results.push({ traveller, status: shown.status, car, booked: await bookedFor(traveller) });
  }
  await platform.stop();

  for (const result of results) {
    expect(result, JSON.stringify(result)).toMatchObject({ booked: { flights: 1, hotels: 1 } });
    expect(result.booked['cars'] ?? 0, JSON.stringify(result)).toBeLessThanOrEqual(1);
    if (result.status === 'completed') expect(result.booked['cars'], JSON.stringify(result)).toBe(1);
    else expect(result, JSON.stringify(result)).toMatchObject({ status: 'escalated', car: 'inDoubt' });
  }
  // Most kills must have hit a run that was going on, or the test says nothing.
  expect(results.filter(({ status }) => status === 'completed').length).toBeGreaterThan(kills / 2);
});

async function bookedFor(traveller: string): Promise<Record<string, number>> {
  const response = await fetch(`${folder.providerUrl}/ledger`);
  const { bookings } = (await response.json()) as { bookings: Booking[] };
  const booked: Record<string, number> = {};
  for (const booking of bookings) {
    if (JSON.stringify(booking).includes(`"${traveller}"`)) booked[booking.service] = (booked[booking.service] ?? 0) + 1;
  }
  return booked;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
