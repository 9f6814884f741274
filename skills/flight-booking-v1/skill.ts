import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';

const leg = z.object({ flightNumber: z.string(), departsAt: z.string() });
const flight = z.object({
  flightId: z.string(),
  airline: z.string(),
  from: z.string(),
  to: z.string(),
  outbound: leg,
  inbound: leg,
  pricePerPersonCents: z.int().nonnegative(),
  currency: z.string(),
});
type Flight = z.infer<typeof flight>;

const booking = flight.extend({
  bookingId: z.string(),
  passengers: z.array(z.object({ name: z.string() })),
  totalCents: z.int().nonnegative(),
});

const trip = {
  from: z.string().min(1).describe('City of departure'),
  to: z.string().min(1).describe('City of arrival'),
  departOn: z.iso.date(),
  returnOn: z.iso.date(),
  travellers: z
    .array(z.object({ name: z.string().min(1) }))
    .min(1)
    .max(9),
};

export default defineSkill({
  id: 'FlightBooking:v1',
  release: '1.1.0',
  description: 'Finds and books return flights.',
  settings: ['TRAVEL_PROVIDER_URL'],
  network: ['$TRAVEL_PROVIDER_URL'],
  dependency: 'travel-flights',
  actions: {
    search: defineAction({
      description: 'List the return flights between two cities on given days, and name the cheapest.',
      input: z.strictObject(trip),
      output: z.object({ offers: z.array(flight).min(1), best: flight }),
      effect: { class: 'P' },
      timeoutSeconds: 10,
      run: async ({ from, to, departOn, returnOn, travellers }, { fetch, settings }) => {
        const response = await fetch(`${settings['TRAVEL_PROVIDER_URL']}/flights/search`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ from, to, departOn, returnOn, passengers: travellers.length }),
        });
        const { offers } = (await response.json()) as { offers: Flight[] };
        const best = offers.reduce((cheapest, offer) =>
          offer.pricePerPersonCents < cheapest.pricePerPersonCents ? offer : cheapest,
        );
        return { offers, best };
      },
    }),

    book: defineAction({
      description: 'Book one offer of a search for all travellers.',
      input: z.strictObject({ ...trip, flightId: z.string().describe('Of an offer of search') }),
      output: booking,
      effect: { class: 'K', keyTtl: '24h' },
      timeoutSeconds: 10,
      run: async ({ from, to, departOn, returnOn, flightId, travellers }, { fetch, settings, effectKey }) => {
        const passengers = travellers.map(({ name }) => ({ name }));
        const response = await fetch(`${settings['TRAVEL_PROVIDER_URL']}/flights/bookings`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': effectKey },
          body: JSON.stringify({ from, to, departOn, returnOn, flightId, passengers }),
        });
        return (await response.json()) as z.infer<typeof booking>;
      },
      check: ({ flightId, travellers }, booked) => [
        ...(booked.flightId === flightId ? [] : [`flight ${booked.flightId} was booked instead of ${flightId}`]),
        ...(booked.passengers.length === travellers.length
          ? []
          : [`${booked.passengers.length} seats were booked for ${travellers.length} travellers`]),
      ],
      // The desk knows a cancellation by its key, as it knows a booking.
      compensate: async (_trip, { bookingId }, { fetch, settings, effectKey }) => {
        await fetch(`${settings['TRAVEL_PROVIDER_URL']}/flights/bookings/${bookingId}/cancellations`, {
          method: 'POST',
          headers: { 'idempotency-key': effectKey },
        });
      },
    }),
  },
});
