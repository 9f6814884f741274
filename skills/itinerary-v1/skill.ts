import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';

const priced = { totalCents: z.int().nonnegative(), currency: z.string() };
const leg = z.object({ flightNumber: z.string(), departsAt: z.string() });

const trip = z.object({
  travellers: z.array(z.object({ name: z.string().min(1) })).min(1),
  from: z.string(),
  to: z.string(),
  departOn: z.iso.date(),
  returnOn: z.iso.date(),
  flight: z.object({ bookingId: z.string(), airline: z.string(), outbound: leg, inbound: leg, ...priced }),
  hotel: z
    .object({
      bookingId: z.string(),
      hotel: z.object({ name: z.string(), address: z.string() }),
      nights: z.int().positive(),
      ...priced,
    })
    .optional(),
  car: z.object({ reservationId: z.string(), model: z.string(), days: z.int().positive(), ...priced }).optional(),
});
type Trip = z.infer<typeof trip>;

const entry = z.object({ day: z.iso.date(), what: z.string(), confirmation: z.string() });
type Entry = z.infer<typeof entry>;

export default defineSkill({
  id: 'Itinerary:v1',
  release: '1.0.0',
  description: 'Composes itineraries.',
  actions: {
    compose: defineAction({
      description: 'Compose the itinerary of a booked trip.',
      input: trip,
      output: z.object({
        title: z.string(),
        travellers: z.array(z.string()),
        entries: z.array(entry),
        totals: z.array(z.object(priced)).describe('One for each currency'),
        text: z.string(),
      }),
      effect: { class: 'P' },
      timeoutSeconds: 5,
      run: (booked) => {
        const title = `${booked.from} to ${booked.to}, ${booked.departOn} to ${booked.returnOn}`;
        const travellers = booked.travellers.map(({ name }) => name);
        const entries = entriesOf(booked);
        const totals = totalsOf(booked);
        return Promise.resolve({
          title,
          travellers,
          entries,
          totals,
          text: printed(title, travellers, entries, totals),
        });
      },
    }),
  },
});

function entriesOf({ departOn, returnOn, from, to, flight, hotel, car }: Trip): Entry[] {
  const fly = (way: string, { flightNumber, departsAt }: Trip['flight']['outbound']): string =>
    `Fly ${way} with ${flight.airline} ${flightNumber} at ${departsAt.slice(11, 16)}`;
  return [
    { day: departOn, what: fly(`${from} to ${to}`, flight.outbound), confirmation: flight.bookingId },
    ...(car
      ? [
          {
            day: departOn,
            what: `Pick up the ${car.model} (${count(car.days, 'day')})`,
            confirmation: car.reservationId,
          },
        ]
      : []),
    ...(hotel
      ? [
          {
            day: departOn,
            what: `Check in at ${hotel.hotel.name}, ${hotel.hotel.address} (${count(hotel.nights, 'night')})`,
            confirmation: hotel.bookingId,
          },
        ]
      : []),
    { day: returnOn, what: fly(`${to} to ${from}`, flight.inbound), confirmation: flight.bookingId },
  ];
}

function totalsOf({ flight, hotel, car }: Trip): { totalCents: number; currency: string }[] {
  const totals = new Map<string, number>();
  for (const { totalCents, currency } of [flight, hotel, car].filter((booking) => booking !== undefined)) {
    totals.set(currency, (totals.get(currency) ?? 0) + totalCents);
  }
  return [...totals].map(([currency, totalCents]) => ({ totalCents, currency }));
}

function printed(
  title: string,
  travellers: readonly string[],
  entries: readonly Entry[],
  totals: readonly { totalCents: number; currency: string }[],
): string {
  return [
    title,
    `For ${travellers.join(', ')}`,
    '',
    ...entries.map(({ day, what, confirmation }) => `${day}  ${what}  [${confirmation}]`),
    '',
    `Total ${totals.map(({ totalCents, currency }) => `${(totalCents / 100).toFixed(2)} ${currency}`).join(' and ')}`,
  ].join('\n');
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}
