import type { AgentRunResult } from '../../testing/index.ts';
import type { Played } from './play.ts';
import { missingFor } from './full-context.ts';
import type { Expected, InBook } from './scenario.ts';

/** What became of one scenario, as the market's book and the platform's own word compare. */
export interface Judgement {
  readonly verdict: 'recovered' | 'escalatedRightly' | 'escalatedNeedlessly' | 'escalatedPoorly' | 'wrong';
  /** Orders, or cancellations, beyond the one that was wanted. */
  readonly duplicateEffects: number;
  /** What the platform says was done and is not in the book, or the book has and the platform does not tell of. */
  readonly lostEffects: number;
  /** Why it is not as expected. */
  readonly why: readonly string[];
}

/** Compares what a run has come to with what was expected and with what the market knows. */
export function judge(played: Played, expected: Expected): Judgement {
  const { result } = played;
  const duplicates = duplicatesIn(played, expected);
  const lost = lostIn(played);
  const otherBook = bookProblems(played, expected);
  // A run that rests before its end has not done all that it is meant to, which says nothing of what it has done.
  const unfinished = expected.recoverable && result.status === 'escalated';
  const untrue = [...duplicates, ...lost, ...(unfinished ? [] : otherBook)];
  const counts = { duplicateEffects: duplicates.length, lostEffects: lost.length };
  if (untrue.length > 0) return { verdict: 'wrong', ...counts, why: untrue };
  if (result.status === 'escalated') {
    if (expected.recoverable) {
      const why = [`a person was asked: ${result.escalation?.reason ?? 'and not told why'}`];
      return { verdict: 'escalatedNeedlessly', ...counts, why };
    }
    const missing = missingFor(result, expected);
    return { verdict: missing.length === 0 ? 'escalatedRightly' : 'escalatedPoorly', ...counts, why: missing };
  }
  const why = endingProblems(played, expected);
  return { verdict: why.length === 0 ? 'recovered' : 'wrong', ...counts, why };
}

function endingProblems({ result, market }: Played, expected: Expected): string[] {
  const { status, run } = result;
  const ended = `the run is ${status}${run.ending === undefined ? '' : ` (${run.ending})`}`;
  if (!expected.recoverable) return [`${ended}, and a person had to decide: ${expected.because}`];
  if (expected.ends === 'takenBack') {
    return status === 'failed' && (run.ending ?? '') !== '' ? [] : [`${ended}, and was to be taken back`];
  }
  if (status !== 'completed') return [`${ended}, and was to be completed`];
  if (run.outputProblem !== undefined) return [`it is completed without its output: ${run.outputProblem}`];
  const known = new Set(market.book.filter(({ canceled }) => canceled === 0).map(({ orderId }) => orderId));
  return Object.entries((result.output ?? {}) as Record<string, unknown>).flatMap(([name, id]) =>
    typeof id === 'string' && known.has(id)
      ? []
      : [`its output '${name}' is ${JSON.stringify(id)}, and no order of the book`],
  );
}

function bookProblems({ market }: Played, expected: Expected): string[] {
  const wishes = new Set([...Object.keys(expected.book), ...market.book.map(({ wish }) => wish)]);
  return [...wishes].flatMap((wish) => {
    const found = inBook(market.of(wish).map(({ canceled }) => canceled));
    const wanted = Object.hasOwn(expected.book, wish) ? expected.book[wish] : 'absent';
    return found === wanted ? [] : [`'${wish}' is ${found} in the book, and was to be ${wanted}`];
  });
}

function inBook(cancellations: readonly number[]): InBook {
  if (cancellations.length === 0) return 'absent';
  if (cancellations.length > 1) return cancellations.length;
  return cancellations[0] === 0 ? 'kept' : 'undone';
}

function duplicatesIn({ market }: Played, expected: Expected): string[] {
  const wishes = [...new Set(market.book.map(({ wish }) => wish))];
  const orders = wishes.flatMap((wish) => {
    const wanted = expected.book[wish];
    const extra = market.of(wish).length - (typeof wanted === 'number' ? wanted : 1);
    return Array.from({ length: Math.max(0, extra) }, () => `'${wish}' was ordered once more than wanted`);
  });
  const cancellations = market.book.flatMap(({ wish, canceled }) =>
    Array.from({ length: Math.max(0, canceled - 1) }, () => `'${wish}' was canceled once more than wanted`),
  );
  return [...orders, ...cancellations];
}

/** What is said of a wish by the steps that are for it. */
function toldOf(wish: string, result: AgentRunResult): readonly string[] {
  const ids = idsFor(wish, result);
  return result.steps.filter(({ id }) => ids.has(id)).map(({ status }) => status);
}

/** What is said by those that undo it. */
function undoing(wish: string, result: AgentRunResult): readonly string[] {
  const ids = idsFor(wish, result);
  return result.run.steps.window
    .filter(({ undoes }) => undoes !== undefined && ids.has(undoes))
    .map(({ status }) => status);
}

function idsFor(wish: string, { revisions }: AgentRunResult): ReadonlySet<string> {
  const forIt = revisions.flatMap(({ steps }) =>
    steps.filter(({ input, undoes }) => undoes === undefined && input['wish'] === wish),
  );
  return new Set(forIt.map(({ id }) => id));
}

function lostIn({ result, market }: Played): string[] {
  const wishes = new Set(
    result.revisions.flatMap(({ steps }) =>
      // Notes are kept by the platform itself, and are in no book of the market.
      steps.flatMap(({ input, skill }) =>
        typeof input['wish'] === 'string' && skill !== 'Notes:v1' ? [input['wish']] : [],
      ),
    ),
  );
  return [...wishes].flatMap((wish) => {
    const told = toldOf(wish, result);
    const entries = market.of(wish);
    const standing = entries.filter(({ canceled }) => canceled === 0).length;
    const done = told.filter((status) => status === 'completed').length;
    // What is neither done nor undone for certain is openly in doubt, or still being looked at.
    const open = told.filter((status) => ['inDoubt', 'running'].includes(status)).length;
    const undoOpen = undoing(wish, result).filter((status) => status === 'inDoubt').length;
    const undone = told.filter((status) => status === 'compensated').length;
    const entriesUndone = entries.length - standing;
    return [
      ...(done > standing + undoOpen ? [`'${wish}' is said to be done, and is not in the book`] : []),
      ...(standing > done + open
        ? [`'${wish}' is in the book, and is said to be ${told.join(', ') || 'nothing'}`]
        : []),
      ...(undone > entriesUndone ? [`'${wish}' is said to be undone, and stands in the book`] : []),
    ];
  });
}
