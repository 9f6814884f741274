import type { JsonObject } from '../../core/model/json.ts';
import type { FakeBehaviour, FakeRequest } from '../fixtures/fake-models.ts';

const options = [{ option: 'this', chosen: true, reason: 'it is what the goal asks for' }];

/** A model that says this. */
export function says(answer: JsonObject): FakeBehaviour {
  return { kind: 'says', text: JSON.stringify({ reasoning: 'It fits the goal.', options, ...answer }) };
}

export function plans(steps: readonly JsonObject[], more: JsonObject = {}): FakeBehaviour {
  return says({ decision: 'plan', steps: [...steps], ...more });
}

/** What a request to a model is for, as the platform's own prompt says. */
export function purposeOf(request: FakeRequest): string {
  if (request.raw.includes('# This time: revise')) return 'revise';
  return /# Your task: ([a-z]+)/.exec(request.raw)?.[1] ?? 'unknown';
}

const days = { from: '${input.from}', to: '${input.to}', departOn: '${input.departOn}', returnOn: '${input.returnOn}' };
const trip = { ...days, travellers: '${input.travellers}' };

export const searchFlight: JsonObject = {
  id: 'search-flight',
  skill: 'FlightBooking:v1',
  action: 'search',
  input: trip,
  why: 'The cheapest flight is wanted.',
};
export const bookFlight: JsonObject = {
  id: 'book-flight',
  skill: 'FlightBooking:v1',
  action: 'book',
  input: { ...trip, flightId: '${steps.search-flight.output.best.flightId}' },
  why: 'There is no trip without a flight.',
};
export const bookHotel: JsonObject = {
  id: 'book-hotel',
  skill: 'HotelBooking:v1',
  action: 'book',
  input: {
    ...{ city: '${input.to}', checkIn: '${input.departOn}', checkOut: '${input.returnOn}' },
    ...{ guests: '${input.travellers}', preferences: '${input.hotel}' },
  },
  dependsOn: ['book-flight'],
  why: 'The stay has the days of the flight.',
};
