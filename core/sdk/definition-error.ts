/** One thing that is wrong with a definition. */
export interface DefinitionProblem {
  /** Which member, e.g. `actions.book.effect`; empty for the definition as a whole. */
  readonly at: string;
  readonly wrong: string;
  readonly given: string;
  readonly allowed: string;
  readonly remedy: string;
}

/** Thrown by `defineSkill` and its siblings; lists everything that is wrong with one definition. */
export class DefinitionError extends Error {
  readonly problems: readonly DefinitionProblem[];

  /** @param subject what was being defined, e.g. `skill HotelBooking:v1` */
  constructor(subject: string, problems: readonly DefinitionProblem[]) {
    super(
      [`The ${subject} cannot be used:`, ...problems.map((problem) => `  - ${describeProblem(problem)}`)].join('\n'),
    );
    this.name = 'DefinitionError';
    this.problems = problems;
    Object.defineProperty(this, definitionErrorMarker, { value: true });
  }

  /** True for a DefinitionError of any copy of this package: a project may have loaded another one. */
  static isInstance(error: unknown): error is DefinitionError {
    return typeof error === 'object' && error !== null && definitionErrorMarker in error;
  }
}

const definitionErrorMarker = Symbol.for('holdfast.DefinitionError');

/** The problem in one line: what is wrong, what was given, what is allowed, what to do. */
export function describeProblem({ at, wrong, given, allowed, remedy }: DefinitionProblem): string {
  return `${at ? `${at} ` : ''}${wrong}. Given: ${given}. Allowed: ${allowed}. ${remedy}.`;
}
