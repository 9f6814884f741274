import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { breakerPage } from '../../core/contract/api.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Fault } from '../../examples/companion/fault-desk.ts';
import type { Booking, Cancellation, Counter, Service } from '../../examples/travel-provider/book-of-record.ts';
import type { ProjectFolder, RunningPlatform } from './running-platform.ts';
import { repository } from './running-platform.ts';

/** The input that the documentation shows. */
export const trip = JSON.parse(readFileSync(join(repository, 'examples', 'trip.json'), 'utf8')) as JsonObject;

/** The trip of one traveller, by whose name its bookings are found at the provider. */
export function tripOf(traveller: string): JsonObject {
  return { ...trip, travellers: [{ name: traveller }] };
}

/** Body of `POST /v1/runs` for the trip of one traveller. */
export function tripRun(traveller: string): JsonObject {
  return { agent: 'trip-planner', playbook: 'book-trip', input: tripOf(traveller) };
}

/** Makes a service of the provider fail, the next `times` requests or until it is told otherwise. */
export async function setFault(folder: ProjectFolder, service: Counter, fault: Fault, times?: number): Promise<void> {
  const response = await fetch(`${folder.providerUrl}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ service, fault, ...(times === undefined ? {} : { times }) }),
  });
  if (!response.ok) throw new Error(`the provider answered ${response.status}: ${await response.text()}`);
}

export interface ProviderLedger {
  readonly counts: Readonly<Record<Service, number>>;
  /** Requests that were received, whatever came of them. */
  readonly requests: Readonly<Record<Service, number>>;
  readonly bookings: readonly Booking[];
  readonly cancellations: readonly Cancellation[];
}

/** What really happened, in the provider's own words. */
export async function providerLedger(folder: ProjectFolder): Promise<ProviderLedger> {
  return (await (await fetch(`${folder.providerUrl}/ledger`)).json()) as ProviderLedger;
}

/** How many bookings of each service each traveller has. */
export async function bookedByTraveller(folder: ProjectFolder): Promise<Map<string, Record<Service, number>>> {
  const { bookings } = await providerLedger(folder);
  const booked = new Map<string, Record<Service, number>>();
  for (const { service, request } of bookings) {
    for (const traveller of namesIn(request)) {
      const counts = booked.get(traveller) ?? { flights: 0, hotels: 0, cars: 0 };
      counts[service] += 1;
      booked.set(traveller, counts);
    }
  }
  return booked;
}

export async function bookedFor(folder: ProjectFolder, traveller: string): Promise<Record<Service, number>> {
  return (await bookedByTraveller(folder)).get(traveller) ?? { flights: 0, hotels: 0, cars: 0 };
}

/** How many cancellations of each service a traveller has. */
export async function canceledFor(folder: ProjectFolder, traveller: string): Promise<Record<Service, number>> {
  const { bookings, cancellations } = await providerLedger(folder);
  const canceled = { flights: 0, hotels: 0, cars: 0 };
  for (const { service, bookingId } of cancellations) {
    const booking = bookings.find((one) => one.service === service && one.bookingId === bookingId);
    if (namesIn(booking?.request).includes(traveller)) canceled[service] += 1;
  }
  return canceled;
}

/** Passengers of a flight, guests of a hotel, the driver of a car. */
function namesIn(request: unknown): string[] {
  const { passengers, guests, driver } = request as {
    readonly passengers?: readonly { readonly name: string }[];
    readonly guests?: readonly { readonly name: string }[];
    readonly driver?: { readonly name: string };
  };
  return [...(passengers ?? []), ...(guests ?? []), ...(driver ? [driver] : [])].map(({ name }) => name);
}

/** Makes every service well again, and forgets what has failed, so that a test does not wait for what an earlier one broke. */
export async function mend(folder: ProjectFolder, platform: RunningPlatform): Promise<void> {
  for (const service of ['flights', 'hotels', 'cars'] as const) await setFault(folder, service, 'none');
  const { items } = breakerPage.parse(await (await platform.call('GET', '/v1/breakers')).json());
  const troubled = items.filter(({ state, failures }) => state !== 'closed' || failures > 0);
  for (const { breakerId } of troubled) {
    const path = `/v1/breakers/${encodeURIComponent(breakerId)}/close`;
    const { status } = await platform.call('POST', path, { reason: 'the test is over' });
    if (status !== 200) throw new Error(`${path} answered ${status}`);
  }
  // For two seconds, a worker believes what it has seen of an open breaker.
  if (troubled.some(({ state }) => state !== 'closed')) await pause(2_100);
}
