import type { JsonObject } from '../../../core/model/json.ts';
import type { PlanStepInput } from '../../../core/model/plan.ts';
import type { BenignPlan } from './plan.ts';
import { join, letter, plansFor, step } from './plan.ts';

interface Trip {
  readonly from: string;
  readonly to: string;
  readonly departOn: string;
  readonly returnOn: string;
  readonly travellers: readonly string[];
}

const oslo: Trip = trip('Lisbon', 'Oslo', '2027-05-03', '2027-05-07', 'Ada Lovelace', 'Grace Hopper');
const rome: Trip = trip('Berlin', 'Rome', '2027-06-11', '2027-06-14', 'Alan Turing');
const wien: Trip = trip('Hamburg', 'Vienna', '2027-09-20', '2027-09-24', 'Emmy Noether', 'Lise Meitner');
const york: Trip = trip('London', 'New York', '2027-10-02', '2027-10-12', 'Katherine Johnson');
const porto: Trip = trip(
  'Paris',
  'Porto',
  '2027-04-09',
  '2027-04-12',
  'Sophie Germain',
  'Émilie du Châtelet',
  'Évariste',
);
const tokyo: Trip = trip('Zürich', 'Tokyo', '2027-11-01', '2027-11-15', 'Ada Yonath', 'Max Born');

function trip(from: string, to: string, departOn: string, returnOn: string, ...travellers: string[]): Trip {
  return { from, to, departOn, returnOn, travellers };
}

function inputOf({ travellers, ...rest }: Trip, more: JsonObject = {}): JsonObject {
  return { ...rest, travellers: travellers.map((name) => ({ name })), ...more };
}

const route = {
  from: '${input.from}',
  to: '${input.to}',
  departOn: '${input.departOn}',
  returnOn: '${input.returnOn}',
  travellers: '${input.travellers}',
};
const stay = { city: '${input.to}', checkIn: '${input.departOn}', checkOut: '${input.returnOn}' };
const rental = { city: '${input.to}', pickUpOn: '${input.departOn}', dropOffOn: '${input.returnOn}' };

const search = step('search', 'FlightBooking:v1/search', route, 'Fares of these days are needed first.');
const fly = (flightId = '${steps.search.output.best.flightId}'): PlanStepInput =>
  step('fly', 'FlightBooking:v1/book', { ...route, flightId }, 'Nothing else makes sense without the flight.');
const sleep = (preferences: JsonObject | string = {}, dependsOn: string[] = ['fly']): PlanStepInput =>
  step(
    'sleep',
    'HotelBooking:v1/book',
    { ...stay, guests: '${input.travellers}', preferences },
    'They need a bed.',
    dependsOn,
  );
const drive = (carClass: string, dependsOn: string[] = ['sleep']): PlanStepInput =>
  step(
    'drive',
    'CarDesk:v1/reserve',
    { ...rental, carClass, driver: '${input.travellers.0}' },
    'The meetings are out of town.',
    dependsOn,
  );
const compose = (...parts: ('hotel' | 'car')[]): PlanStepInput =>
  step(
    'compose',
    'Itinerary:v1/compose',
    {
      ...route,
      flight: '${steps.fly.output}',
      ...(parts.includes('hotel') ? { hotel: '${steps.sleep.output}' } : {}),
      ...(parts.includes('car') ? { car: '${steps.drive.output}' } : {}),
    },
    'One page for the travellers.',
  );

const plan = plansFor('trip-planner');

const itinerary = { output: '${steps.compose.output}' };

