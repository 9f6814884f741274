import type { LedgerItem } from '../../core/model/effect.ts';
import type { FinalRunStatus, RunHead } from '../../core/model/run.ts';

/** How many of each there are. */
export interface Bookings {
  readonly flights: number;
  readonly hotels: number;
  readonly cars: number;
}

export interface Verdict {
  readonly lost: number;
  readonly duplicate: number;
  readonly failedButDone: number;
  readonly doneButNot: number;
  readonly needlessDoubt: number;
}

/** What a run has to come to. */
export interface Expected {
  readonly ends: FinalRunStatus;
  /** What is booked, and not canceled, once it has ended. */
  readonly books: Bookings;
  /** Runs that it begins. */
  readonly begins: number;
}

/** What there is when the run rests. */
export interface Found {
  readonly head: RunHead | undefined;
  readonly items: readonly LedgerItem[];
  readonly booked: Bookings;
  readonly canceled: Bookings;
  /** Runs that the run has begun. */
  readonly begun: number;
}

const services = ['flights', 'hotels', 'cars'] as const;
const serviceOf = { FlightBooking: 'flights', HotelBooking: 'hotels', CarDesk: 'cars' } as const;
const effects = new Set(['FlightBooking:v1', 'HotelBooking:v1', 'CarDesk:v1']);
const innocent: Verdict = { lost: 0, duplicate: 0, failedButDone: 0, doneButNot: 0, needlessDoubt: 0 };

/** The oracle: the provider's own book against what the ledger and the head say. */
export function judge(
  expected: Expected,
  { head, items, booked, canceled, begun }: Found,
  crashed: boolean,
): { readonly verdict: Verdict; readonly what: string | undefined } {
  const found: { kind: keyof Verdict; what: string }[] = [];
  const add = (kind: keyof Verdict, what: string): void => {
    found.push({ kind, what });
  };
  if (!head) add('lost', 'the run neither ended nor came to rest with a person');
  for (const service of services) {
    if (booked[service] > 1) add('duplicate', `${booked[service]} ${service} were booked`);
    if (canceled[service] > 1) add('duplicate', `${canceled[service]} ${service} were canceled`);
  }
  if (begun > expected.begins) add('duplicate', `${begun} runs were begun`);
  for (const item of items.filter(({ skill, stepId }) => effects.has(skill) && !stepId.includes('search'))) {
    const name = item.skill.split(':')[0] as keyof typeof serviceOf;
    const isUndo = item.direction === 'C';
    const count = (isUndo ? canceled : booked)[serviceOf[name]];
    const what = `${item.skill} ${isUndo ? 'undone' : 'done'}`;
    if (item.status === 'FAILED' && count > 0) add('failedButDone', `${what} is reported failed, and happened`);
    if (item.status === 'DONE' && count === 0) add('doneButNot', `${what} is reported, and did not happen`);
    if (item.status === 'IN_DOUBT' && (name !== 'CarDesk' || !crashed)) add('needlessDoubt', `${what} is in doubt`);
  }
  const inDoubt = items.some(({ status }) => status === 'IN_DOUBT');
  if (head?.status === expected.ends) {
    const left = services.filter((one) => booked[one] - canceled[one] !== expected.books[one]);
    if (left.length > 0 || inDoubt) {
      add('doneButNot', `the run is ${head.status} with ${JSON.stringify({ booked, canceled, inDoubt })}`);
    }
  } else if (head && !inDoubt) {
    const why = head.waitingFor ? ` (${head.waitingFor.reason})` : '';
    add('lost', `the run rests as ${head.status}${why} with nothing in doubt`);
  }
  const verdict = { ...innocent };
  for (const { kind } of found) (verdict as Record<keyof Verdict, number>)[kind] += 1;
  return { verdict, what: found.length === 0 ? undefined : found.map(({ what }) => what).join('; ') };
}
