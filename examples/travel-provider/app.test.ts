import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTravelProvider } from './app.ts';
import type { TravelProvider } from './app.ts';
import { fetchTravel } from './connection.ts';

const day = 24 * 3_600_000;
const origin = 'http://travel';
const trip = { from: 'Lisbon', to: 'Oslo', departOn: '2027-05-03', returnOn: '2027-05-07' };
const passengers = [{ name: 'Ada' }, { name: 'Grace' }];
const room = { reference: 'r-1', city: 'Oslo', checkIn: '2027-05-03', checkOut: '2027-05-07', guests: passengers };
const car = {
  city: 'Oslo',
  pickUpOn: '2027-05-03',
  dropOffOn: '2027-05-07',
  carClass: 'compact',
  driver: { name: 'Ada' },
};

let nowMs: number;
let provider: TravelProvider;
beforeEach(() => {
  nowMs = Date.UTC(2027, 0, 1);
  provider = createTravelProvider({ databasePath: ':memory:', clock: () => nowMs });
});
afterEach(() => provider.close());

function post(path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  return fetchTravel(provider, `${origin}${path}`, { method: 'POST', body: JSON.stringify(body), ...init });
}

async function read<T>(path: string): Promise<T> {
  return (await (await fetchTravel(provider, `${origin}${path}`)).json()) as T;
}

interface Ledger {
  readonly counts: Record<string, number>;
  readonly requests: Record<string, number>;
  readonly bookings: readonly Record<string, unknown>[];
}

async function flightBooking(): Promise<Record<string, unknown>> {
  const found = await post('/flights/search', { ...trip, passengers: 2 });
  const { offers } = (await found.json()) as { offers: { flightId: string }[] };
  return { ...trip, flightId: offers[0]?.flightId, passengers };
}

describe('flights', () => {
  test('the same search always finds the same flights at the same prices', async () => {
    const [once, again] = await Promise.all([1, 2].map(() => post('/flights/search', { ...trip, passengers: 1 })));
    const offers = await once?.json();
    expect(offers).toEqual(await again?.json());
    expect(offers).toMatchObject({ offers: [{ from: 'Lisbon', to: 'Oslo' }, {}, {}] });
  });

  test('one Idempotency-Key is one booking, and its answer is given again', async () => {
    const body = await flightBooking();
    const headers = { 'idempotency-key': 'k-1' };
    const first = await post('/flights/bookings', body, { headers });
    const second = await post('/flights/bookings', body, { headers });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(await second.json()).toEqual(await first.json());
    expect(await read<Ledger>('/ledger')).toMatchObject({
      counts: { flights: 1 },
      requests: { flights: 3 },
      bookings: [{ service: 'flights', key: 'k-1', bookingId: 'FL000001', at: '2027-01-01T00:00:00.000Z' }],
    });
  });

  test('another body under a used key is refused', async () => {
    const body = await flightBooking();
    const headers = { 'idempotency-key': 'k-1' };
    await post('/flights/bookings', body, { headers });
    const other = await post('/flights/bookings', { ...body, passengers: [{ name: 'Eve' }] }, { headers });
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ code: 'key-reused' });
    expect((await read<Ledger>('/ledger')).counts['flights']).toBe(1);
  });

  test('a key is forgotten after 24 hours', async () => {
    const body = await flightBooking();
    const headers = { 'idempotency-key': 'k-1' };
    await post('/flights/bookings', body, { headers });
    nowMs += day - 1;
    expect((await post('/flights/bookings', body, { headers })).status).toBe(200);
    nowMs += 1;
    expect((await post('/flights/bookings', body, { headers })).status).toBe(201);
  });

  test('without a key, two posts are two bookings', async () => {
    const body = await flightBooking();
    await post('/flights/bookings', body);
    await post('/flights/bookings', body);
    expect((await read<Ledger>('/ledger')).counts['flights']).toBe(2);
  });

  test('a flight that was not offered is not found', async () => {
    const answer = await post('/flights/bookings', { ...trip, flightId: 'fl-none', passengers });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'unknown-flight' });
  });
});

describe('hotels', () => {
  test('two posts with one reference are two bookings, and both are found by it', async () => {
    await post('/hotels/bookings', room);
    await post('/hotels/bookings', room);
    const found = await read<{ bookings: { bookingId: string }[] }>('/hotels/bookings?reference=r-1');
    expect(found.bookings.map(({ bookingId }) => bookingId)).toEqual(['HO000001', 'HO000002']);
    expect(await read('/hotels/bookings?reference=r-2')).toEqual({ bookings: [] });
  });

  test('the answer says what was booked', async () => {
    const answer = await post('/hotels/bookings', { ...room, stars: 4, breakfast: true });
    expect(await answer.json()).toMatchObject({
      reference: 'r-1',
      nights: 4,
      hotel: { stars: 4, breakfast: true },
      totalCents: expect.any(Number),
    });
  });
});

test('a car has neither key nor lookup', async () => {
  await post('/cars/reservations', car, { headers: { 'idempotency-key': 'k' } });
  await post('/cars/reservations', car, { headers: { 'idempotency-key': 'k' } });
  expect((await read<Ledger>('/ledger')).counts['cars']).toBe(2);
  expect((await fetchTravel(provider, `${origin}/cars/reservations`)).status).toBe(404);
});

