import type { Scenario } from '../scenario.ts';
import { diagnoses, inBoth, mended, person, takenBack } from '../scenario.ts';
import { get, organiser } from '../stalls.ts';
import { allKept, partyWith, steps } from './party.ts';

const undoes = { agent: organiser({ onFailure: 'compensate' }) };

/** A party whose taxi is refused in a way that cannot be mended, so that hall and food are to be undone. */
const failing = { at: 'Taxi:v1/call', attempt: 'every', fault: { status: 422 } } as const;
/** What a model says whose answer is that of the author. */
const undo: NonNullable<Scenario['model']> = () => diagnoses({ decision: 'compensate' });
const gone = { hall: 'undone', food: 'undone' } as const;

/** What is undone, and the platform's own stores: compensationFailed, storeUnavailable. */
export const platform: readonly Scenario[] = [
  {
    name: 'a stall is out of order twice when it is told to cancel',
    about: 'compensationFailed',
    model: undo,
    given: () =>
      partyWith(
        [failing, { at: 'Food:v1/order', call: 'compensate', attempt: [1, 2], fault: { status: 503 } }],
        undoes,
      ),
    expected: inBoth(takenBack('a cancellation has five tries', gone)),
  },
  {
    name: 'the answer to a cancellation is lost',
    about: 'compensationFailed',
    model: undo,
    given: () => partyWith([failing, { at: 'Hall:v1/book', call: 'compensate', fault: 'apply-then-drop' }], undoes),
    expected: inBoth(takenBack('the same key may be sent again', gone)),
  },
  {
    name: 'a worker dies when it has canceled',
    about: 'compensationFailed',
    model: undo,
    given: () => partyWith([failing, { at: 'Hall:v1/book', call: 'compensate', fault: 'crash-after-send' }], undoes),
    expected: inBoth(takenBack('the same key may be sent again', gone)),
  },
  {
    name: 'a stall takes nothing back',
    about: 'compensationFailed',
    model: undo,
    given: (market) => {
      market.keeps.add('food');
      return partyWith([failing], undoes);
    },
    expected: inBoth(
      person('the stall says no, and the hall waits for it', {
        ...{
          kind: 'failure',
          stepId: 'undo:food',
          class: 'compensationFailed',
          says: "effects of 'hall'",
          attempts: 5,
        },
        book: { hall: 'kept', food: 'kept' },
      }),
    ),
  },
  {
    name: 'a taxi is canceled, and the answer is lost',
    about: 'compensationFailed',
    model: undo,
    given: (market) => {
      market.renamed.set('stable', 'barn');
      return steps(
        [get('hall'), get('taxi'), get('food', { input: { item: 'stable' } })],
        [{ at: 'Taxi:v1/call', call: 'compensate', fault: 'apply-then-drop' }],
        undoes,
      );
    },
    expected: inBoth(
      person('nobody can know whether it is canceled', {
        ...{ kind: 'inDoubt', stepId: 'undo:taxi', class: 'inDoubt', says: "effects of 'hall'", attempts: 1 },
        book: { hall: 'kept', taxi: 'undone' },
      }),
    ),
  },
  {
    name: 'the ledger does not answer to three writes',
    about: 'storeUnavailable',
    given: () => partyWith([{ store: 'ledger', method: 'write', after: 1, calls: 3 }]),
    expected: inBoth(mended('nothing was sent, or the ledger knows how to settle it', allKept)),
  },
  {
    name: 'the table of runs does not answer to a few calls, and an execution dies of it',
    about: 'storeUnavailable',
    given: () => partyWith([{ store: 'runs', after: 2, calls: 3 }]),
    expected: inBoth(mended('the run is restarted from the table', allKept)),
  },
  {
    name: 'the table of runs does not answer for so long that no restart gets further',
    about: 'storeUnavailable',
    given: () => partyWith([{ store: 'runs', after: 2, calls: 100_000 }]),
    expected: inBoth(
      person('whoever runs the platform has to look', { kind: 'deadRun', says: 'did not answer', book: {} }),
    ),
  },
  {
    name: 'the store of a skill does not answer once',
    about: 'storeUnavailable',
    given: () => steps([get('notes'), get('hall')], [{ store: 'documents', calls: 1 }]),
    expected: inBoth(mended('a note is written once however often it is written', { hall: 'kept' })),
  },
];
