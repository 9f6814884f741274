import type { RunView, StepView } from '../../core/contract/api.ts';
import { safe } from '../escape.ts';
import type { Safe } from '../escape.ts';
import { isOver, runLine, stepLine } from './line-progress.ts';
import type { Progress, ProgressStream } from './progress.ts';

const eraseBelow = '\u001b[0J';
const lineUp = (count: number): string => (count === 0 ? '' : `\u001b[${count}A\r`);
/** While wrapping is off, a line of the block takes one line of the terminal, however wide its characters are. */
const wrapOff = '\u001b[?7l';
const wrapOn = '\u001b[?7h';
/** Also for a terminal that calls itself 0 rows high. */
const fallbackRows = 24;
/** Room for the command line, the run's own line, the line of what is left out, and the cursor. */
const otherRows = 4;

/** A block with one line for each step, drawn again in its place. */
export class BlockProgress implements Progress {
  readonly #stream: ProgressStream;
  readonly #nowMs: () => number;
  readonly #startedAtMs: number;
  #drawnRows = 0;

  constructor(stream: ProgressStream, nowMs: () => number) {
    this.#stream = stream;
    this.#nowMs = nowMs;
    this.#startedAtMs = nowMs();
  }

  /** Stays above the block. */
  note(line: Safe): void {
    this.#stream.write(`${lineUp(this.#drawnRows)}${eraseBelow}${line.text}\n`);
    this.#drawnRows = 0;
  }

  update(run: RunView): void {
    const room = Math.max((this.#stream.rows || fallbackRows) - otherRows, 1);
    const steps = mostTelling(run.steps.window, room);
    const elapsed = ((this.#nowMs() - this.#startedAtMs) / 1_000).toFixed(1);
    const lines = [
      safe`${runLine(run, this.#stream)}  ${run.steps.over} of ${run.steps.total} steps over, ${elapsed} s`,
      ...steps.map((step) => safe`  ${stepLine(step, this.#stream)}`),
    ];
    const hidden = run.steps.window.length - steps.length;
    if (hidden > 0) lines.push(safe`  … and ${hidden} more steps`);
    const text = lines.map((line) => `${line.text}\n`).join('');
    this.#stream.write(`${wrapOff}${lineUp(this.#drawnRows)}${eraseBelow}${text}${wrapOn}`);
    this.#drawnRows = lines.length;
  }
}

/** As many steps as there is room for, in plan order: first those that move or went wrong, then what is to come. */
function mostTelling(steps: readonly StepView[], room: number): StepView[] {
  if (steps.length <= room) return [...steps];
  const rank = ({ status }: StepView): number => (isOver(status) ? 2 : status === 'pending' ? 1 : 0);
  const chosen = new Set(steps.toSorted((a, b) => rank(a) - rank(b)).slice(0, room));
  return steps.filter((step) => chosen.has(step));
}
