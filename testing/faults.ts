import type { Duration } from '../core/model/duration.ts';
import type { Json } from '../core/model/json.ts';
import type { CallKind } from './invocation.ts';

/** What goes wrong with one call of an action. */
export type ActionFaultKind =
  /** Never answers: its timeout ends it. The code of the action is not called. */
  | 'hang'
  /** The action does its work, and its answer is lost: nobody knows whether it took effect. */
  | 'apply-then-drop'
  /** The worker dies before the action has done anything. */
  | 'crash-before-send'
  /** The worker dies when the action has done its work, before that is on record. */
  | 'crash-after-send'
  /** The action does its work, and answers what does not fit its output schema. */
  | 'wrong-output'
  /** Throws this instead of doing anything: an ActionError, or anything else. A function makes one for each call. */
  | { readonly throw: unknown }
  /** The action does its work, and this is its answer, whether or not it fits the schema. */
  | { readonly output: Json }
  /**
   * A request of the action through `context.fetch` is answered with this. It does not reach the service, unless
   * `applied` says so.
   */
  | {
      readonly status: number;
      readonly retryAfterSeconds?: number;
      readonly body?: Json;
      readonly applied?: boolean;
      /** Which request of the call, from 1; the first when left out. */
      readonly request?: number;
    }
  /** A request of the action: `refused` never connects, `reset` breaks before the service has read it, `dropped` after it did. */
  | { readonly connection: 'refused' | 'reset' | 'dropped'; readonly request?: number };

interface AnyFault {
  /** It need not apply: said of faults that are generated. Expectations refuse a result in which another one never applied. */
  readonly optional?: true;
}

export interface ActionFault extends AnyFault {
  /** `HotelBooking:v1/book`. */
  readonly at: string;
  /** Of the step, from 1; the first when left out. */
  readonly attempt?: number | readonly number[] | 'every';
  /** Only of this step; of every step of the action when left out. */
  readonly stepId?: string;
  /** Which code of the action; `run` when left out. */
  readonly call?: CallKind;
  /** At most so often; no limit when left out. */
  readonly times?: number;
  readonly fault: ActionFaultKind;
}

/** A dependency cannot be reached for a span of virtual time. */
export interface OutageFault extends AnyFault {
  /** What a skill names as its `dependency`, or the id of a skill that names none: `HotelBooking:v1`. */
  readonly dependency: string;
  /** From the start of the run; at once when left out. */
  readonly after?: Duration;
  readonly downFor: Duration;
}

/** Stores of the platform that can fail. */
export const failingStores = ['runs', 'ledger', 'blobs', 'documents', 'breakers', 'spend'] as const;

/** The table does not answer to so many calls of the platform's functions. */
export interface StoreFault extends AnyFault {
  readonly store: (typeof failingStores)[number];
  readonly calls: number;
  /** Calls that go well before; 0 when left out. */
  readonly after?: number;
  /** Only calls of this method, such as `write`. */
  readonly method?: string;
}

/** The whole process dies at one of its calls of the stores and the network, and is started again. */
export interface CrashFault extends AnyFault {
  readonly crash: {
    readonly at: 'before' | 'after';
    /** From 1. */
    readonly call: number;
  };
}

export type Fault = ActionFault | OutageFault | StoreFault | CrashFault;
