import type { FailureClass } from '../../core/model/failure.ts';
import { failureClasses } from '../../core/model/failure.ts';
import type { Judgement } from './judge.ts';
import type { Mode } from './scenario.ts';

/** One scenario in one mode, judged. */
export interface Verdict extends Judgement {
  readonly scenario: string;
  readonly about: FailureClass;
  readonly mode: Mode;
  readonly recoverable: boolean;
}

export interface Tally {
  readonly scenarios: number;
  readonly recoverable: number;
  readonly recovered: number;
  readonly escalatedRightly: number;
  readonly escalatedNeedlessly: number;
  readonly wrong: number;
  /** Asked rightly, but told too little. */
  readonly escalatedPoorly: number;
  readonly duplicateEffects: number;
  readonly lostEffects: number;
}

/** Of those that can be mended without a person, the share that has to be. */
const leastRecovered = 0.9;

export function tallied(verdicts: readonly Verdict[]): Tally {
  const count = (wanted: Judgement['verdict']): number => verdicts.filter(({ verdict }) => verdict === wanted).length;
  return {
    scenarios: verdicts.length,
    recoverable: verdicts.filter(({ recoverable }) => recoverable).length,
    recovered: count('recovered'),
    escalatedRightly: count('escalatedRightly'),
    escalatedNeedlessly: count('escalatedNeedlessly'),
    wrong: count('wrong'),
    escalatedPoorly: count('escalatedPoorly'),
    duplicateEffects: verdicts.reduce((sum, { duplicateEffects }) => sum + duplicateEffects, 0),
    lostEffects: verdicts.reduce((sum, { lostEffects }) => sum + lostEffects, 0),
  };
}

export function byClass(verdicts: readonly Verdict[]): Partial<Record<FailureClass, Tally>> {
  return Object.fromEntries(
    failureClasses.flatMap((one) => {
      const own = verdicts.filter(({ about }) => about === one);
      return own.length === 0 ? [] : [[one, tallied(own)]];
    }),
  );
}

/** What of the goal is missed, one sentence for each; none when it is reached. */
export function missed(of: string, tally: Tally): string[] {
  const { scenarios, recoverable, recovered, escalatedRightly, wrong, duplicateEffects, lostEffects } = tally;
  const forPerson = scenarios - recoverable;
  return [
    ...(recovered >= recoverable * leastRecovered
      ? []
      : [`${of}: ${recovered} of ${recoverable} were recovered without a person; at least 90 % are wanted`]),
    ...(escalatedRightly === forPerson
      ? []
      : [`${of}: ${escalatedRightly} of ${forPerson} were handed to a person with full context; all are wanted`]),
    ...(wrong === 0 ? [] : [`${of}: ${wrong} ended wrong`]),
    ...(duplicateEffects === 0 ? [] : [`${of}: ${duplicateEffects} effects too many`]),
    ...(lostEffects === 0 ? [] : [`${of}: ${lostEffects} effects lost`]),
  ];
}
