import type { ResolveRequest } from '../../core/contract/api.ts';
import type { DistributiveOmit } from '../../core/model/distributive-omit.ts';
import type { Escalation, EscalationKind } from '../../core/model/escalation.ts';
import type { Counter } from '../../examples/travel-provider/book-of-record.ts';
import type { FinalRunStatus } from '../../core/model/run.ts';

/** How many of each the provider's book of record holds. */
export interface Bookings {
  readonly flights: number;
  readonly hotels: number;
  readonly cars: number;
}
export type Service = keyof Bookings;

/** What a person does about an inbox item of each kind; about those that are left out, nothing: the run rests. */
export type Person = Readonly<Partial<Record<EscalationKind, Deed>>>;

/** `attest`: says what the provider's book says. `takeBack`: cancels with compensation. Or what a person makes of an item. */
export type Deed = SimpleDeed | ((item: Escalation) => SimpleDeed | Decision);
type SimpleDeed = 'attest' | 'approve' | 'reject' | 'resume' | 'cancel' | 'takeBack';
export type Decision = DistributiveOmit<ResolveRequest, 'reason'>;

/** Someone who answers inbox items truthfully and sets going again whatever stopped. */
export const helpfulPerson: Person = { inDoubt: 'attest', failure: 'resume', deadRun: 'resume', approval: 'approve' };

/** What the campaign is about: a run, how the world behaves around it, and what may come of it. */
export interface Scenario {
  readonly name: string;
  readonly agent: string;
  /** With neither, the input of the trip and a goal. */
  readonly playbook?: string;
  readonly goal?: string;
  /** The most runs that the run may begin. */
  readonly begins: number;
  /** What is booked when the run is completed. */
  readonly books: Bookings;
  /** Of the provider, set before the run begins. */
  readonly faults: readonly { readonly service: Counter; readonly fault: string; readonly times: number }[];
  /** Answers of the provider in place of its own, for the first requests of a service: 429 with Retry-After. */
  readonly busy?: { readonly service: Service; readonly times: number; readonly retryAfterSeconds: number };
  /** The first request to this service makes somebody ask for the end of the run, before it is answered. */
  readonly canceledAt?: Service;
  /** And the effects of the run are to be undone. */
  readonly takesBack?: true;
  /** Left out: nobody looks into the inbox. */
  readonly person?: Person;
  /** What a person has to be asked, so that the scenario is about what they decide. */
  readonly decides?: readonly EscalationKind[];
  /** What a person says was booked elsewhere, so that it is not in the provider's book. */
  readonly byHand?: Service;
  /** What a model answers, as JSON. It keeps nothing in mind: a process that has died may ask it again. */
  readonly model?: (purpose: string, prompt: string) => object;
  /** What a model has to be asked for, so that the scenario is about what it says: `plan`, `revise`, `diagnose`. */
  readonly asks?: readonly string[];
  /** How the run may end. Left out: completed. */
  readonly ends?: readonly FinalRunStatus[];
}
