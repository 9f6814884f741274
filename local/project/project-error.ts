import { describeProblem } from '../../core/sdk/definition-error.ts';
import type { DefinitionProblem } from '../../core/sdk/definition-error.ts';

/** One thing that is wrong with a project: in which file, what, what was given, what is allowed, what to do. */
export interface ProjectProblem extends DefinitionProblem {
  /** Relative to the project's folder; `.` is the folder itself. */
  readonly file: string;
}

/** Lists everything that keeps a project from being loaded. */
export class ProjectError extends Error {
  readonly directory: string;
  readonly problems: readonly ProjectProblem[];

  constructor(directory: string, problems: readonly ProjectProblem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super([`The project in ${directory} cannot be loaded (${count}):`, ...byFile(problems)].join('\n'));
    this.name = 'ProjectError';
    this.directory = directory;
    this.problems = problems;
  }
}

function byFile(problems: readonly ProjectProblem[]): string[] {
  const lines = new Map<string, string[]>();
  for (const problem of problems) {
    const known = lines.get(problem.file);
    if (known) known.push(`    - ${describeProblem(problem)}`);
    else lines.set(problem.file, [`    - ${describeProblem(problem)}`]);
  }
  return [...lines].flatMap(([file, own]) => [`  ${file}`, ...own]);
}
