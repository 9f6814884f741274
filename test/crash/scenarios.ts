import type { Escalation } from '../../core/model/escalation.ts';
import { canonicalJson } from '../../core/model/json.ts';
import { steps } from './desks.ts';
import type { Decision, Person, Scenario } from './scenario.ts';
import { helpfulPerson } from './scenario.ts';

const none = { flights: 0, hotels: 0, cars: 0 };
const wholeTrip = { flights: 1, hotels: 1, cars: 1 };
const trip = { agent: 'trip-planner', playbook: 'book-trip', begins: 0, books: wholeTrip, faults: [] };
const stay = { agent: 'travel-desk', playbook: 'book', begins: 1, books: { ...none, hotels: 1 }, faults: [] };
const at = (agent: string) => ({ agent, playbook: 'book', begins: 0, faults: [], person: helpfulPerson });
const considered = { reasoning: 'So be it.', options: [{ option: 'this', chosen: true, reason: 'It fits.' }] };

/** The one that answers an item about the hotel in this way, and sees to the rest as `helpfulPerson`. */
const aboutHotel = (decision: Decision): Person => ({
  ...helpfulPerson,
  failure: ({ stepId }) => (stepId === 'book-hotel' ? decision : 'resume'),
});
const room = {
  ...{ city: 'Oslo', checkIn: '2027-05-03', checkOut: '2027-05-07', guests: [{ name: 'Ada Lovelace' }] },
  preferences: { stars: 3 },
};
const roomByHand = {
  ...{ bookingId: 'by telephone', city: 'Oslo', checkIn: room.checkIn, checkOut: room.checkOut, nights: 4 },
  ...{ currency: 'EUR', guests: room.guests, totalCents: 100, reference: 'none' },
  hotel: { name: 'The Inn', address: 'Inn Road 1, Oslo', stars: 3, breakfast: false },
};
const edit = { resolution: 'edit', input: room } as const;
const isEdited = ({ approval }: Escalation): boolean =>
  canonicalJson(approval?.arguments ?? null).includes(canonicalJson(room.preferences));
const down = (times: number) => ({ faults: [{ service: 'hotels', fault: 'fail', times }] }) as const;
const withoutHotel = { flights: 1, hotels: 0, cars: 1 };

