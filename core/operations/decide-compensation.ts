import type { PlanRevision } from '../model/plan.ts';
import type { DecideInput, Decision, HumanNeed, OpenStep, UndoStand } from './decision.ts';

type Choose = (input: DecideInput, steps: readonly OpenStep[]) => Decision;

const never = Number.MAX_SAFE_INTEGER;

/**
 * What a run does next that is being taken back. First everything that it has begun is settled, as when a run is canceled,
 * for nobody can undo what may or may not have happened; then its effects are undone, each after those that were built on it.
 * No deadline ends this, and nothing of it is left out.
 *
 * @param choose decides for a part of the steps as if they were all there are
 */
export function decideCompensation(
  input: DecideInput,
  steps: readonly OpenStep[],
  stand: UndoStand,
  choose: Choose,
): Decision {
  const { compensation: _, ...run } = input.run;
  const forward = steps.filter(({ undoes }) => undoes === undefined);
  const undo = steps.filter(({ undoes }) => undoes !== undefined);

  const settled = choose({ ...input, run: { ...run, cancelRequested: true, deadlineMs: never } }, forward);
  if (settled.kind !== 'end') return settled;

  const undone = choose(
    {
      ...input,
      ...{ run: { ...run, cancelRequested: false, deadlineMs: never }, morePlanned: stand.planned !== 'all' },
      ...{ replannable: new Set<string>(), recoverable: new Set<string>(), onFailure: 'escalate' },
    },
    undo,
  );
  if (undone.kind === 'plan') return { kind: 'compensate' };
  if (undone.kind === 'human') return { kind: 'human', need: blocking(undone.need, undo) };
  return undone.kind === 'end' ? { kind: 'end', status: stand.ending, reason: stand.reason } : undone;
}

const namedSteps = 5;

/** A person sees what waits for the compensation that is in trouble. */
function blocking(need: HumanNeed, undo: readonly OpenStep[]): HumanNeed {
  const waiting = undo.flatMap(({ undoes, state }) =>
    undoes !== undefined && state.status === 'pending' ? [`'${undoes}'`] : [],
  );
  if (waiting.length === 0) return need;
  const more = waiting.length > namedSteps ? ` and ${waiting.length - namedSteps} more` : '';
  const named = waiting.slice(0, namedSteps).join(', ');
  return { ...need, reason: `${need.reason}; until then the effects of ${named}${more} are not undone either` };
}

/** How far the compensations of a run are planned, as its newest revision says. */
export function undoPlannedBy(newest: PlanRevision | undefined): UndoStand['planned'] {
  if (!newest?.takesBack) return 'none';
  return newest.final ? 'all' : 'some';
}
