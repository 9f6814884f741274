import type { PolicyProblem } from '../../model/policy.ts';

/** Policies that cannot be used. Lists every problem with its file and line. */
export class PolicyError extends Error {
  readonly problems: readonly PolicyProblem[];

  constructor(problems: readonly PolicyProblem[]) {
    const lines = problems.map(({ file, line, message }) => `  - ${file}:${line} ${message}`);
    super(['The policies cannot be used:', ...lines].join('\n'));
    this.name = 'PolicyError';
    this.problems = problems;
  }
}