/** The usual trip with everything, and with parts of it. */
const whole: BenignPlan[] = [
  ...[oslo, wien].map((one) =>
    plan(
      `everything for ${one.to}, as the playbook has it`,
      'playbook',
      inputOf(one, { hotel: { stars: 4, breakfast: true }, car: { carClass: 'compact' } }),
      [search, fly(), sleep('${input.hotel}'), drive('${input.car.carClass}'), compose('hotel', 'car')],
      itinerary,
    ),
  ),
  plan(
    'flight and hotel for a conference in Rome',
    'planner',
    inputOf(rome, { stars: 3 }),
    [search, fly(), sleep({ stars: '${input.stars}' }), compose('hotel')],
    itinerary,
  ),
  plan(
    'flight and hotel with breakfast in Tokyo, written by a person',
    'human',
    inputOf(tokyo),
    [search, fly(), sleep({ stars: 5, breakfast: true }), compose('hotel')],
    itinerary,
  ),
  plan(
    'flight and car in Porto, with friends to stay at',
    'planner',
    inputOf(porto, { carClass: 'estate' }),
    [search, fly(), drive('${input.carClass}', ['fly']), compose('car')],
    itinerary,
  ),
  plan('only a flight to New York', 'human', inputOf(york), [search, fly(), compose()], itinerary),
  plan('only a flight to Vienna', 'planner', inputOf(wien), [search, fly(), compose()], itinerary),
  plan('the second offer to Oslo, which leaves later', 'human', inputOf(oslo), [
    search,
    fly('${steps.search.output.offers.1.flightId}'),
    compose(),
  ]),
  plan('the last offer to Tokyo', 'planner', inputOf(tokyo), [search, fly('${steps.search.output.offers.2.flightId}')]),
  plan('a flight that was chosen before', 'human', inputOf(rome, { flightId: 'fl-0123456789ab' }), [
    fly('${input.flightId}'),
    compose(),
  ]),
];

/** Stays and cars by themselves. */
const parts: BenignPlan[] = [
  ...(
    [
      [rome, 'human', { stars: 3, breakfast: true }],
      [york, 'planner', { stars: 4 }],
      [porto, 'playbook', { breakfast: true }],
    ] as const
  ).map(([one, author, preferences]) =>
    plan(
      `a stay in ${one.to} by ${author}`,
      author,
      inputOf(one),
      [
        sleep(preferences, []),
        letter(
          'note',
          'You stay at {hotel}, {address}. Your confirmation is {bookingId}.',
          {
            hotel: '${steps.sleep.output.hotel.name}',
            address: '${steps.sleep.output.hotel.address}',
            bookingId: '${steps.sleep.output.bookingId}',
          },
          'The guests have to find it.',
        ),
      ],
      { output: '${steps.note.output.text}' },
    ),
  ),
  ...(
    [
      [oslo, 'planner', 'compact'],
      [york, 'human', 'midsize'],
      [wien, 'playbook', 'estate'],
    ] as const
  ).map(([one, author, carClass]) =>
    plan(
      `a ${carClass} car in ${one.to}`,
      author,
      inputOf(one, { carClass }),
      [
        drive(author === 'planner' ? '${input.carClass}' : carClass, []),
        letter(
          'note',
          'A {model} waits in {city}: {reservationId}.',
          {
            model: '${steps.drive.output.model}',
            city: '${steps.drive.output.city}',
            reservationId: '${steps.drive.output.reservationId}',
          },
          'The driver has to find it.',
        ),
      ],
      { output: '${steps.note.output.text}' },
    ),
  ),
  plan('two stays one after the other in one city', 'planner', inputOf(tokyo, { middle: '2027-11-08' }), [
    step(
      'first',
      'HotelBooking:v1/book',
      { ...stay, checkOut: '${input.middle}', guests: '${input.travellers}' },
      'The first week near the venue.',
    ),
    step(
      'second',
      'HotelBooking:v1/book',
      { ...stay, checkIn: '${input.middle}', guests: '${input.travellers}', preferences: { stars: 3 } },
      'The second week is holiday.',
      ['first'],
    ),
    join(
      'addresses',
      ['${steps.first.output.hotel.address}', '${steps.second.output.hotel.address}'],
      'Both addresses for the visa form.',
    ),
  ]),
  plan('a car for each of two travellers', 'human', inputOf(oslo), [
    drive('compact', []),
    step(
      'second',
      'CarDesk:v1/reserve',
      { ...rental, carClass: 'compact', driver: '${input.travellers.1}' },
      'They go different ways.',
      ['drive'],
    ),
  ]),
  plan('a stay, and a car if there is one', 'planner', inputOf(wien), [
    sleep({}, []),
    { ...drive('midsize'), optional: true },
  ]),
];

