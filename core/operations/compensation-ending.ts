import type { Compensation, StandingEffect } from '../model/compensation.ts';
import type { RunHead } from '../model/run.ts';
import type { RunReader } from './run-reader.ts';

const namedEffects = 3;
/** The head has to stay small. */
const mostCharacters = 600;

/** Why a run ended that was taken back: for whom, how many effects were undone, and what stands. */
export async function compensationEnding(
  head: RunHead & { readonly compensation: Compensation },
  reader: RunReader,
): Promise<string> {
  let undone = 0;
  let standingCount = 0;
  const standing: StandingEffect[] = [];
  for (let revision = head.revision; revision >= 1; revision -= 1) {
    const { takesBack, steps } = await reader.plan(head, revision);
    if (!takesBack) break;
    undone += steps.length;
    standingCount += takesBack.standingCount;
    standing.unshift(...takesBack.standing);
  }
  const { ending, by, reason } = head.compensation;
  const why = ending === 'canceled' ? `canceled by ${by} (${reason})` : `${reason} (taken back by ${by})`;
  const text = `${why}; ${counted(undone)} undone. ${standingText(standing, standingCount)}`;
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}…`;
}

function counted(undone: number): string {
  if (undone === 0) return 'there was nothing that could be';
  return undone === 1 ? 'one effect was' : `${undone} effects were`;
}

function standingText(standing: readonly StandingEffect[], count: number): string {
  if (count === 0) return 'Nothing else was done.';
  const named = standing
    .slice(-namedEffects)
    .map(({ stepId, skill, action, why }) => `step '${stepId}' (${skill}/${action}: ${why})`);
  const more = count > named.length ? ` and ${count - named.length} more` : '';
  return `What stands: ${named.join(', ')}${more}.`;
}
