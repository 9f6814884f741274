import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EscalationPage, EscalationView, ResolveRequest, RunView } from '../../core/contract/api.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import { holdfast } from '../cli/command.ts';
import { chargeCustomer, paymentKey, refundsOf } from './back-office.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, RunningPlatform, untilAtRest } from './running-platform.ts';
import { bookedFor, canceledFor, mend, providerLedger, setFault, tripRun } from './travel.ts';

const waitingRuns = 50;

let folder: ProjectFolder;
let platform: RunningPlatform;

const start = () => RunningPlatform.start(folder, { environment: { PAYMENT_API_KEY: paymentKey } });

beforeAll(async () => {
  folder = await makeProjectFolder();
  const set = ['secrets', 'set', 'PAYMENT_API_KEY', '--data', folder.dataDirectory];
  expect(await holdfast(set, { input: `${paymentKey}\n` })).toMatchObject({ exitCode: 0 });
  platform = await start();
});
afterEach(() => mend(folder, platform));
afterAll(async () => {
  await RunningPlatform.killAll();
  folder.remove();
});

async function openItems(): Promise<EscalationPage['items']> {
  return ((await (await platform.call('GET', '/v1/escalations?limit=100')).json()) as EscalationPage).items;
}

/** The item that a run waits for, with its case. */
async function itemOf(runId: string): Promise<EscalationView> {
  const run = await untilAtRest(platform, runId);
  if (run.waitingFor?.kind !== 'human') throw new Error(`the run is ${run.status}: ${run.ending ?? ''}`);
  const { escalationId } = run.waitingFor;
  await expect.poll(async () => (await openItems()).some((one) => one.escalationId === escalationId)).toBe(true);
  return (await (await platform.call('GET', `/v1/escalations/${escalationId}`)).json()) as EscalationView;
}

type Decision = Exclude<ResolveRequest, { resolution: 'compensate' }> | { resolution: 'compensate'; reason: string };
type Door = 'CLI' | 'API';

function optionsOf(decision: Decision): string[] {
  const { resolution } = decision;
  if (resolution === 'attest') {
    const output = decision.output === undefined ? [] : ['--output', JSON.stringify(decision.output)];
    return ['--attest', decision.happened ? 'happened' : 'not-happened', ...output];
  }
  return [
    `--${resolution}`,
    ...(resolution === 'edit' ? ['--input', JSON.stringify(decision.input)] : []),
    ...(resolution === 'provide' ? ['--output', JSON.stringify(decision.output)] : []),
  ];
}

/** Decides about an item through one of the two doors, and waits until its run is at rest. */
async function decide(door: Door, { escalationId, runId }: EscalationView, decision: Decision): Promise<RunView> {
  if (door === 'API') {
    const answer = await platform.call('POST', `/v1/escalations/${escalationId}/resolve`, decision);
    expect(answer.status, await answer.text()).toBe(202);
  } else {
    const env = { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory };
    const args = ['inbox', 'resolve', escalationId, ...optionsOf(decision), '--reason', decision.reason];
    expect(await holdfast(args, { env })).toMatchObject({ exitCode: 0, stderr: '' });
  }
  return untilAtRest(platform, runId);
}

/** What the person sees as possible is what this test tries. */
function expectAllowed({ case: told }: EscalationView, ways: readonly string[]): void {
  const may = told?.resolutions.filter((one) => one.may).map(({ resolution }) => resolution);
  expect(may?.toSorted()).toEqual([...new Set(ways)].toSorted());
}

const doors: readonly Door[] = ['CLI', 'API'];
const reason = 'asked the desk';
const output = (answer: unknown): Json => answer as Json;

