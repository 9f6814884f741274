import * as z from 'zod';
import { withDelegation } from '../../core/authz/with-delegation.ts';
import { agentSkillId } from '../../core/model/agent-step.ts';
import type { Registry } from '../../core/model/skill.ts';
import { agentSkill } from '../../core/operations/agent-skill.ts';
import { defineAgent, definePlaybook } from '../../core/sdk/index.ts';

/** Hands a stay on to the hotel desk. */
export const travelDesk = defineAgent({
  name: 'travel-desk',
  description: 'Lets the hotel desk do it.',
  grants: ['Agent:v1/hotel-desk'],
  deadline: '7d',
  playbooks: {
    stay: definePlaybook({
      description: 'Have a stay booked.',
      input: z.looseObject({}),
      steps: [
        {
          id: 'stay',
          skill: agentSkillId,
          action: 'hotel-desk',
          input: { playbook: 'book-stay', input: '${input}' },
          why: 'Stays are what it is for.',
        },
      ],
      output: '${steps.stay.output.result}',
    }),
  },
});
const hotelDesk = defineAgent({
  name: 'hotel-desk',
  description: 'Books stays.',
  grants: ['HotelBooking:v1/book'],
  deadline: '7d',
  playbooks: {
    'book-stay': definePlaybook({
      description: 'Book a stay.',
      input: z.looseObject({}),
      steps: [
        {
          id: 'book-hotel',
          skill: 'HotelBooking:v1',
          action: 'book',
          input: {
            ...{ city: '${input.to}', checkIn: '${input.departOn}', checkOut: '${input.returnOn}' },
            ...{ guests: '${input.travellers}', preferences: '${input.hotel}' },
          },
          why: 'A stay is wanted.',
        },
      ],
      output: '${steps.book-hotel.output}',
    }),
  },
});

const dates = { departOn: '${input.departOn}', returnOn: '${input.returnOn}' };
const journey = { from: '${input.from}', to: '${input.to}', ...dates, travellers: '${input.travellers}' };

/** Longer than any name of a place: the provider refuses it for good. */
const nowhere = 'Nowhere'.repeat(10);
/** A flight, a car, and then a stay that cannot be had, and without which the others are not wanted. */
const allOrNothing = {
  description: 'Book a flight, a car and a stay.',
  input: z.looseObject({}),
  steps: [
    {
      id: 'search-flight',
      skill: 'FlightBooking:v1',
      action: 'search',
      input: journey,
      why: 'The cheapest is wanted.',
    },
    {
      id: 'book-flight',
      skill: 'FlightBooking:v1',
      action: 'book',
      input: { ...journey, flightId: '${steps.search-flight.output.best.flightId}' },
      why: 'Without a flight there is no trip.',
    },
    {
      id: 'reserve-car',
      skill: 'CarDesk:v1',
      action: 'reserve',
      input: {
        ...{ city: '${input.to}', pickUpOn: '${input.departOn}', dropOffOn: '${input.returnOn}' },
        ...{ carClass: '${input.car.carClass}', driver: '${input.travellers.0}' },
      },
      dependsOn: ['book-flight'],
      why: 'It is taken at the airport.',
    },
    {
      id: 'book-hotel',
      skill: 'HotelBooking:v1',
      action: 'book',
      input: {
        ...{ city: nowhere, checkIn: '${input.departOn}', checkOut: '${input.returnOn}' },
        ...{ guests: '${input.travellers}', preferences: '${input.hotel}' },
      },
      dependsOn: ['reserve-car'],
      why: 'A stay is wanted.',
    },
  ],
};
export const carefulDesk = defineAgent({
  name: 'careful-desk',
  description: 'Books a trip or nothing.',
  grants: ['FlightBooking:v1', 'HotelBooking:v1', 'CarDesk:v1'],
  deadline: '7d',
  playbooks: {
    'or-nothing': definePlaybook({ ...allOrNothing, onFailure: 'compensate' }),
    'or-ask': definePlaybook(allOrNothing),
  },
});

/** The project with an agent that hands on to another, and one that takes things back. */
export function withDesks(registry: Registry): Registry {
  const desks = [travelDesk, hotelDesk, carefulDesk].map((agent) => [agent.name, agent] as const);
  const agents = new Map([...registry.agents, ...desks]);
  return withDelegation({ ...registry, agents }, agentSkill({ agents }));
}
