import type { ProblemDocument } from '../core/contract/problems.ts';

/** What the process tells its caller (DESIGN section 12). */
export const exitCodes = {
  completed: 0,
  /** The run failed, declined or was canceled; or something broke on our side. */
  failed: 1,
  /** Wrong use of the command, or an input that the platform rejected. */
  rejected: 2,
  /** The run waits for a person. */
  waiting: 3,
  unreachable: 4,
  /** Ctrl-C, as shells report it. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command: what was wrong, what to do, and the exit code. Texts are escaped where they are printed. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  /** Shown below the message, one line each. */
  readonly details: readonly string[];
  readonly problem: ProblemDocument | undefined;

  constructor(
    exitCode: ExitCode,
    message: string,
    options: { details?: readonly string[]; problem?: ProblemDocument; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.details = options.details ?? [];
    this.problem = options.problem;
  }
}

/** Why there is no answer: nothing was sent; it may have been received; it was refused for now; something else answers. */
type NoAnswer = 'refused' | 'lost' | 'unavailable' | 'strange';

/** The platform did not answer, or what answered is not one. */
export class Unreachable extends CliError {
  readonly reason: NoAnswer;

  constructor(reason: NoAnswer, message: string, options: ConstructorParameters<typeof CliError>[2] = {}) {
    super(exitCodes.unreachable, message, options);
    this.name = 'Unreachable';
    this.reason = reason;
  }
}

/** Wrong use of a command. */
export function usageError(message: string, cause?: unknown): CliError {
  return new CliError(exitCodes.rejected, message, { cause });
}

/** Turns a problem answer of the API into the error that ends the command. */
export function problemError(problem: ProblemDocument): CliError {
  const items = (problem.problems ?? []).map(({ code, stepId, path, message }) => {
    const where = [stepId === undefined ? undefined : `step ${stepId}`, path].filter((part) => part !== undefined);
    return `- ${code === undefined ? '' : `${code}: `}${where.length === 0 ? '' : `${where.join(', ')}: `}${message}`;
  });
  const hint = hints[problem.code];
  const options = {
    problem,
    details: [...items, ...(hint === undefined ? [] : [hint]), `See docs/errors/${problem.code}.md`],
  };
  const message = `${problem.code}: ${problem.detail}`;
  if (problem.status === 503) return new Unreachable('unavailable', message, options);
  return new CliError(problem.status >= 500 ? exitCodes.failed : exitCodes.rejected, message, options);
}

const hints: Partial<Record<ProblemDocument['code'], string>> = {
  unauthenticated:
    'Set HOLDFAST_TOKEN to a valid token; for a local platform unset it, or name the data directory of that platform with --data.',
  'insufficient-scope': "Use a token with the scope that is missing; locally: holdfast token --scopes '…'.",
  'unknown-run': "'holdfast runs' lists the runs of your tenant.",
  'unknown-agent': "'holdfast agents' lists the agents.",
  'unknown-playbook': "'holdfast agents' lists the playbooks of each agent.",
  'unknown-skill': "'holdfast skills' lists the skills.",
};
