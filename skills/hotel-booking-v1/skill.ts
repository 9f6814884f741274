import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';

const guest = z.object({ name: z.string().min(1) });

const booking = z.object({
  bookingId: z.string(),
  reference: z.string(),
  hotel: z.object({ name: z.string(), stars: z.int(), address: z.string(), breakfast: z.boolean() }),
  city: z.string(),
  checkIn: z.iso.date(),
  checkOut: z.iso.date(),
  nights: z.int().positive(),
  guests: z.array(guest),
  totalCents: z.int().nonnegative(),
  currency: z.string(),
});
type Booking = z.infer<typeof booking>;

export default defineSkill({
  id: 'HotelBooking:v1',
  release: '1.1.0',
  description: 'Books hotel stays.',
  settings: ['TRAVEL_PROVIDER_URL'],
  network: ['$TRAVEL_PROVIDER_URL'],
  dependency: 'travel-hotels',
  actions: {
    book: defineAction({
      description: 'Book one stay for all guests.',
      input: z.strictObject({
        city: z.string().min(1),
        checkIn: z.iso.date(),
        checkOut: z.iso.date(),
        guests: z.array(guest).min(1).max(9),
        preferences: z
          .strictObject({ stars: z.int().min(1).max(5).optional(), breakfast: z.boolean().optional() })
          .optional(),
      }),
      output: booking,
      effect: { class: 'Q', settleTime: '1s' },
      timeoutSeconds: 10,
      run: async ({ city, checkIn, checkOut, guests, preferences }, { fetch, settings, effectKey }) => {
        const names = guests.map(({ name }) => ({ name }));
        const response = await fetch(`${settings['TRAVEL_PROVIDER_URL']}/hotels/bookings`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ reference: effectKey, city, checkIn, checkOut, guests: names, ...preferences }),
        });
        return (await response.json()) as Booking;
      },
      check: ({ city, checkIn, checkOut }, booked) =>
        booked.city === city && booked.checkIn === checkIn && booked.checkOut === checkOut
          ? []
          : [`${booked.city} from ${booked.checkIn} to ${booked.checkOut} was booked instead`],
      lookup: async (effectKey, _input, { fetch, settings }) => {
        const url = `${settings['TRAVEL_PROVIDER_URL']}/hotels/bookings?reference=${encodeURIComponent(effectKey)}`;
        const { bookings } = (await (await fetch(url)).json()) as { bookings: Booking[] };
        const [first, ...others] = bookings;
        if (!first) return { found: false };
        if (others.length > 0)
          return { found: 'unknown', why: `${bookings.length} bookings have the reference ${effectKey}` };
        return { found: true, output: first };
      },
      compensate: {
        // However often it is deleted, it is gone.
        effect: { class: 'P' },
        run: async (_stay, { bookingId }, { fetch, settings }) => {
          await fetch(`${settings['TRAVEL_PROVIDER_URL']}/hotels/bookings/${bookingId}`, { method: 'DELETE' });
        },
      },
    }),
  },
});