describe.each(doors)('through the %s, a car whose answer was lost', (door) => {
  const ways = ['attest', 'provide'];
  const lost = async (traveller: string): Promise<EscalationView> => {
    await setFault(folder, 'cars', 'apply-then-drop', 1);
    const item = await itemOf(await platform.startRun(tripRun(traveller)));
    expect(item).toMatchObject({ kind: 'inDoubt', stepId: 'reserve-car' });
    expectAllowed(item, ways);
    return item;
  };
  const answerFor = async (traveller: string): Promise<Json> => {
    const { bookings } = await providerLedger(folder);
    const own = bookings.find(
      ({ service, request }) => service === 'cars' && JSON.stringify(request).includes(traveller),
    );
    return output(own?.answer);
  };

  it('that is attested or provided completes the trip with one car', async () => {
    for (const resolution of ['attest', 'provide'] as const) {
      const traveller = `${door} ${resolution}`;
      const item = await lost(traveller);
      const given = await answerFor(traveller);
      const decision: Decision =
        resolution === 'attest'
          ? { resolution, happened: true, output: given, reason }
          : { resolution, output: given, reason };
      expect(await decide(door, item, decision)).toMatchObject({ status: 'completed' });
      expect(await bookedFor(folder, traveller)).toEqual({ flights: 1, hotels: 1, cars: 1 });
    }
  });

  it('that is attested as not happened has failed, and a retry reserves one more', async () => {
    const traveller = `${door} not happened`;
    const item = await lost(traveller);
    expect(await decide(door, item, { resolution: 'attest', happened: false, reason })).toMatchObject({
      status: 'escalated',
    });
    const failed = await itemOf(item.runId);
    expect(failed).toMatchObject({ kind: 'failure' });
    expect(await decide(door, failed, { resolution: 'retry', reason })).toMatchObject({ status: 'completed' });
    expect(await bookedFor(folder, traveller)).toMatchObject({ cars: 2 });
  });
});

describe.each(doors)('through the %s, a hotel that has failed', (door) => {
  // The itinerary asks for the hotel, so it cannot be left out; and the playbook is no model's to plan anew.
  const ways = ['edit', 'retry', 'attest', 'provide', 'compensate', 'abort'];
  /** The hotel answers nothing at all, not even whether it has booked, so a person is asked. */
  const silent = async (traveller: string): Promise<EscalationView> => {
    await setFault(folder, 'hotels', 'fail');
    const item = await itemOf(await platform.startRun(tripRun(traveller)));
    expect(item).toMatchObject({ kind: 'inDoubt', stepId: 'book-hotel' });
    expectAllowed(item, ['attest', 'provide', 'retry']);
    await mend(folder, platform);
    return item;
  };
  /** The person has found out that it has not booked. */
  const failed = async (traveller: string): Promise<EscalationView> => {
    const item = await silent(traveller);
    await decide(door, item, { resolution: 'attest', happened: false, reason });
    const failure = await itemOf(item.runId);
    expect(failure).toMatchObject({ kind: 'failure', stepId: 'book-hotel' });
    expectAllowed(failure, ways);
    return failure;
  };

  it('is asked again once it answers, and books one room', async () => {
    const traveller = `${door} hotel asked`;
    expect(await decide(door, await silent(traveller), { resolution: 'retry', reason })).toMatchObject({
      status: 'completed',
    });
    expect(await bookedFor(folder, traveller)).toEqual({ flights: 1, hotels: 1, cars: 1 });
  });

  it('ends as each decision says', async () => {
    const other = await untilAtRest(platform, await platform.startRun(tripRun(`${door} other`)));
    expect(other).toMatchObject({ status: 'completed' });
    const { bookings } = await providerLedger(folder);
    const room = output(bookings.findLast(({ service }) => service === 'hotels')?.answer);
    const { input } = tripRun('nobody') as { input: { to: string; departOn: string; returnOn: string } };
    const booking: JsonObject = {
      ...{ city: input.to, checkIn: input.departOn, checkOut: input.returnOn },
      ...{ guests: '${input.travellers}', preferences: { stars: 3 } },
    };
    const cases: readonly [Decision, string, object][] = [
      [{ resolution: 'edit', input: booking, reason }, 'completed', { flights: 1, hotels: 1, cars: 1 }],
      [{ resolution: 'retry', reason }, 'completed', { flights: 1, hotels: 1, cars: 1 }],
      [{ resolution: 'attest', happened: true, output: room, reason }, 'completed', { flights: 1, hotels: 0, cars: 1 }],
      [{ resolution: 'provide', output: room, reason }, 'completed', { flights: 1, hotels: 0, cars: 1 }],
      [{ resolution: 'compensate', reason }, 'failed', { flights: 1, hotels: 0, cars: 0 }],
      [{ resolution: 'abort', reason }, 'canceled', { flights: 1, hotels: 0, cars: 0 }],
    ];
    for (const [decision, status, booked] of cases) {
      const traveller = `${door} hotel ${decision.resolution}`;
      const ended = await decide(door, await failed(traveller), decision);
      expect(ended, JSON.stringify(ended)).toMatchObject({ status });
      expect(await bookedFor(folder, traveller), decision.resolution).toEqual(booked);
      const canceled = await canceledFor(folder, traveller);
      expect(canceled.flights, decision.resolution).toBe(decision.resolution === 'compensate' ? 1 : 0);
    }
  });
});