describe('a cancellation', () => {
  const bookingId = async (path: string, body: object): Promise<string> => {
    const answer = (await (await post(path, body)).json()) as { bookingId?: string; reservationId?: string };
    return answer.bookingId ?? answer.reservationId ?? '';
  };
  const cancellations = async () => (await read<{ cancellations: object[] }>('/ledger')).cancellations;

  test('of a flight is known by its key, and another one is refused', async () => {
    const id = await bookingId('/flights/bookings', await flightBooking());
    const cancel = (key: string) =>
      post(`/flights/bookings/${id}/cancellations`, {}, { headers: { 'idempotency-key': key } });
    expect((await cancel('c-1')).status).toBe(201);
    expect((await cancel('c-1')).status).toBe(200);
    expect((await cancel('c-2')).status).toBe(409);
    expect(await cancellations()).toMatchObject([{ service: 'flights', bookingId: id, key: 'c-1' }]);
  });

  test('of a hotel is the same however often it is sent', async () => {
    const id = await bookingId('/hotels/bookings', room);
    const remove = () => fetchTravel(provider, `${origin}/hotels/bookings/${id}`, { method: 'DELETE' });
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 204]);
    expect(await cancellations()).toMatchObject([{ service: 'hotels', bookingId: id }]);
  });

  test('of a car is another one, with another fee, each time', async () => {
    const id = await bookingId('/cars/reservations', car);
    const cancel = () => post(`/cars/reservations/${id}/cancellations`, {});
    expect([(await cancel()).status, (await cancel()).status]).toEqual([201, 201]);
    expect(await cancellations()).toHaveLength(2);
  });

  test('of a booking that nobody has made is refused, and fails apart from the bookings', async () => {
    expect((await post('/cars/reservations/CA000009/cancellations', {})).status).toBe(404);
    await post('/faults', { service: 'car-cancellations', fault: 'fail', times: 1 });
    const id = await bookingId('/cars/reservations', car);
    expect((await post(`/cars/reservations/${id}/cancellations`, {})).status).toBe(500);
    expect(await cancellations()).toEqual([]);
  });
});

describe('faults', () => {
  const fault = (body: object): Promise<Response> => post('/faults', body);

  test('fail answers 500 and books nothing, as often as it was told', async () => {
    await fault({ service: 'hotels', fault: 'fail', times: 2 });
    expect((await post('/hotels/bookings', room)).status).toBe(500);
    expect(await read('/faults')).toMatchObject({
      faults: [{}, { service: 'hotels', fault: 'fail', times: 1 }, {}, {}, {}, {}],
    });
    expect((await fetchTravel(provider, `${origin}/hotels/bookings?reference=r-1`)).status).toBe(500);
    expect((await post('/hotels/bookings', room)).status).toBe(201);
    expect(await read('/ledger')).toMatchObject({ counts: { hotels: 1 }, requests: { hotels: 3 } });
  });

  test('without a number it lasts until it is changed, and leaves the other services alone', async () => {
    await fault({ service: 'cars', fault: 'fail' });
    for (let tries = 0; tries < 5; tries += 1) expect((await post('/cars/reservations', car)).status).toBe(500);
    expect((await post('/hotels/bookings', room)).status).toBe(201);
    await fault({ service: 'cars', fault: 'none' });
    expect((await post('/cars/reservations', car)).status).toBe(201);
  });

  test('hang never answers and books nothing; it ends when the client gives up', async () => {
    await fault({ service: 'hotels', fault: 'hang', times: 1 });
    const started = performance.now();
    await expect(post('/hotels/bookings', room, { signal: AbortSignal.timeout(60) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(performance.now() - started).toBeGreaterThanOrEqual(50);
    expect((await read<Ledger>('/ledger')).counts['hotels']).toBe(0);
  });

  test('apply-then-drop books and cuts the connection; requests that book nothing are not affected', async () => {
    await fault({ service: 'hotels', fault: 'apply-then-drop', times: 1 });
    expect(await read('/hotels/bookings?reference=r-1')).toEqual({ bookings: [] });
    await expect(post('/hotels/bookings', room)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await read('/hotels/bookings?reference=r-1')).toMatchObject({ bookings: [{ bookingId: 'HO000001' }] });
  });

  test('a dropped flight is found again under its key', async () => {
    const body = await flightBooking();
    const headers = { 'idempotency-key': 'k-1' };
    await fault({ service: 'flights', fault: 'apply-then-drop', times: 1 });
    await expect(post('/flights/bookings', body, { headers })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await post('/flights/bookings', body, { headers })).status).toBe(200);
    expect((await read<Ledger>('/ledger')).counts['flights']).toBe(1);
  });
});

test.each([
  ['/faults', { service: 'trains', fault: 'fail' }, 'service'],
  ['/faults', { service: 'cars', fault: 'explode' }, 'fault'],
  ['/faults', { service: 'cars', fault: 'fail', times: 0 }, 'times'],
  ['/hotels/bookings', { ...room, checkOut: room.checkIn }, 'checkOut'],
  ['/hotels/bookings', { ...room, reference: undefined }, 'reference'],
  ['/cars/reservations', { ...car, carClass: 'tank' }, 'carClass'],
  ['/flights/search', { ...trip, departOn: 'soon', passengers: 1 }, 'departOn'],
])('%s refuses %j and names the member', async (path, body, member) => {
  const answer = await post(path, body);
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(await answer.json()).toMatchObject({ code: 'invalid-request', errors: [{ path: member }] });
});

test('a body that is not JSON, and a path that is not there, are told plainly', async () => {
  const answer = await fetchTravel(provider, `${origin}/faults`, { method: 'POST', body: '{' });
  expect(await answer.json()).toMatchObject({ status: 400, code: 'malformed-json' });
  const missing = await fetchTravel(provider, `${origin}/trains`);
  expect(await missing.json()).toMatchObject({ status: 404, code: 'not-found', detail: 'There is no GET /trains.' });
});
