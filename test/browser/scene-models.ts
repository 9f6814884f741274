import type { JsonObject } from '../../core/model/json.ts';
import { bookFlight, bookHotel, purposeOf, searchFlight } from '../e2e/planner.ts';
import type { FakeBehaviour, FakeRequest, FakeScript } from '../fixtures/fake-models.ts';

/** A flight that the provider does not have; whoever books it has to be told another one. */
export const soldOut = 'OSL-0700';
/** What the goal has to hold for that flight to be planned. */
export const earlyFlight = 'early flight';
/** Whoever travels under this name meets a large model that is overloaded, so a smaller one stands in for it. */
export const unlucky = 'Dorothy Vaughan';

/** The step that books it. */
export const bookSoldOut: JsonObject = {
  ...bookFlight,
  input: { ...(bookFlight['input'] as JsonObject), flightId: soldOut },
  dependsOn: ['search-flight'],
};

/** What the models of the scene answer: plans, one that is refused, and another one after a failure. */
export const sceneModel: FakeScript = (request) => {
  if (request.body['model'] === 'large' && request.raw.includes(unlucky)) return { kind: 'fails', status: 529 };
  if (purposeOf(request) === 'diagnose') return anotherArgument();
  if (!request.raw.includes(earlyFlight)) {
    return plans([searchFlight, bookFlight, bookHotel], 'The hotel needs the days of the flight, so it comes second.', [
      option('Flight first, then the hotel', true, 'it is what the goal asks for'),
      option('Search for hotels as well', false, 'the hotel books by its own preferences'),
    ]);
  }
  return purposeOf(request) === 'revise' ? anotherFlight() : earlyTrip(request);
};

/** The first one also pays, which it may not; told so, it leaves that out. */
function earlyTrip({ raw }: FakeRequest): FakeBehaviour {
  const pays = {
    ...{ id: 'pay', skill: 'Billing:v1', action: 'charge', why: 'A trip has to be paid.' },
    input: { customerId: 'US000001', amountCents: 90_000, currency: 'EUR', description: 'Trip to Oslo' },
  };
  const wasRefused = raw.includes('Billing:v1/charge');
  return plans(
    [searchFlight, bookSoldOut, ...(wasRefused ? [] : [pays]), bookHotel],
    'The early flight leaves a whole day in Oslo, and the hotel is booked for its days.',
    [
      option(`Book the early flight ${soldOut}`, true, 'an early arrival was asked for'),
      option('Take the cheapest flight', false, 'it arrives in the evening'),
      option('Leave it to the playbook book-trip', false, 'it also reserves a car, which nobody wants'),
    ],
  );
}

function anotherFlight(): FakeBehaviour {
  const other = {
    ...bookFlight,
    id: 'book-other-flight',
    why: `${soldOut} is not to be had; this one is, on these days.`,
  };
  return plans(
    [other, { ...bookHotel, id: 'book-room', dependsOn: [other.id] }],
    'The provider does not know that flight. The search has found others for the same days.',
    [
      option('Book the best flight that was found', true, 'it has the same days and passengers'),
      option('Ask a person', false, 'nothing is in doubt, and nothing was booked'),
    ],
  );
}

function anotherArgument(): FakeBehaviour {
  return says({
    ...{ decision: 'retryChanged', changes: { flightId: '${steps.search-flight.output.best.flightId}' } },
    cause: `Flight ${soldOut} is not among those that the search has found.`,
    reasoning: 'The search has found flights for the same days, so the best of them can be booked.',
    options: [
      option('Book the best flight that was found', true, 'it has the same days and passengers'),
      option('Ask a person', false, 'nothing is in doubt, and nothing was booked'),
    ],
  });
}

/** The output is what the last step gives. */
function plans(steps: readonly JsonObject[], reasoning: string, options: readonly JsonObject[]): FakeBehaviour {
  const last = steps.at(-1)?.['id'];
  if (typeof last !== 'string') throw new Error('A plan of the scene ends with a step that has an id.');
  const output = `\${steps.${last}.output}`;
  return says({ decision: 'plan', steps: [...steps], final: true, output, reasoning, options: [...options] });
}

function says(answer: JsonObject): FakeBehaviour {
  return { kind: 'says', text: JSON.stringify(answer) };
}

const option = (name: string, chosen: boolean, reason: string): JsonObject => ({ option: name, chosen, reason });
