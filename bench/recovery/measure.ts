import { startFakeModels } from '../../test/fixtures/fake-models.ts';
import { judge } from './judge.ts';
import type { Judgement } from './judge.ts';
import { play } from './play.ts';
import type { Mode, Scenario } from './scenario.ts';
import { modes } from './scenario.ts';
import { byClass, tallied } from './tally.ts';
import type { Tally, Verdict } from './tally.ts';

/** What the bench has found, as `--json` prints it (DESIGN section 14). */
export interface RecoveryResult extends Tally {
  readonly byClass: ReturnType<typeof byClass>;
  readonly modes: Readonly<Record<Mode, Tally>>;
  /** What is not as it was expected. */
  readonly failures: readonly Pick<Verdict, 'scenario' | 'mode' | 'verdict' | 'why'>[];
}

/** Plays scenarios one after the other, each in the modes that it is for, with a server of models on loopback. */
export async function verdictsOf(scenarios: readonly Scenario[]): Promise<Verdict[]> {
  const models = await startFakeModels();
  try {
    const verdicts: Verdict[] = [];
    for (const scenario of scenarios) {
      for (const mode of modes) {
        const expected = scenario.expected[mode];
        if (!expected) continue;
        const { name, about } = scenario;
        const judged = await judgedRun(async () => judge(await play(scenario, mode, models), expected));
        verdicts.push({ scenario: name, about, mode, recoverable: expected.recoverable, ...judged });
      }
    }
    return verdicts;
  } finally {
    await models.stop();
  }
}

/** A scenario that cannot be played is no evidence of anything good. */
async function judgedRun(playAndJudge: () => Promise<Judgement>): Promise<Judgement> {
  try {
    return await playAndJudge();
  } catch (error) {
    const why = [error instanceof Error ? `${error.name}: ${error.message}` : String(error)];
    return { verdict: 'wrong', duplicateEffects: 0, lostEffects: 0, why };
  }
}

export function resultOf(verdicts: readonly Verdict[]): RecoveryResult {
  const ofMode = (mode: Mode): Tally => tallied(verdicts.filter((one) => one.mode === mode));
  return {
    ...tallied(verdicts),
    byClass: byClass(verdicts),
    modes: { rules: ofMode('rules'), model: ofMode('model') },
    failures: verdicts
      .filter(({ verdict }) => verdict !== 'recovered' && verdict !== 'escalatedRightly')
      .map(({ scenario, mode, verdict, why }) => ({ scenario, mode, verdict, why })),
  };
}