const refund = (chargeId: string, amountCents = 60_000): JsonObject => ({
  ...{ agent: 'billing', playbook: 'refund-charge' },
  input: { chargeId, amountCents, reason: 'Three months were not used', ticket: 'Could you pay it back?' },
});

describe.each(doors)('through the %s, a refund over the limit', (door) => {
  const ways = ['approve', 'reject', 'edit', 'provide', 'compensate', 'abort'];

  it('ends as each decision says', async () => {
    const less = 55_000;
    const decisions = (chargeId: string, answer: Json): readonly [Decision, string, readonly number[]][] => [
      [{ resolution: 'approve', reason }, 'completed', [60_000]],
      [{ resolution: 'reject', reason }, 'declined', []],
      [
        { resolution: 'edit', input: { chargeId, amountCents: less, reason: 'Two months' }, reason },
        'completed',
        [less],
      ],
      [{ resolution: 'provide', output: answer, reason }, 'completed', []],
      [{ resolution: 'compensate', reason }, 'failed', []],
      [{ resolution: 'abort', reason }, 'canceled', []],
    ];
    let answer: Json = null;
    for (let at = 0; at < ways.length; at += 1) {
      const chargeId = await chargeCustomer(folder);
      const [decision, status, paid] = decisions(chargeId, answer)[at] ?? [];
      if (!decision) throw new Error('no decision');
      const item = await itemOf(await platform.startRun(refund(chargeId)));
      expectAllowed(item, ways);
      let ended = await decide(door, item, decision);
      if (decision.resolution === 'edit') {
        const again = await itemOf(item.runId);
        expect(again.approval).toMatchObject({ arguments: { amountCents: less } });
        ended = await decide(door, again, { resolution: 'approve', reason });
      }
      expect(ended, `${decision.resolution}: ${JSON.stringify(ended)}`).toMatchObject({ status });
      expect(await refundsOf(folder, chargeId), decision.resolution).toEqual(paid);
      if (decision.resolution === 'approve') answer = (ended.output as { refund: Json }).refund;
    }
  });
});

it(`kill -9 while ${waitingRuns} runs wait for people: after a restart each is resolved and ends once`, async () => {
  const charges: string[] = [];
  for (let at = 0; at < waitingRuns; at += 1) charges.push(await chargeCustomer(folder));
  const runs = await Promise.all(charges.map((chargeId) => platform.startRun(refund(chargeId))));
  const ownItems = async () => (await openItems()).filter(({ runId }) => runs.includes(runId));
  await expect.poll(async () => (await ownItems()).length, { timeout: 120_000, interval: 500 }).toBe(waitingRuns);
  const before = await ownItems();

  await platform.kill();
  platform = await start();
  const after = await ownItems();
  expect(after.map(({ escalationId }) => escalationId).toSorted()).toEqual(
    before.map(({ escalationId }) => escalationId).toSorted(),
  );
  for (const { escalationId } of after) {
    const answer = await platform.call('POST', `/v1/escalations/${escalationId}/resolve`, {
      resolution: 'approve',
      reason,
    });
    expect(answer.status, await answer.text()).toBe(202);
  }
  for (const [at, runId] of runs.entries()) {
    expect(await untilAtRest(platform, runId)).toMatchObject({ status: 'completed' });
    expect(await refundsOf(folder, charges[at] ?? '')).toEqual([60_000]);
  }
  expect(await ownItems()).toEqual([]);
});
