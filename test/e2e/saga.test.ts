import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunView } from '../../core/contract/api.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, RunningPlatform, untilAtRest } from './running-platform.ts';
import { canceledFor, mend, setFault, tripOf } from './travel.ts';

const kills = 4;
const latestKillMs = 500;
/** Compensations that fail are tried again soon, so that the test need not wait for minutes. */
const environment = { HOLDFAST_LIMITS: JSON.stringify({ undoBackoffMs: 100 }) };

let folder: ProjectFolder;
let platform: RunningPlatform;

beforeAll(async () => {
  folder = await makeProjectFolder();
  platform = await RunningPlatform.start(folder, { environment });
});
afterAll(async () => {
  await platform.stop();
  folder.remove();
});

const whole = { flights: 1, hotels: 1, cars: 1 };
const journey = {
  ...{ from: '${input.from}', to: '${input.to}', departOn: '${input.departOn}', returnOn: '${input.returnOn}' },
  travellers: '${input.travellers}',
};
const stay = { checkIn: '${input.departOn}', checkOut: '${input.returnOn}', guests: '${input.travellers}' };

/** A flight, a stay and a car, then a stay where there is no place: it fails for good, and the run waits for a person. */
function tripThatFails(traveller: string): JsonObject {
  const hotel = { skill: 'HotelBooking:v1', action: 'book' };
  return {
    agent: 'trip-planner',
    input: tripOf(traveller),
    plan: {
      steps: [
        { id: 'search', skill: 'FlightBooking:v1', action: 'search', input: journey },
        {
          ...{ id: 'flight', skill: 'FlightBooking:v1', action: 'book' },
          input: { ...journey, flightId: '${steps.search.output.best.flightId}' },
        },
        { id: 'hotel', ...hotel, input: { ...stay, city: '${input.to}' }, dependsOn: ['flight'] },
        {
          ...{ id: 'car', skill: 'CarDesk:v1', action: 'reserve' },
          input: {
            ...{ city: '${input.to}', pickUpOn: '${input.departOn}', dropOffOn: '${input.returnOn}' },
            ...{ carClass: 'compact', driver: '${input.travellers.0}' },
          },
          dependsOn: ['hotel'],
        },
        { id: 'nowhere', ...hotel, input: { ...stay, city: 'Nowhere'.repeat(10) }, dependsOn: ['car'] },
      ],
    },
  };
}

async function waiting(traveller: string): Promise<string> {
  const runId = await platform.startRun(tripThatFails(traveller));
  expect(await untilAtRest(platform, runId)).toMatchObject({
    status: 'escalated',
    waitingFor: { escalation: 'failure' },
  });
  return runId;
}

async function cancel(runId: string): Promise<void> {
  const answered = await platform.call('POST', `/v1/runs/${runId}/cancel`, { compensate: true, reason: 'no trip' });
  expect(answered.status, `${await answered.text()} ${platform.output}`).toBe(202);
}

async function attest(run: RunView, happened: boolean): Promise<void> {
  const escalationId = run.waitingFor?.kind === 'human' ? run.waitingFor.escalationId : '';
  const body = { resolution: 'attest', happened, reason: 'the desk says so' };
  const answered = await platform.call('POST', `/v1/escalations/${escalationId}/resolve`, body);
  expect(answered.status, await answered.text()).toBe(202);
}

it(`kill -9 at ${kills} random moments while a run is taken back: each booking is canceled once, and only a car may need a person`, async () => {
  let doubts = 0;
  for (let round = 0; round < kills; round += 1) {
    const traveller = `Traveller ${round}`;
    const runId = await waiting(traveller);
    await cancel(runId);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * latestKillMs));
    await platform.kill();
    platform = await RunningPlatform.start(folder, { environment });
    let run = await untilAtRest(platform, runId);
    if (run.status === 'escalated') {
      doubts += 1;
      expect(run, JSON.stringify(run)).toMatchObject({ waitingFor: { escalation: 'inDoubt' } });
      expect(run.steps.window.find(({ status }) => status === 'inDoubt')).toMatchObject({
        id: 'undo:car',
        undoes: 'car',
      });
      // Nothing that the car depended on was undone before it.
      const found = await canceledFor(folder, traveller);
      expect(found).toMatchObject({ flights: 0, hotels: 0 });
      await attest(run, found.cars === 1);
      run = await untilAtRest(platform, runId);
      if (run.status === 'escalated') {
        await platform.call('POST', `/v1/runs/${runId}/resume`);
        run = await platform.runUntil(runId, ({ status }) => status === 'canceled');
      }
    }
    expect(run, JSON.stringify(run)).toMatchObject({ status: 'canceled' });
    expect(run.ending).toContain('3 effects were undone. Nothing else was done.');
    expect(await canceledFor(folder, traveller), JSON.stringify(run)).toEqual(whole);
  }
  expect(doubts).toBeLessThan(kills);
});

it('a compensation that fails blocks those that have to wait for it, and goes on when its cause is gone', async () => {
  const traveller = 'Grace Hopper';
  const runId = await waiting(traveller);
  await setFault(folder, 'hotel-cancellations', 'fail');
  await cancel(runId);
  // The breaker of the hotels opens meanwhile, and for half a minute nobody is asked.
  const stuck = await platform.runUntil(runId, ({ status }) => status === 'escalated', 90_000);
  expect(stuck).toMatchObject({
    waitingFor: { escalation: 'failure', reason: expect.stringContaining("the effects of 'flight' are not undone") },
    compensation: { by: 'test', reason: 'no trip', ending: 'canceled' },
  });
  expect(stuck.steps.window.find(({ id }) => id === 'undo:hotel')).toMatchObject({
    ...{ status: 'failed', attempts: 5, failure: { class: 'compensationFailed' } },
  });
  expect(await canceledFor(folder, traveller)).toEqual({ ...whole, flights: 0, hotels: 0 });

  await setFault(folder, 'hotel-cancellations', 'none');
  await mend(folder, platform);
  expect((await platform.call('POST', `/v1/runs/${runId}/resume`)).status).toBe(202);
  const ended = await platform.runUntil(runId, ({ status }) => status === 'canceled');
  expect(ended.steps.window.map(({ id, status }) => [id, status])).toEqual([
    ['search', 'completed'],
    ...['flight', 'hotel', 'car'].map((id) => [id, 'compensated']),
    ['nowhere', 'failed'],
    ...['undo:car', 'undo:hotel', 'undo:flight'].map((id) => [id, 'completed']),
  ]);
  expect(await canceledFor(folder, traveller)).toEqual(whole);
});
