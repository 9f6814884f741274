import type { LedgerItem } from '../../core/model/effect.ts';
import { humanResolutionOf } from '../../core/model/human-resolution.ts';
import { modelSkillId } from '../../core/model/model-step.ts';
import { isFinal } from '../../core/model/run.ts';
import type { RunHead } from '../../core/model/run.ts';
import type { Bookings, Scenario } from './scenario.ts';

/** How often each promise was broken. */
export interface Verdict {
  readonly lost: number;
  readonly duplicate: number;
  readonly failedButDone: number;
  readonly doneButNot: number;
  readonly needlessDoubt: number;
}
export const promises = ['lost', 'duplicate', 'failedButDone', 'doneButNot', 'needlessDoubt'] as const;

const innocent: Verdict = { lost: 0, duplicate: 0, failedButDone: 0, doneButNot: 0, needlessDoubt: 0 };
const services = ['flights', 'hotels', 'cars'] as const;
const serviceOf = { FlightBooking: 'flights', HotelBooking: 'hotels', CarDesk: 'cars' } as const;

/** What there is when the run rests. */
export interface Found {
  readonly head: RunHead | undefined;
  readonly items: readonly LedgerItem[];
  readonly booked: Bookings;
  /** How many cancellations there were. */
  readonly canceled: Bookings;
  /** Runs that the run has begun. */
  readonly begun: number;
  /** Inbox items of the run that nobody has closed. */
  readonly asks: number;
}

/** The oracle: the provider's own book against what the ledger and the head say. */
export function judge(
  scenario: Scenario,
  { head, items, booked, canceled, begun, asks }: Found,
  crashed: boolean,
): { readonly verdict: Verdict; readonly what: string | undefined } {
  const found: { readonly kind: keyof Verdict; readonly what: string }[] = [];
  const add = (kind: keyof Verdict, what: string): void => {
    found.push({ kind, what });
  };
  if (!head) add('lost', 'the run neither ended nor came to rest with a person');
  for (const [service, count] of Object.entries(booked))
    if (count > 1) add('duplicate', `${count} ${service} were booked`);
  if (begun > scenario.begins) add('duplicate', `${begun} runs were begun`);
  for (const [service, count] of Object.entries(canceled))
    if (count > 1) add('duplicate', `${count} ${service} were canceled`);
  const isOver = head !== undefined && isFinal(head.status);
  if (isOver && asks > 0) add('lost', `the run is over, and ${asks} of its inbox items are open`);
  const forward = items.filter(({ direction }) => direction === 'F');
  const undo = items.filter(({ direction }) => direction === 'C');
  for (const service of services) {
    judgeEffects(service, forward, booked[service], scenario, crashed, isOver, add);
    judgeEffects(service, undo, canceled[service], scenario, crashed, isOver, add);
  }
  if (isOver && head.compensation && services.some((one) => booked[one] !== canceled[one])) {
    add('lost', `the run was taken back with ${JSON.stringify({ booked, canceled })}`);
  }
  if (head?.status === 'completed' && services.some((one) => booked[one] !== scenario.books[one])) {
    add('doneButNot', `the run completed with ${JSON.stringify(booked)}`);
  }
  for (const purpose of scenario.asks ?? []) {
    const asked = items.some(
      ({ skill, stepId, status }) => skill === modelSkillId && stepId.startsWith(`${purpose}-`) && status === 'DONE',
    );
    if (head && !asked) add('lost', `no model has answered to '${purpose}'`);
  }
  const ends: readonly string[] = scenario.ends ?? ['completed'];
  // Without a person, a doubt is where a run has to rest.
  const mayRest = !scenario.person && items.some(({ status }) => status === 'IN_DOUBT');
  if (head && !ends.includes(head.status) && !mayRest) {
    const why = head.waitingFor ? ` (${head.waitingFor.reason})` : '';
    add('lost', `the run rests as ${head.status}${why}, and not as ${ends.join(' or ')}`);
  }
  const verdict: Record<keyof Verdict, number> = { ...innocent };
  for (const { kind } of found) verdict[kind] += 1;
  return { verdict, what: found.length === 0 ? undefined : found.map(({ what }) => what).join('; ') };
}

/** A step may be planned anew under another id, so the items of a service are looked at together. */
function judgeEffects(
  service: keyof Bookings,
  items: readonly LedgerItem[],
  booked: number,
  scenario: Scenario,
  crashed: boolean,
  isOver: boolean,
  add: (kind: keyof Verdict, what: string) => void,
): void {
  const own = items.filter(({ skill, stepId }) => {
    const [name = ''] = skill.split(':');
    return (
      Object.hasOwn(serviceOf, name) &&
      serviceOf[name as keyof typeof serviceOf] === service &&
      !stepId.includes('search')
    );
  });
  const isByHand = (item: LedgerItem): boolean => scenario.byHand === service && humanResolutionOf(item) !== undefined;
  const done = own.filter((item) => item.status === 'DONE' && !isByHand(item)).length;
  const open = own.filter(({ status }) => status !== 'DONE' && status !== 'FAILED' && status !== 'CANCELED');
  const doubtful = open.filter(({ status }) => status === 'IN_DOUBT').length;
  if (done > booked) add('doneButNot', `${service}: ${done} are reported done, and ${booked} are booked`);
  if (booked > done && open.length === 0 && own.length > 0) {
    add('failedButDone', `${service}: ${booked} are booked, and ${done} are reported done`);
  }
  if (isOver && open.length > 0) add('lost', `${service}: the run is over, and ${open.length} still open`);
  if (booked > 0 && own.length === 0)
    add('failedButDone', `${service}: ${booked} are booked, and nothing is on record`);
  if (doubtful > 0 && (scenario.person || service !== 'cars' || !crashed)) {
    add('needlessDoubt', `${service}: ${doubtful} in doubt`);
  }
}