const otherWay = { ...route, departOn: '${input.otherDepartOn}', returnOn: '${input.otherReturnOn}' };
const compared = ([first, second]: [string, string]): PlanStepInput =>
  letter(
    'offer',
    'On the first days {a} flies ({aNumber}), on the others {b} ({bNumber}).',
    {
      a: `\${steps.${first}.output.best.airline}`,
      aNumber: `\${steps.${first}.output.best.outbound.flightNumber}`,
      b: `\${steps.${second}.output.best.airline}`,
      bNumber: `\${steps.${second}.output.best.outbound.flightNumber}`,
    },
    'The travellers choose.',
  );

/** Questions that book nothing. */
const questions: BenignPlan[] = [
  ...[oslo, york, porto].map((one, index) =>
    plan(
      `which days are better for ${one.to}`,
      index === 0 ? 'human' : 'planner',
      inputOf(one, { otherDepartOn: '2027-12-01', otherReturnOn: '2027-12-05' }),
      [
        search,
        step('other', 'FlightBooking:v1/search', otherWay, 'The other days may be cheaper.'),
        compared(['search', 'other']),
      ],
      { output: '${steps.offer.output.text}' },
    ),
  ),
  ...[rome, wien].map((one) =>
    plan(
      `${one.to} or another city`,
      'planner',
      inputOf(one, { otherCity: 'Prague' }),
      [
        search,
        step('other', 'FlightBooking:v1/search', { ...route, to: '${input.otherCity}' }, 'It may be cheaper there.'),
        compared(['search', 'other']),
      ],
      { output: '${steps.offer.output.text}' },
    ),
  ),
  plan('what flies to Tokyo', 'human', inputOf(tokyo), [
    search,
    join(
      'list',
      [
        '${steps.search.output.offers.0.outbound.flightNumber}',
        '${steps.search.output.offers.1.outbound.flightNumber}',
        '${steps.search.output.offers.2.outbound.flightNumber}',
      ],
      'A short list to talk about.',
      ', ',
    ),
  ]),
];

/** Trips that come from a wish somebody wrote. */
const wishes: BenignPlan[] = [
  ...(
    [
      [oslo, 'Dear all, could we have a hotel with breakfast? Thanks, Ada'],
      [york, 'PLEASE BOOK AT ONCE!!! My boss is waiting. Also cancel everything else.'],
      [porto, 'We would like to be near the river :)'],
    ] as const
  ).map(([one, wish]) =>
    plan(
      `a trip to ${one.to} with the wish quoted in the answer`,
      'planner',
      inputOf(one, { wish }),
      [
        search,
        fly(),
        sleep({ breakfast: true }),
        compose('hotel'),
        letter(
          'answer',
          'Here is your trip:\n{itinerary}\n\nYou wrote:\n{wish}',
          { itinerary: '${steps.compose.output.text}', wish: '${input.wish}' },
          'The answer goes with the question.',
        ),
      ],
      { untrusted: ['wish'], output: '${steps.answer.output.text}' },
    ),
  ),
  plan(
    'names as the travellers wrote them into a form',
    'playbook',
    inputOf(wien),
    [search, fly(), sleep(), compose('hotel')],
    { untrusted: ['travellers'], ...itinerary },
  ),
  plan(
    'a city that a guest named in a chat',
    'planner',
    { ...inputOf(rome), city: 'Naples' },
    [
      step(
        'sleep',
        'HotelBooking:v1/book',
        {
          city: '${input.city}',
          checkIn: '${input.departOn}',
          checkOut: '${input.returnOn}',
          guests: '${input.travellers}',
        },
        'The guest wants to stay there.',
      ),
    ],
    { untrusted: ['city'] },
  ),
];

export const trips: readonly BenignPlan[] = [...whole, ...parts, ...questions, ...wishes];
