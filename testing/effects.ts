import type { Effect } from '../core/model/effect.ts';
import type { InboxNotification } from '../core/model/inbox-notification.ts';
import type { Json } from '../core/model/json.ts';
import type { CallKind } from './invocation.ts';

/** A call of the code of an action that was made. Calls that a fault kept from being made are not among them. */
export interface EffectCall {
  /** From 1, over the whole test. */
  readonly order: number;
  readonly runId: string;
  readonly stepId: string;
  /** `HotelBooking:v1/book`. */
  readonly action: string;
  readonly call: CallKind;
  /** How the effect can be settled after a crash: P, K, Q or N. */
  readonly effectClass: Effect['class'];
  readonly effectKey: string;
  readonly attempt: number;
  readonly arguments: Json;
  /** Of the virtual clock, in milliseconds since the start of the run. */
  readonly atMs: number;
  /** Whether it took effect, as far as its code has said. `unknown` also while it has not ended. */
  readonly applied: 'yes' | 'no' | 'unknown';
  /** What it answered. */
  readonly output?: Json;
  /** What it threw, in words. */
  readonly error?: string;
}

/** Something that happened. Names are `<noun>.<verb>`. */
export interface RunEvent {
  /** Of the virtual clock, in milliseconds since the start of the run. */
  readonly atMs: number;
  readonly name:
    | 'run.started'
    | 'run.decided'
    | 'run.ended'
    | 'step.dispatched'
    | 'step.answered'
    | 'action.called'
    | 'fault.applied'
    | 'escalation.opened'
    | 'escalation.answered'
    | 'escalation.reminded'
    | 'escalation.handedOver'
    | 'escalation.lapsed'
    | 'model.asked'
    | 'process.crashed'
    | 'breaker.unrecorded'
    | 'execution.died';
  readonly runId: string;
  readonly stepId?: string;
  /** In words. */
  readonly what: string;
}

/** What happens in one test, in order. */
export class Chronicle {
  readonly events: RunEvent[] = [];
  readonly #effects: EffectCall[] = [];
  readonly #clock: { readonly now: () => number; readonly startMs: number };

  constructor(clock: { readonly now: () => number; readonly startMs: number }) {
    this.#clock = clock;
  }

  get sinceStartMs(): number {
    return this.#clock.now() - this.#clock.startMs;
  }

  get effects(): readonly EffectCall[] {
    return this.#effects;
  }

  tell(name: RunEvent['name'], where: { readonly runId: string; readonly stepId?: string }, what: string): void {
    const { runId, stepId } = where;
    this.events.push({ atMs: this.sinceStartMs, name, runId, ...(stepId === undefined ? {} : { stepId }), what });
  }

  /** Notes what people are told of an inbox item, besides that it was opened. */
  notified({ event, kind, assignedTo, ...where }: InboxNotification): void {
    if (event === 'opened') return;
    this.tell(`escalation.${event}`, where, assignedTo === undefined ? kind : `${kind}, for ${assignedTo}`);
  }

  /** Notes a call; the function returned says how it ended. */
  called(
    call: Omit<EffectCall, 'order' | 'atMs' | 'applied'>,
  ): (ending: Pick<EffectCall, 'applied' | 'output' | 'error'>) => void {
    const index = this.#effects.length;
    const begun: EffectCall = { ...call, order: index + 1, atMs: this.sinceStartMs, applied: 'unknown' };
    this.#effects.push(begun);
    return (ending) => {
      this.#effects[index] = { ...begun, ...ending };
    };
  }
}
