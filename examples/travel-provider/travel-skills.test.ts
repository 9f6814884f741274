import { afterEach, beforeEach, expect, test } from 'vitest';
import carDesk from '../../skills/car-desk-v1/skill.ts';
import flightBooking from '../../skills/flight-booking-v1/skill.ts';
import hotelBooking from '../../skills/hotel-booking-v1/skill.ts';
import itinerary from '../../skills/itinerary-v1/skill.ts';
import type { ActionContext } from '../../core/sdk/index.ts';
import { createTravelProvider } from './app.ts';
import type { TravelProvider } from './app.ts';
import { fetchTravel } from './connection.ts';
import { skillContext } from '../../test/fixtures/skill-context.ts';

const trip = {
  from: 'Lisbon',
  to: 'Oslo',
  departOn: '2027-05-03',
  returnOn: '2027-05-07',
  travellers: [{ name: 'Ada' }, { name: 'Grace' }],
};
const stay = { city: 'Oslo', checkIn: trip.departOn, checkOut: trip.returnOn, guests: trip.travellers };
const rental = {
  city: 'Oslo',
  pickUpOn: trip.departOn,
  dropOffOn: trip.returnOn,
  carClass: 'estate',
  driver: { name: 'Ada' },
} as const;

let provider: TravelProvider;
beforeEach(() => {
  provider = createTravelProvider({ databasePath: ':memory:' });
});
afterEach(() => provider.close());

function contextOf(effectKey: string, signal?: AbortSignal): ActionContext {
  return skillContext({
    skill: flightBooking,
    effectKey,
    settings: { TRAVEL_PROVIDER_URL: 'http://travel' },
    fetch: (url, init) => fetchTravel(provider, url, init),
    ...(signal ? { signal } : {}),
  });
}

async function fault(service: string, kind: string, times: number): Promise<void> {
  await fetchTravel(provider, 'http://travel/faults', {
    method: 'POST',
    body: JSON.stringify({ service, fault: kind, times }),
  });
}

async function counts(): Promise<Record<string, number>> {
  const ledger = await fetchTravel(provider, 'http://travel/ledger');
  return ((await ledger.json()) as { counts: Record<string, number> }).counts;
}

test('the skills book a trip whose itinerary carries every confirmation', async () => {
  const { best } = await flightBooking.actions.search.run(trip, contextOf('search'));
  const flight = await flightBooking.actions.book.run({ ...trip, flightId: best.flightId }, contextOf('k-flight'));
  const hotel = await hotelBooking.actions.book.run({ ...stay, preferences: { stars: 4 } }, contextOf('k-hotel'));
  const car = await carDesk.actions.reserve.run(rental, contextOf('k-car'));
  const { text } = await itinerary.actions.compose.run({ ...trip, flight, hotel, car }, contextOf('compose'));
  for (const confirmation of [flight.bookingId, hotel.bookingId, car.reservationId])
    expect(text).toContain(`[${confirmation}]`);
  expect(await counts()).toEqual({ flights: 1, hotels: 1, cars: 1 });

  expect(flightBooking.actions.book.output.parse(flight)).toEqual(flight);
  expect(hotelBooking.actions.book.output.parse(hotel)).toEqual(hotel);
  expect(carDesk.actions.reserve.output.parse(car)).toEqual(car);
  expect(flightBooking.actions.book.check?.({ ...trip, flightId: best.flightId }, flight)).toEqual([]);
  expect(hotelBooking.actions.book.check?.(stay, hotel)).toEqual([]);
  expect(carDesk.actions.reserve.check?.(rental, car)).toEqual([]);
});

test('the best flight is the cheapest', async () => {
  const { best, offers } = await flightBooking.actions.search.run(trip, contextOf('search'));
  expect(best.pricePerPersonCents).toBe(Math.min(...offers.map((offer) => offer.pricePerPersonCents)));
});

test('a flight whose answer was lost is booked once, however often it is sent under its key', async () => {
  const { best } = await flightBooking.actions.search.run(trip, contextOf('search'));
  const booking = { ...trip, flightId: best.flightId };
  await fault('flights', 'apply-then-drop', 1);
  await expect(flightBooking.actions.book.run(booking, contextOf('k'))).rejects.toMatchObject({
    sendOutcome: 'unknown',
  });
  await flightBooking.actions.book.run(booking, contextOf('k'));
  expect((await counts())['flights']).toBe(1);
});

test('a hotel whose answer was lost is found by its key, and one that was not booked is not', async () => {
  const { run, lookup } = hotelBooking.actions.book;
  await fault('hotels', 'fail', 1);
  await expect(run(stay, contextOf('k'))).rejects.toMatchObject({ failureClass: 'transient', sendOutcome: 'unknown' });
  expect(await lookup?.('k', stay, contextOf('k'))).toEqual({ found: false });
  await fault('hotels', 'apply-then-drop', 1);
  await expect(run(stay, contextOf('k'))).rejects.toMatchObject({ failureClass: 'transient', sendOutcome: 'unknown' });
  expect(await lookup?.('k', stay, contextOf('k'))).toMatchObject({
    found: true,
    output: { reference: 'k', city: 'Oslo' },
  });
});

test('two hotel bookings under one key are left to a person', async () => {
  const { run, lookup } = hotelBooking.actions.book;
  await run(stay, contextOf('k'));
  await run(stay, contextOf('k'));
  expect(await lookup?.('k', stay, contextOf('k'))).toEqual({
    found: 'unknown',
    why: '2 bookings have the reference k',
  });
});

test('an answer about another booking than the one that was asked for is noticed', async () => {
  const booked = await hotelBooking.actions.book.run(stay, contextOf('k'));
  expect(hotelBooking.actions.book.check?.({ ...stay, city: 'Bergen' }, booked)).toEqual([
    'Oslo from 2027-05-03 to 2027-05-07 was booked instead',
  ]);
});

test('a desk that does not answer in time leaves the outcome unknown', async () => {
  await fault('cars', 'hang', 1);
  await expect(carDesk.actions.reserve.run(rental, contextOf('k', AbortSignal.timeout(50)))).rejects.toMatchObject({
    failureClass: 'timeout',
    sendOutcome: 'unknown',
  });
  expect((await counts())['cars']).toBe(0);
});
