import { ActionError } from '../../../core/model/failure.ts';
import type { Scenario } from '../scenario.ts';
import { diagnoses, inBoth, mended, person } from '../scenario.ts';
import { get, planOf } from '../stalls.ts';
import { allKept, partyWith, steps } from './party.ts';

const crowd = ['one', 'two', 'three', 'four', 'five', 'six'];

/** What may be gone by the time of another try: transient, throttled, timeout, dependencyDown. */
export const passing: readonly Scenario[] = [
  {
    name: 'a stall answers 503 twice, then takes the order',
    about: 'transient',
    given: () => partyWith([{ at: 'Hall:v1/book', attempt: [1, 2], fault: { status: 503 } }]),
    expected: inBoth(mended('the third attempt is allowed, and the stall deduplicates', allKept)),
  },
  {
    name: 'a stall that can be asked answers 500, but took the order',
    about: 'transient',
    given: () => partyWith([{ at: 'Food:v1/order', fault: { status: 500, applied: true } }]),
    expected: inBoth(mended('the lookup finds the order', allKept)),
  },
  {
    name: 'a connection breaks before a stall that can be asked has read the order',
    about: 'transient',
    given: () => partyWith([{ at: 'Food:v1/order', fault: { connection: 'reset' } }]),
    expected: inBoth(mended('the lookup finds nothing once it has settled, so it is sent again', allKept)),
  },
  {
    name: 'rooms are never reached, and an alternative is declared',
    about: 'transient',
    given: () => steps([get('room')], [{ at: 'Room:v1/book', attempt: 'every', fault: { connection: 'refused' } }]),
    expected: inBoth(mended('nothing was sent, and the annex is declared to do as well', { room: 'kept' })),
  },
  {
    name: 'a stall is not reached by any attempt, and is back ten minutes later',
    about: 'transient',
    given: () =>
      steps([get('food')], [{ at: 'Food:v1/order', attempt: 'every', times: 3, fault: { connection: 'refused' } }]),
    model: () => diagnoses({ decision: 'wait', seconds: 600 }),
    expected: {
      rules: person('its attempts are used up, and nothing tells when it will be back', {
        ...{ kind: 'failure', stepId: 'food', class: 'transient', says: 'ECONNREFUSED', book: {}, attempts: 3 },
      }),
      model: mended('a model has it waited for', { food: 'kept' }),
    },
  },
  {
    name: 'every answer to an order that is deduplicated is lost',
    about: 'transient',
    given: () => steps([get('hall')], [{ at: 'Hall:v1/book', attempt: 'every', fault: 'apply-then-drop' }]),
    expected: inBoth(
      person('nobody knows whether the hall is booked, and it cannot be asked', {
        ...{ kind: 'inDoubt', stepId: 'hall', class: 'inDoubt', says: 'the answer was lost on its way' },
        ...{ book: { hall: 'kept' }, attempts: 3 },
      }),
    ),
  },
  {
    name: 'a busy stall asks for ten minutes',
    about: 'throttled',
    given: () => partyWith([{ at: 'Hall:v1/book', fault: { status: 429, retryAfterSeconds: 600 } }]),
    expected: inBoth(mended('it says when, and that is before the deadline', allKept)),
  },
  {
    name: 'a busy stall without deduplication asks for a minute',
    about: 'throttled',
    given: () => partyWith([{ at: 'Taxi:v1/call', fault: { status: 503, retryAfterSeconds: 60 } }]),
    expected: inBoth(mended('an answer that names a time says that nothing was done', allKept)),
  },
  {
    name: 'a busy stall asks for longer than the run may take',
    about: 'throttled',
    given: () =>
      partyWith([{ at: 'Food:v1/order', fault: { status: 429, retryAfterSeconds: 7_200 } }], {
        budget: { deadlineSeconds: 3_600 },
      }),
    expected: inBoth(
      person('only a person can give the run more time', {
        ...{ kind: 'budget', stepId: 'food', class: 'budgetExceeded', says: 'after the deadline of the run' },
        ...{ book: { hall: 'kept' }, attempts: 1 },
      }),
    ),
  },
  {
    name: 'a stall is busy through all attempts',
    about: 'throttled',
    given: () => steps([get('food')], [{ at: 'Food:v1/order', attempt: 'every', times: 3, fault: { status: 429 } }]),
    model: () => diagnoses({ decision: 'wait', seconds: 1_800 }),
    expected: {
      rules: person('its attempts are used up', {
        ...{ kind: 'failure', stepId: 'food', class: 'throttled', says: '429', book: {}, attempts: 3 },
      }),
      model: mended('a model has the rush waited for', { food: 'kept' }),
    },
  },
  {
    name: 'an order that is deduplicated hangs once',
    about: 'timeout',
    given: () => partyWith([{ at: 'Hall:v1/book', fault: 'hang' }]),
    expected: inBoth(mended('the same key may be sent again', allKept)),
  },
  {
    name: 'an order that can be looked up hangs once',
    about: 'timeout',
    given: () => partyWith([{ at: 'Food:v1/order', fault: 'hang' }]),
    expected: inBoth(mended('the lookup finds nothing, so it is sent again', allKept)),
  },
  {
    name: 'a look hangs at every attempt',
    about: 'timeout',
    given: () => steps([get('look'), get('hall')], [{ at: 'Hall:v1/look', attempt: 'every', fault: 'hang' }]),
    expected: {
      rules: person('nothing says that a fourth attempt would end otherwise', {
        ...{ kind: 'failure', stepId: 'look', class: 'timeout', says: 'no answer within', book: {}, attempts: 3 },
      }),
      model: person('the model does not know either, and says so', {
        ...{ kind: 'failure', stepId: 'look', class: 'timeout', says: 'Please look at the stall.', book: {} },
        ...{ attempts: 3, tried: ['escalate'] },
      }),
    },
  },
  {
    name: 'a taxi that nobody can ask about is called, and the call hangs',
    about: 'timeout',
    given: () => partyWith([{ at: 'Taxi:v1/call', fault: 'hang' }]),
    expected: inBoth(
      person('nobody knows whether the taxi comes', {
        ...{ kind: 'inDoubt', stepId: 'taxi', class: 'inDoubt', says: 'timeout', attempts: 1 },
        book: { hall: 'kept', food: 'kept' },
      }),
    ),
  },
  {
    name: 'the kitchens are down for twenty minutes while six orders are wanted',
    about: 'dependencyDown',
    given: () => ({
      goal: 'Six meals',
      plan: planOf(crowd.map((id) => get('food', { id, input: { item: 'food' } }))),
      faults: [{ dependency: 'kitchens', downFor: '20m' }],
    }),
    expected: inBoth(
      mended(
        'the breaker opens, the run waits, and one probe finds them back',
        Object.fromEntries(crowd.map((id) => [id, 'kept'])),
      ),
    ),
  },
  {
    name: 'rooms are down while six are wanted, and an alternative is declared',
    about: 'dependencyDown',
    given: () => ({
      goal: 'Six rooms',
      plan: planOf(crowd.map((id) => get('room', { id, input: { item: 'room' } }))),
      faults: [{ dependency: 'rooms', downFor: '20h' }],
    }),
    expected: inBoth(
      mended('the annex is declared to do as well', Object.fromEntries(crowd.map((id) => [id, 'kept']))),
    ),
  },
  {
    name: 'the kitchens are down past the deadline',
    about: 'dependencyDown',
    given: () => ({
      goal: 'Six meals',
      plan: planOf(crowd.map((id) => get('food', { id, input: { item: 'food' } }))),
      faults: [{ dependency: 'kitchens', downFor: '3d' }],
      budget: { deadlineSeconds: 7_200 },
    }),
    expected: inBoth(
      person('only a person can give the run more time', {
        ...{ kind: 'budget', stepId: 'one', class: 'budgetExceeded', says: 'deadline', book: {} },
      }),
    ),
  },
  {
    name: 'a stall says itself that it is closed for half an hour',
    about: 'dependencyDown',
    given: () =>
      partyWith([
        {
          at: 'Hall:v1/book',
          fault: {
            throw: () =>
              new ActionError('closed for lunch', {
                ...{ class: 'dependencyDown', sendOutcome: 'notDone', retryAfterMs: 1_800_000 },
              }),
          },
        },
      ]),
    expected: inBoth(mended('it says when it is back', allKept)),
  },
];
