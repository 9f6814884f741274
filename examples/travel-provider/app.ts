import { isDeepStrictEqual } from 'node:util';
import { Hono } from 'hono';
import type { Context } from 'hono';
import * as z from 'zod';
import { BookOfRecord, faults, services } from './book-of-record.ts';
import type { Booking, BookingDraft, Service } from './book-of-record.ts';
import { connectionDropped } from './connection.ts';
import type { ConnectionBindings } from './connection.ts';
import { carClasses, carFor, daysBetween, flightOffers, hotelFor } from './offers.ts';
import { Problem, problemResponse, readBody } from './problem.ts';

/** How long a flight booking's Idempotency-Key is remembered. */
const keyTtlMs = 24 * 3_600_000;
const mostPeople = 9;

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
const faultRequest = z.strictObject({
  service: z.enum(services),
  fault: z.enum(faults),
  times: z.int().min(1).max(1_000_000).optional(),
});

export interface TravelProvider {
  readonly app: Hono<{ Bindings: ConnectionBindings }>;
  close(): void;
}

/**
 * Flights (deduplicated by Idempotency-Key for 24 hours), hotels (two posts are two bookings, but they can be looked up
 * by reference) and cars (neither). Faults are set from outside, and the ledger says what really happened.
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

  /** Answers one request of a service, or fails in the way that was asked for. */
  async function serve(
    c: ProviderContext,
    service: Service,
    answer: () => Response | Promise<Response>,
  ): Promise<Response> {
    record.countRequest(service);
    const { fault, times } = record.faultOf(service);
    const booksNothing = c.req.method === 'GET' || c.req.path.endsWith('/search');
    if (fault === 'none' || (fault === 'apply-then-drop' && booksNothing)) return answer();
    if (times !== null)
      record.setFault({ service, fault: times === 1 ? 'none' : fault, times: times === 1 ? null : times - 1 });
    if (fault === 'fail') throw new Problem(500, 'out-of-order', `The ${service} service is out of order.`);
    if (fault === 'hang') return untilGivenUp(c);
    await answer();
    return connectionDropped(c);
  }

  const book = (draft: Omit<BookingDraft, 'atMs'>): Booking => record.add({ ...draft, atMs: clock() });

  app.post('/flights/search', (c) =>
    serve(c, 'flights', async () => {
      const query = await readBody(c, flightSearch);
      return c.json({ offers: flightOffers(query) });
    }),
  );

  app.post('/flights/bookings', (c) =>
    serve(c, 'flights', async () => {
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
    serve(c, 'hotels', async () => {
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
    serve(c, 'hotels', () => {
      const reference = c.req.query('reference');
      if (!reference) throw new Problem(400, 'invalid-request', 'The query needs a reference, as in ?reference=abc.');
      return c.json({ bookings: record.byReference('hotels', reference).map(({ answer }) => answer) });
    }),
  );

  app.post('/cars/reservations', (c) =>
    serve(c, 'cars', async () => {
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

  app.post('/faults', async (c) => {
    const { service, fault, times } = await readBody(c, faultRequest);
    record.setFault({ service, fault, times: fault === 'none' ? null : (times ?? null) });
    return c.json(record.faultOf(service));
  });
  app.get('/faults', (c) => c.json({ faults: services.map((service) => record.faultOf(service)) }));

  app.get('/ledger', (c) => {
    const bookings = record.all();
    const counts = { flights: 0, hotels: 0, cars: 0 };
    for (const { service } of bookings) counts[service] += 1;
    return c.json({
      counts,
      requests: record.requests(),
      bookings,
    });
  });
  app.get('/healthz', (c) => c.json({ status: 'ok' }));

  app.notFound((c) => problemResponse(c, new Problem(404, 'not-found', `There is no ${c.req.method} ${c.req.path}.`)));
  app.onError((error, c) => {
    if (error instanceof Problem) return problemResponse(c, error);
    console.error(error);
    return problemResponse(c, new Problem(500, 'bug', `The provider failed: ${error.message}`));
  });
  return { app, close: () => record.close() };
}

type ProviderContext = Context<{ Bindings: ConnectionBindings }>;

/** Never answers; ends with the request, so that nothing is left behind. */
function untilGivenUp(c: ProviderContext): Promise<Response> {
  const signal = c.env.givenUp ?? c.req.raw.signal;
  return new Promise((_, reject) => {
    const end = (): void => reject(new Problem(500, 'hung', 'The client gave up.'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function inOrder<Shape extends z.ZodObject>(schema: Shape, first: string, last: string): Shape {
  const isLater = (value: Record<string, unknown>): boolean => {
    const [from, until] = [value[first], value[last]].map((text) => Date.parse(String(text)));
    // What is no date has its own problem.
    return from === undefined || until === undefined || !(until <= from);
  };
  return schema.refine(isLater, { path: [last], message: `must be later than ${first}` });
}
