import type { RunView, StepView } from '../../core/contract/api.ts';
import { Safe, safe } from '../escape.ts';
import { exitCodeOf, stepStyles, styledRunStatus } from '../outcome.ts';
import type { Progress, ProgressStream } from './progress.ts';

/** One line for each thing that changed, for logs and pipes. */
export class LineProgress implements Progress {
  readonly #stream: ProgressStream;
  readonly #nowMs: () => number;
  readonly #startedAtMs: number;
  #run = '';
  /** What was last told of each step of the window. */
  #steps = new Map<string, string>();
  #over = 0;

  constructor(stream: ProgressStream, nowMs: () => number) {
    this.#stream = stream;
    this.#nowMs = nowMs;
    this.#startedAtMs = nowMs();
  }

  note(line: Safe): void {
    const elapsed = ((this.#nowMs() - this.#startedAtMs) / 1_000).toFixed(1).padStart(6);
    this.#stream.write(safe`${Safe.styled('dim', `${elapsed} s`, this.#stream)}  ${line}\n`.text);
  }

  update(run: RunView): void {
    const isEnd = exitCodeOf(run) !== undefined;
    if (!isEnd) this.#noteRun(run);
    const told = new Map<string, string>();
    for (const step of run.steps.window) {
      const text = JSON.stringify([step.status, step.attempts, step.failure]);
      told.set(step.id, text);
      // A step that waits for its turn is no news, unless it has been tried.
      if (this.#steps.get(step.id) === text || isUntouched(step)) continue;
      this.note(stepLine(step, this.#stream));
    }
    this.#noteUnseen(run, told);
    this.#steps = told;
    this.#over = run.steps.over;
    if (isEnd) this.#noteRun(run);
  }

  #noteRun(run: RunView): void {
    const state = JSON.stringify([run.status, run.waitingFor, run.cancelRequested]);
    if (state !== this.#run) this.note(runLine(run, this.#stream));
    this.#run = state;
  }

  /** Steps that came, ended and left the window between two looks. */
  #noteUnseen(run: RunView, window: ReadonlyMap<string, string>): void {
    const before = this.#steps;
    const seen = run.steps.window.filter(
      ({ id, status }) => isOver(status) && window.get(id) !== before.get(id),
    ).length;
    const unseen = run.steps.over - this.#over - seen;
    if (unseen > 0) this.note(safe`${unseen} more steps over (${run.steps.over} of ${run.steps.total} planned)`);
  }
}

export function isOver(status: StepView['status']): boolean {
  return status === 'completed' || status === 'skipped' || status === 'compensated';
}

function isUntouched(step: StepView): boolean {
  return step.status === 'pending' && step.attempts === 0 && step.failure === undefined;
}

/** A step in one line: where it stands, how often it was tried, and what went wrong last. */
export function stepLine(step: StepView, stream: ProgressStream): Safe {
  const status = Safe.styled(stepStyles[step.status], step.status.padEnd(9), stream);
  const run = step.runId === undefined ? '' : ` (${step.runId})`;
  const attempts = step.attempts > 1 ? `, attempt ${step.attempts}` : '';
  const failure = step.failure === undefined ? '' : `: ${step.failure.class}: ${step.failure.message}`;
  return safe`${status}  ${Safe.styled('bold', step.id, stream)}  ${step.skill}/${step.action}${run}${attempts}${failure}`;
}

/** The run in one line: where it stands and what it waits for. */
export function runLine(run: RunView, stream: ProgressStream): Safe {
  const waits = run.waitingFor === undefined ? '' : `: ${run.waitingFor.reason}`;
  const until = run.waitingFor?.kind === 'time' ? ` (until ${run.waitingFor.until})` : '';
  const cancel = run.cancelRequested === undefined || run.ending !== undefined ? '' : ', cancel requested';
  return safe`${styledRunStatus(run.status, stream)}  ${Safe.styled('bold', run.runId, stream)}  ${run.agent}${waits}${until}${cancel}`;
}
