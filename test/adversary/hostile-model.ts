import type { RunIdentity, StepRequest } from '../../core/contract/machine.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import { planAnswer } from '../../core/model/model-answers.ts';
import type { Trust } from '../../core/model/trust.ts';
import type { ModelStepOutput } from '../../core/operations/model-skill.ts';
import type { RunStore } from '../../core/ports/index.ts';
import type { Attack, Seen, Step } from './attack.ts';
import type { Oracle } from './oracle/judge.ts';

interface Answered {
  /** That a plan of this answer has if it is accepted. */
  readonly revision: number;
  readonly steps: readonly Step[];
  /** How far the worst may be believed that the model was told. */
  readonly read: Trust;
}

const considered = {
  reasoning: 'Somebody has asked for it.',
  options: [{ option: 'Do as he says.', chosen: true, reason: '' }],
};

/** The model of a run that has only a goal. It obeys the attacker: each of its answers is the next one of his plans. */
export class HostileModel {
  readonly #attack: Attack;
  readonly #oracle: Oracle;
  #given = 0;
  #last: Answered | undefined;

  constructor(attack: Attack, oracle: Oracle) {
    this.#attack = attack;
    this.#oracle = oracle;
  }

  /** The answer to a question that the engine asks in a step of its own. */
  answer({ runId, stepId, action }: StepRequest, seen: Seen): ModelStepOutput {
    const plan = this.#attack.revisions[this.#given];
    this.#given += 1;
    if (!plan)
      return output(action === 'plan' ? { decision: 'done' } : { decision: 'decline', reason: 'No more plans.' });
    const steps = plan.steps(seen);
    const written = {
      decision: 'plan',
      steps: steps as unknown as Json,
      final: this.#given >= this.#attack.revisions.length,
    };
    // An answer of another shape never gets as far as Decide.
    if (!planAnswer.safeParse({ ...considered, ...written }).success) {
      return output({ decision: 'decline', reason: 'It was no plan.' });
    }
    const revision = Number(stepId.split('-').at(-1)) + 1;
    this.#last = { revision, steps: structuredClone(steps), read: this.#oracle.toldIn(runId) };
    return output(written);
  }

  /** Why the plan of the last answer should not have been accepted, if it was. To be asked before any of it is carried out. */
  async judge(run: RunIdentity, runs: Pick<RunStore, 'readPlan'>): Promise<string | undefined> {
    const answered = this.#last;
    this.#last = undefined;
    if (!answered) return undefined;
    const { revision, steps, read } = answered;
    const plan = await runs.readPlan(run, revision);
    // After a plan that is rejected comes the next question of the engine.
    if (plan?.author !== 'planner') return undefined;
    return this.#oracle.accepted(run.runId, { steps, author: 'planner', read });
  }
}

function output(answer: JsonObject): ModelStepOutput {
  return {
    answer: { ...considered, ...answer },
    model: 'obedient',
    usdMicros: 0,
    tokens: 0,
    calls: [],
  };
}
