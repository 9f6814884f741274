import type { EscalationKind } from '../../core/model/escalation.ts';
import type { FailureClass } from '../../core/model/failure.ts';
import type { Tried } from '../../core/model/recovery.ts';
import type { FakeBehaviour } from '../../test/fixtures/fake-models.ts';
import type { AgentRun } from '../../testing/index.ts';
import type { Market } from './market.ts';

/** `rules`: the platform without a model. `model`: with one that diagnoses, asked over HTTP. */
export const modes = ['rules', 'model'] as const;
export type Mode = (typeof modes)[number];

/** What the book of the market says of one wish: one order, one that was canceled once, or none. A number: so many orders. */
export type InBook = 'kept' | 'undone' | 'absent' | number;

interface AnyExpected {
  /** Why a careful engineer expects that. */
  readonly because: string;
  /** By wish. Wishes that are not named are absent. */
  readonly book: Readonly<Record<string, InBook>>;
}

/** Expected to be mended without a person. */
export interface Recoverable extends AnyExpected {
  readonly recoverable: true;
  /** `takenBack`: what was done is undone, and the run has failed and says why. */
  readonly ends: 'completed' | 'takenBack';
}

/** A person has to decide: here is what they have to be told. */
export interface PersonDecides extends AnyExpected {
  readonly recoverable: false;
  readonly kind: EscalationKind;
  /** Left out where it is about no step. */
  readonly stepId?: string;
  readonly class?: FailureClass;
  /** What the reason has to hold, in any case. */
  readonly says: string;
  /** What recovery has decided before, oldest first; none when left out. */
  readonly tried?: readonly Tried['decision'][];
  /** Sends that the item or its run has to tell of, at least; 0 when left out. */
  readonly attempts?: number;
}

export type Expected = Recoverable | PersonDecides;

/** What a model is asked. */
export interface Question {
  readonly purpose: string;
  readonly model: string;
  readonly prompt: string;
  /** From 1, of this purpose in this run. */
  readonly call: number;
}

export interface Scenario {
  /** In a few words: what goes wrong. */
  readonly name: string;
  /** The class of failure that it is about. */
  readonly about: FailureClass;
  /** Of a scenario that was generated. */
  readonly seed?: number;
  /** The run, and what goes wrong; may prepare the market. */
  readonly given: (
    market: Market,
    mode: Mode,
  ) => Omit<AgentRun, 'skills' | 'http' | 'models' | 'agent'> & Partial<AgentRun>;
  /** Models that answer in mode `model`; one that always hands over to a person when left out. */
  readonly model?: (question: Question) => FakeBehaviour;
  /** Modes that are left out make no sense: without a model there is nobody to plan or to refuse. */
  readonly expected: Partial<Readonly<Record<Mode, Expected>>>;
}

/** The same is expected with and without a model. */
export function inBoth(expected: Expected): Scenario['expected'] {
  return { rules: expected, model: expected };
}

export function mended(because: string, book: Recoverable['book']): Recoverable {
  return { recoverable: true, ends: 'completed', because, book };
}

export function takenBack(because: string, book: Recoverable['book']): Recoverable {
  return { recoverable: true, ends: 'takenBack', because, book };
}

export function person(because: string, expected: Omit<PersonDecides, 'recoverable' | 'because'>): PersonDecides {
  return { recoverable: false, because, ...expected };
}

const options = [{ option: 'this', chosen: true, reason: 'it fits what is known' }];

/** A model that says this. */
export function says(answer: object): FakeBehaviour {
  return { kind: 'says', text: JSON.stringify({ reasoning: 'It fits what is known.', options, ...answer }) };
}

/** A model that has found a cause, and decides. */
export function diagnoses(decision: object): FakeBehaviour {
  return says({ cause: 'The failure says so.', ...decision });
}

export const handsOver: NonNullable<Scenario['model']> = () =>
  diagnoses({ decision: 'escalate', summary: 'Please look at the stall.' });
