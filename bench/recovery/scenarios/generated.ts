import type { FailureClass } from '../../../core/model/failure.ts';
import { sha256 } from '../../../core/model/json.ts';
import type { ActionFaultKind, Fault } from '../../../testing/index.ts';
import type { Expected, InBook, Scenario } from '../scenario.ts';
import { inBoth, mended, person } from '../scenario.ts';
import { get } from '../stalls.ts';
import { allKept, partyWith, steps } from './party.ts';

/** A fault, and what is known outside when it has struck once. */
interface Strike {
  readonly fault: ActionFaultKind;
  readonly class: FailureClass;
  /** Whether anybody can tell from outside that nothing was done. */
  readonly harmless: boolean;
  readonly applied: boolean;
}

const strikes: readonly Strike[] = [
  { fault: { status: 429, retryAfterSeconds: 90 }, class: 'throttled', harmless: true, applied: false },
  { fault: { status: 503, retryAfterSeconds: 30 }, class: 'throttled', harmless: true, applied: false },
  { fault: { connection: 'refused' }, class: 'transient', harmless: true, applied: false },
  { fault: { connection: 'reset' }, class: 'transient', harmless: false, applied: false },
  { fault: { connection: 'dropped' }, class: 'transient', harmless: false, applied: true },
  { fault: { status: 500 }, class: 'transient', harmless: false, applied: false },
  { fault: { status: 502, applied: true }, class: 'transient', harmless: false, applied: true },
  { fault: 'hang', class: 'timeout', harmless: false, applied: false },
  { fault: 'apply-then-drop', class: 'transient', harmless: false, applied: true },
  { fault: 'crash-before-send', class: 'inDoubt', harmless: false, applied: false },
  { fault: 'crash-after-send', class: 'inDoubt', harmless: false, applied: true },
];

/** Numbers that a seed and a name always give. */
function dice(seed: number, name: string): (sides: number) => number {
  let thrown = 0;
  return (sides) => {
    thrown += 1;
    return Number.parseInt(sha256(`${seed}|${name}|${thrown}`).slice(0, 12), 16) % sides;
  };
}

function drawn<One>(list: readonly One[], throwDice: (sides: number) => number): One {
  const one = list[throwDice(list.length)];
  if (one === undefined) throw new Error('There is nothing to draw from.');
  return one;
}

/** A party at which something strikes hall, food and taxi. */
function struckParty(seed: number, number: number): Scenario {
  const throwDice = dice(seed, `party ${number}`);
  const [hall, food, taxi] = [drawn(strikes, throwDice), drawn(strikes, throwDice), drawn(strikes, throwDice)];
  const slowTable: Fault = { store: 'runs', after: throwDice(8), calls: 1 + throwDice(2), optional: true };
  const faults: Fault[] = [
    { at: 'Hall:v1/book', fault: hall.fault },
    { at: 'Food:v1/order', fault: food.fault },
    { at: 'Taxi:v1/call', fault: taxi.fault },
    slowTable,
  ];
  return {
    ...{ name: `seed ${seed}, party ${number}: ${[hall, food, taxi].map(({ fault }) => inWords(fault)).join(', ')}` },
    ...{ about: taxi.harmless ? hall.class : 'inDoubt', seed },
    given: () => partyWith(faults, { seed: `${seed}.${number}` }),
    expected: inBoth(expectedOf(taxi)),
  };
}

/** A hall and food can be settled whatever strikes them once; a taxi only when it is plain that none was called. */
function expectedOf(taxi: Strike): Expected {
  if (taxi.harmless) return mended('all of it can be settled', allKept);
  const book: Record<string, InBook> = { hall: 'kept', food: 'kept', ...(taxi.applied ? { taxi: 'kept' } : {}) };
  return person('nobody can know whether the taxi comes', {
    ...{ kind: 'inDoubt', stepId: 'taxi', class: 'inDoubt', says: "step 'taxi' is in doubt", attempts: 1, book },
  });
}

/** The whole platform dies twice while what can be settled is bought. */
function crashes(seed: number, number: number): Scenario {
  const throwDice = dice(seed, `crashes ${number}`);
  const faults: Fault[] = [0, 20].map((from) => ({
    crash: { at: throwDice(2) === 0 ? 'before' : 'after', call: 1 + from + throwDice(20) },
    optional: true,
  }));
  return {
    ...{ name: `seed ${seed}, crashes ${number}: the platform dies twice`, about: 'inDoubt', seed },
    given: () => steps([get('hall'), get('food')], faults, { seed: `${seed}.${number}` }),
    expected: inBoth(mended('the ledger says what may still be done', { hall: 'kept', food: 'kept' })),
  };
}

function inWords(fault: ActionFaultKind): string {
  if (typeof fault === 'string') return fault;
  if ('status' in fault) return `${fault.status}${fault.applied ? ' after it was done' : ''}`;
  return 'connection' in fault ? fault.connection : 'thrown';
}

const parties = 8;
const crashed = 4;

/** Scenarios that a seed gives, and always the same. */
export function generated(seed: number): Scenario[] {
  return [
    ...Array.from({ length: parties }, (_, index) => struckParty(seed, index + 1)),
    ...Array.from({ length: crashed }, (_, index) => crashes(seed, index + 1)),
  ];
}
