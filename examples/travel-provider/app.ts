import { isDeepStrictEqual } from 'node:util';
import { Hono } from 'hono';
import * as z from 'zod';
import type { CompanionApp } from '../companion/connection.ts';
import { Problem, readBody } from '../companion/problem.ts';
import { BookOfRecord } from './book-of-record.ts';
import type { Booking, BookingDraft, Service } from './book-of-record.ts';
import { carClasses, carFor, daysBetween, flightOffers, hotelFor } from './offers.ts';

/** How long a flight booking's Idempotency-Key is remembered. */
const keyTtlMs = 24 * 3_600_000;
const mostPeople = 9;
/** The car desk takes one with every cancellation. */
const cancellationFeeCents = 1_500;

const place = z.string().trim().min(1).max(60);
const person = z.object({ name: z.string().trim().min(1).max(100) });
const people = z.array(person).min(1).max(mostPeople);
const stay = { from: z.iso.date(), until: z.iso.date() };

const flightQuery = z.strictObject({
  from: place,
  to: place,
  departOn: stay.from,
  returnOn: stay.until,
});
const flightSearch = inOrder(
  flightQuery.extend({ passengers: z.int().min(1).max(mostPeople) }),
  'departOn',
  'returnOn',
);
const flightBooking = inOrder(flightQuery.extend({ flightId: z.string(), passengers: people }), 'departOn', 'returnOn');
const hotelBooking = inOrder(
  z.strictObject({
    reference: z.string().min(1).max(100),
    city: place,
    checkIn: stay.from,
    checkOut: stay.until,
    guests: people,
    stars: z.int().min(1).max(5).default(3),
    breakfast: z.boolean().default(false),
  }),
  'checkIn',
  'checkOut',
);
const carReservation = inOrder(
  z.strictObject({
    city: place,
    pickUpOn: stay.from,
    dropOffOn: stay.until,
    carClass: z.enum(carClasses),
    driver: person,
  }),
  'pickUpOn',
  'dropOffOn',
);
export interface TravelProvider {
  readonly app: CompanionApp;
  close(): void;
}

/**
 * Flights (deduplicated by Idempotency-Key for 24 hours), hotels (two posts are two bookings, but they can be looked up
 * by reference) and cars (neither). Cancellations likewise: of flights under a key, of hotels by DELETE, of cars with a
 * fee for each. Faults are set from outside, and the ledger says what really happened.
 *
 * @param options.databasePath a file, or `:memory:`
 * @param options.clock milliseconds since the epoch
 */
