import { defineAgent, definePlaybook } from 'holdfast';
import * as z from 'zod';

const trip = {
  from: '${input.from}',
  to: '${input.to}',
  departOn: '${input.departOn}',
  returnOn: '${input.returnOn}',
  travellers: '${input.travellers}',
};

export default defineAgent({
  name: 'trip-planner',
  description: 'Books a trip: flights, hotel and car, and hands over the itinerary.',
  extends: ['base'],
  grants: ['FlightBooking:v1', 'HotelBooking:v1', 'CarDesk:v1', 'Itinerary:v1'],
  deadline: '1d',
  playbooks: {
    'book-trip': definePlaybook({
      description: 'Book return flights, a hotel and a car for a group, and compose the itinerary.',
      input: z
        .strictObject({
          travellers: z
            .array(z.object({ name: z.string().min(1).max(100) }))
            .min(1)
            .max(9),
          from: z.string().min(1).max(60),
          to: z.string().min(1).max(60),
          departOn: z.iso.date(),
          returnOn: z.iso.date(),
          hotel: z.strictObject({ stars: z.int().min(1).max(5).optional(), breakfast: z.boolean().optional() }),
          car: z.strictObject({ carClass: z.enum(['compact', 'midsize', 'estate']) }),
        })
        .refine(({ departOn, returnOn }) => departOn < returnOn, {
          path: ['returnOn'],
          message: 'must be later than departOn',
        }),
      steps: [
        {
          id: 'search-flight',
          skill: 'FlightBooking:v1',
          action: 'search',
          input: trip,
          why: 'The cheapest flight of the days is wanted.',
        },
        {
          id: 'book-flight',
          skill: 'FlightBooking:v1',
          action: 'book',
          input: { ...trip, flightId: '${steps.search-flight.output.best.flightId}' },
          why: 'Without a flight there is no trip, so nothing else is booked before it.',
        },
        {
          id: 'book-hotel',
          skill: 'HotelBooking:v1',
          action: 'book',
          input: {
            city: '${input.to}',
            checkIn: '${input.departOn}',
            checkOut: '${input.returnOn}',
            guests: '${input.travellers}',
            preferences: '${input.hotel}',
          },
          dependsOn: ['book-flight'],
          why: 'The stay has the days of the flight.',
        },
        {
          id: 'reserve-car',
          skill: 'CarDesk:v1',
          action: 'reserve',
          input: {
            city: '${input.to}',
            pickUpOn: '${input.departOn}',
            dropOffOn: '${input.returnOn}',
            carClass: '${input.car.carClass}',
            driver: '${input.travellers.0}',
          },
          dependsOn: ['book-hotel'],
          why: 'The desk can neither deduplicate nor be asked, so it comes when all else is settled.',
        },
        {
          id: 'compose',
          skill: 'Itinerary:v1',
          action: 'compose',
          input: {
            ...trip,
            flight: '${steps.book-flight.output}',
            hotel: '${steps.book-hotel.output}',
            car: '${steps.reserve-car.output}',
          },
          why: 'The travellers need one page with all of it.',
        },
      ],
      output: '${steps.compose.output}',
    }),
  },
});