/** Every promise that a crash could break, in a run of its own. */
export const scenarios: readonly Scenario[] = [
  { name: 'trip', ...trip },
  { name: 'trip-hotel-answer-lost', ...trip, faults: [{ service: 'hotels', fault: 'apply-then-drop', times: 1 }] },
  { name: 'trip-flight-answer-lost', ...trip, faults: [{ service: 'flights', fault: 'apply-then-drop', times: 1 }] },
  { name: 'stay-handed-on', ...stay },
  { name: 'stay-handed-on-answer-lost', ...stay, faults: [{ service: 'hotels', fault: 'apply-then-drop', times: 1 }] },
  // The desk can neither deduplicate nor be asked: only a person knows, and looks into the provider's book.
  {
    name: 'car-in-doubt-attested',
    ...{ ...trip, person: helpfulPerson, decides: ['inDoubt'] },
    faults: [{ service: 'cars', fault: 'apply-then-drop', times: 1 }],
  },
  // More failures than attempts and questions: a person has it tried again. The provider then answers.
  {
    name: 'hotel-down-resumed',
    ...{ ...trip, ...down(5), person: helpfulPerson, decides: ['failure'] },
  },
  // More failures than a breaker lets through: it opens, and one probe finds the provider mended.
  {
    name: 'breaker-opens',
    ...at('wave-desk'),
    books: wholeTrip,
    faults: [{ service: 'hotels', fault: 'fail', times: 7 }],
  },
  // A crash at the last of its attempts is for a person, who has it tried again.
  {
    name: 'busy-provider',
    ...{ ...trip, person: helpfulPerson, busy: { service: 'hotels', times: 2, retryAfterSeconds: 90 } },
  },
  { name: 'parallel-wave', ...at('wave-desk'), books: wholeTrip },
  { name: 'approved', ...at('careful-desk'), books: { ...none, hotels: 1 }, decides: ['approval'] },
  {
    name: 'rejected',
    ...at('careful-desk'),
    ...{ books: none, ends: ['declined'], person: { ...helpfulPerson, approval: 'reject' }, decides: ['approval'] },
  },
  {
    name: 'optional-step-fails',
    ...at('easy-desk'),
    ...{ books: { ...none, flights: 1 }, faults: [{ service: 'hotels', fault: 'fail', times: 100 }] },
  },
  {
    name: 'canceled-in-flight',
    ...{ ...trip, person: helpfulPerson, canceledAt: 'hotels', ends: ['canceled'] },
  },
  {
    name: 'canceled-by-a-person',
    ...{ ...trip, ...down(5), person: { ...helpfulPerson, failure: 'cancel' }, ends: ['canceled', 'completed'] },
    decides: ['failure'],
  },
  // What was done is undone, by itself or for a person; the desk of the cars can neither deduplicate nor be asked.
  {
    name: 'taken-back-by-itself',
    ...{ ...at('undoing-desk'), books: none, ends: ['failed'] },
  },
  {
    name: 'taken-back-in-flight',
    ...{ ...trip, books: none, person: helpfulPerson, canceledAt: 'hotels', takesBack: true, ends: ['canceled'] },
  },
  {
    name: 'taken-back-for-a-person',
    ...{ ...at('asking-desk'), books: none, ends: ['canceled'], person: { ...helpfulPerson, failure: 'takeBack' } },
    decides: ['failure'],
    faults: [{ service: 'flight-cancellations', fault: 'apply-then-drop', times: 1 }],
  },
  // What people decide besides: another room, no room, one that they have booked themselves, none of it.
  {
    name: 'hotel-edited',
    ...{ ...trip, ...down(5), person: aboutHotel(edit), decides: ['failure'] },
  },
  {
    name: 'hotel-skipped',
    ...{ ...at('wave-desk'), ...down(100), books: withoutHotel, person: aboutHotel({ resolution: 'skip' }) },
    decides: ['failure'],
  },
  {
    name: 'hotel-provided',
    ...{ ...at('wave-desk'), ...down(100), books: withoutHotel, byHand: 'hotels' },
    ...{ person: aboutHotel({ resolution: 'provide', output: roomByHand }), decides: ['failure'] },
  },
  {
    name: 'aborted',
    ...{ ...trip, ...down(100), ends: ['canceled'], person: aboutHotel({ resolution: 'abort' }), decides: ['failure'] },
  },
  {
    name: 'compensated-by-decision',
    ...{ ...at('asking-desk'), books: none, ends: ['failed'] },
    ...{ person: aboutHotel({ resolution: 'compensate' }), decides: ['failure'] },
  },
  // What was edited is asked about once more.
  {
    name: 'approval-edited',
    ...{ ...at('careful-desk'), books: { ...none, hotels: 1 }, decides: ['approval'] },
    // Where a laptop is killed while the edit is on its way, the step is closed already, and is asked about as refused.
    person: { ...helpfulPerson, denied: () => edit, approval: (item) => (isEdited(item) ? 'approve' : edit) },
  },
  // A model that looks for flights again and again is told to do without.
  {
    name: 'replanned-by-a-person',
    ...{ agent: 'thinking-desk', goal: 'A room.', begins: 0, books: { ...none, hotels: 1 } },
    ...{ faults: [{ service: 'flights', fault: 'fail', times: 100 }], asks: ['plan', 'revise'] },
    person: { ...helpfulPerson, failure: () => ({ resolution: 'replan', instructions: 'Walk there.' }) },
    decides: ['failure'],
    model: (_purpose, prompt) => ({
      ...considered,
      decision: 'plan',
      steps: prompt.includes('Walk there.')
        ? [{ ...steps.bookHotel, id: 'book-hotel-anew' }]
        : [steps.searchFlight, { ...steps.bookHotel, dependsOn: ['search-flight'] }],
      final: true,
    }),
  },
  // The first plan looks for a flight first, which fails; the second one does not.
  {
    name: 'planned-anew',
    ...{ agent: 'thinking-desk', goal: 'A room.', begins: 0, person: helpfulPerson, books: { ...none, hotels: 1 } },
    ...{ faults: [{ service: 'flights', fault: 'fail', times: 3 }], asks: ['plan', 'revise'] },
    model: (purpose) => ({
      ...considered,
      decision: 'plan',
      steps:
        purpose === 'plan'
          ? [steps.searchFlight, { ...steps.bookHotel, dependsOn: ['search-flight'] }]
          : [{ ...steps.bookHotel, id: 'book-hotel-anew' }],
      final: true,
    }),
  },
  // A model that is asked about a step which has failed has it tried once more.
  {
    name: 'diagnosed',
    ...{ ...at('thinking-desk'), books: { ...none, flights: 1 }, person: { inDoubt: 'attest', deadRun: 'resume' } },
    ...{ faults: [{ service: 'flights', fault: 'fail', times: 3 }], asks: ['diagnose'] },
    model: () => ({ ...considered, cause: 'The desk was closed.', decision: 'retry' }),
  },
];