export function createTravelProvider(options: {
  readonly databasePath: string;
  readonly clock?: () => number;
}): TravelProvider {
  const clock = options.clock ?? Date.now;
  const record = new BookOfRecord(options.databasePath);
  const app: TravelProvider['app'] = new Hono();

  const book = (draft: Omit<BookingDraft, 'atMs'>): Booking => record.add({ ...draft, atMs: clock() });

  app.post('/flights/search', (c) =>
    record.faults.serve(c, 'flights', async () => {
      const query = await readBody(c, flightSearch);
      return c.json({ offers: flightOffers(query) });
    }),
  );

  app.post('/flights/bookings', (c) =>
    record.faults.serve(c, 'flights', async () => {
      const request = await readBody(c, flightBooking);
      const key = c.req.header('idempotency-key') ?? null;
      const before = key === null ? undefined : record.byKey('flights', key, clock() - keyTtlMs);
      if (before) {
        if (!isDeepStrictEqual(before.request, request)) {
          const detail = `The Idempotency-Key '${key}' was used for another booking. Send the same body, or a new key.`;
          throw new Problem(422, 'key-reused', detail);
        }
        return c.json(before.answer, 200, { 'idempotency-replayed': 'true' });
      }
      const offer = flightOffers(request).find(({ flightId }) => flightId === request.flightId);
      if (!offer)
        throw new Problem(
          404,
          'unknown-flight',
          `There is no flight '${request.flightId}' for this route and these days. Search first.`,
        );
      const { answer } = book({
        service: 'flights',
        key,
        reference: null,
        request,
        answer: (bookingId) => ({
          bookingId,
          ...offer,
          passengers: request.passengers,
          totalCents: offer.pricePerPersonCents * request.passengers.length,
        }),
      });
      return c.json(answer, 201);
    }),
  );

  app.post('/hotels/bookings', (c) =>
    record.faults.serve(c, 'hotels', async () => {
      const request = await readBody(c, hotelBooking);
      const { reference, city, checkIn, checkOut, guests, stars, breakfast } = request;
      const room = hotelFor(city, stars, breakfast);
      const nights = daysBetween(checkIn, checkOut);
      const { answer } = book({
        service: 'hotels',
        key: null,
        reference,
        request,
        answer: (bookingId) => ({
          bookingId,
          reference,
          hotel: { name: room.name, stars, address: room.address, breakfast },
          city,
          checkIn,
          checkOut,
          nights,
          guests,
          totalCents: room.pricePerNightCents * nights,
          currency: room.currency,
        }),
      });
      return c.json(answer, 201);
    }),
  );

  app.get('/hotels/bookings', (c) =>
    record.faults.serve(c, 'hotels', () => {
      const reference = c.req.query('reference');
      if (!reference) throw new Problem(400, 'invalid-request', 'The query needs a reference, as in ?reference=abc.');
      return c.json({ bookings: record.byReference('hotels', reference).map(({ answer }) => answer) });
    }),
  );

  app.post('/cars/reservations', (c) =>
    record.faults.serve(c, 'cars', async () => {
      const request = await readBody(c, carReservation);
      const { city, pickUpOn, dropOffOn, carClass, driver } = request;
      const { model, pricePerDayCents } = carFor(city, carClass);
      const days = daysBetween(pickUpOn, dropOffOn);
      const { answer } = book({
        service: 'cars',
        key: null,
        reference: null,
        request,
        answer: (reservationId) => ({
          reservationId,
          model,
          carClass,
          city,
          pickUpOn,
          dropOffOn,
          days,
          driver,
          totalCents: pricePerDayCents * days,
          currency: 'EUR',
        }),
      });
      return c.json(answer, 201);
    }),
  );

  const known = (service: Service, bookingId: string): Booking => {
    const booking = record.byId(service, bookingId);
    if (booking) return booking;
    throw new Problem(404, 'unknown-booking', `There is no booking '${bookingId}' in ${service}.`);
  };
  const cancellationsOf = (service: Service, bookingId: string) =>
    record.cancellations().filter((one) => one.service === service && one.bookingId === bookingId);

  app.post('/flights/bookings/:bookingId/cancellations', (c) =>
    record.faults.serve(c, 'flight-cancellations', () => {
      const { bookingId } = known('flights', c.req.param('bookingId'));
      const key = c.req.header('idempotency-key') ?? null;
      const before = cancellationsOf('flights', bookingId);
      if (key !== null && before.some((one) => one.key === key)) {
        return c.json({ bookingId, status: 'canceled' }, 200, { 'idempotency-replayed': 'true' });
      }
      if (before.length > 0) throw new Problem(409, 'already-canceled', `The booking '${bookingId}' is canceled.`);
      record.cancel({ service: 'flights', bookingId, key }, clock());
      return c.json({ bookingId, status: 'canceled' }, 201);
    }),
  );

  app.delete('/hotels/bookings/:bookingId', (c) =>
    record.faults.serve(c, 'hotel-cancellations', () => {
      const { bookingId } = known('hotels', c.req.param('bookingId'));
      if (cancellationsOf('hotels', bookingId).length === 0) {
        record.cancel({ service: 'hotels', bookingId, key: null }, clock());
      }
      return c.body(null, 204);
    }),
  );

  app.post('/cars/reservations/:reservationId/cancellations', (c) =>
    record.faults.serve(c, 'car-cancellations', () => {
      const { bookingId } = known('cars', c.req.param('reservationId'));
      record.cancel({ service: 'cars', bookingId, key: null }, clock());
      return c.json({ reservationId: bookingId, status: 'canceled', feeCents: cancellationFeeCents }, 201);
    }),
  );

  app.get('/ledger', (c) => {
    const bookings = record.all();
    const counts = { flights: 0, hotels: 0, cars: 0 };
    for (const { service } of bookings) counts[service] += 1;
    return c.json({
      counts,
      requests: record.faults.requests(),
      bookings,
      cancellations: record.cancellations(),
    });
  });
  record.faults.addRoutes(app);
  return { app, close: () => record.close() };
}

function inOrder<Shape extends z.ZodObject>(schema: Shape, first: string, last: string): Shape {
  const isLater = (value: Record<string, unknown>): boolean => {
    const [from, until] = [value[first], value[last]].map((text) => Date.parse(String(text)));
    // What is no date has its own problem.
    return from === undefined || until === undefined || !(until <= from);
  };
  return schema.refine(isLater, { path: [last], message: `must be later than ${first}` });
}
