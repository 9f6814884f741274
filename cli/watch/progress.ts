import type { RunView } from '../../core/contract/api.ts';
import type { Safe } from '../escape.ts';
import { BlockProgress } from './block-progress.ts';
import { LineProgress } from './line-progress.ts';

/** Shows people how a run moves. */
export interface Progress {
  update(run: RunView): void;
  /** Something about the watching itself. */
  note(line: Safe): void;
}

/** What a progress needs of stdout or stderr. */
export interface ProgressStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** A block that is drawn again and again on a terminal, else one line for each change. */
export function progressOn(stream: ProgressStream): Progress {
  return stream.isTTY === true && process.env['TERM'] !== 'dumb'
    ? new BlockProgress(stream, Date.now)
    : new LineProgress(stream, Date.now);
}
