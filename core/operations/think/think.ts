import { ActionError } from '../../model/failure.ts';
import type { FailureClass } from '../../model/failure.ts';
import type { ThinkAnswer } from '../../model/model-answers.ts';
import { reactions } from '../../model/reaction.ts';
import type { ThinkInput } from '../../model/think-input.ts';
import type { ModelAnswer, ModelClient, ModelRequest, PromptPart } from '../../ports/model-client.ts';
import { boundedList } from '../thrown.ts';
import { buildPrompt } from './build-prompt.ts';
import type { PromptProject } from './build-prompt.ts';
import { judgeAnswer } from './judge-answer.ts';
import type { JudgedAnswer } from './judge-answer.ts';
import { meteredClient } from './metered-client.ts';
import type { Meter } from './metered-client.ts';
import { callRecord } from './model-call.ts';
import type { ModelCall } from './model-call.ts';
import { afterRefusalPart, repairPart } from './repair.ts';
import type { BadAnswer } from './repair.ts';

/** The models of an agent, in the order of its choice. */
export interface ModelChain {
  /**
   * Asks the first model that is not in `skip` and whose breaker lets it be asked; goes on to the next one for failures that
   * the next one may not have. Undefined when every model is in `skip`. Throws ActionError when none could answer. A
   * `budgetExceeded` and a `bug` of the client are thrown at once, and no breaker counts them.
   */
  ask(
    request: Omit<ModelRequest, 'model'>,
    skip: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<{ readonly model: string; readonly answer: ModelAnswer } | undefined>;
}

export interface ThinkOptions {
  readonly client: ModelClient;
  /** Makes the chain over a client that pays for each call. */
  readonly chainOver: (client: ModelClient) => ModelChain;
  readonly meter: Meter;
  readonly project: PromptProject;
  /** Of the first call; an answer that is cut off is asked for once more with up to `mostOutputTokens`. */
  readonly maxOutputTokens: number;
  readonly mostOutputTokens: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Told of every call as it ends, so that the trace has those of a step that fails, too. */
  readonly record?: (call: ModelCall) => void;
  /** Problems of an answer of the right shape, e.g. of the plan gate; they are repaired like others. */
  readonly check?: (answer: ThinkAnswer) => readonly string[];
}

export interface Thought {
  /** Plain JSON. */
  readonly value: ThinkAnswer;
  readonly model: string;
  readonly calls: readonly ModelCall[];
}

/** A chain of any length is given up after so many answers. */
const mostAnswers = 8;
/** A model that refuses gives its place to another one, as often as the reaction says. */
const mostRefusals = reactions.refusal.mostTries ?? 1;

/**
 * One model step: asks until there is an answer that keeps its contract. An invalid answer is asked for once more of the same
 * model, with the problems named; then the next model is asked. A refusal goes to one other model. No prompt is asked twice.
 *
 * Throws ActionError: `invalidOutput` when no model keeps the contract or two answers were cut off; `refusal` when two refuse,
 * or one and there is no other; `budgetExceeded` and `bug` as meteredClient; and what the chain throws. Throws
 * StoreUnavailable when a reservation could not be written.
 */
export async function think(input: ThinkInput, options: ThinkOptions): Promise<Thought> {
  const { meter, record, maxOutputTokens, mostOutputTokens, timeoutMs, signal, project } = options;
  const calls: ModelCall[] = [];
  const judged = new WeakMap<ModelAnswer, JudgedAnswer>();
  const judge = (answer: ModelAnswer): JudgedAnswer => {
    const verdict = judged.get(answer) ?? judgeAnswer(answer, input, options);
    judged.set(answer, verdict);
    return verdict;
  };
  const chain = options.chainOver(
    meteredClient(options.client, meter, (metered) => {
      const call = callRecord(metered, 'answer' in metered.outcome ? judge(metered.outcome.answer) : undefined);
      calls.push(call);
      record?.(call);
    }),
  );
  const base = buildPrompt(input, project);
  const state = new Attempts(base, maxOutputTokens, mostOutputTokens);

  for (let answers = 1; answers <= mostAnswers; answers += 1) {
    const request = {
      parts: state.parts,
      answerSchema: project.contract.jsonSchema,
      maxOutputTokens: state.outputTokens,
      timeoutMs,
    };
    const asked = await chain.ask(request, state.skip, signal);
    if (!asked) break;
    const verdict = judge(asked.answer);
    if (verdict.kind === 'value') return { value: verdict.value, model: asked.model, calls };
    if (verdict.kind === 'refused') state.refused(asked.model, verdict.problem, answers + 1);
    else state.invalid(asked.model, verdict, answers + 1);
  }
  throw state.exhausted();
}

/** What the next call is, after those that were. */
class Attempts {
  readonly skip = new Set<string>();
  parts: readonly PromptPart[];
  outputTokens: number;
  readonly #base: readonly PromptPart[];
  readonly #mostOutputTokens: number;
  readonly #repaired = new Set<string>();
  #refusals = 0;
  #cuts = 0;
  #last: { readonly class: FailureClass; readonly problems: readonly string[] } | undefined;

  constructor(base: readonly PromptPart[], outputTokens: number, mostOutputTokens: number) {
    this.#base = base;
    this.parts = base;
    this.outputTokens = outputTokens;
    this.#mostOutputTokens = mostOutputTokens;
  }

  /** @param next number of the next call, 1-based */
  refused(model: string, problem: string, next: number): void {
    this.#last = { class: 'refusal', problems: [`${model}: ${problem}`] };
    this.#refusals += 1;
    if (this.#refusals >= mostRefusals) throw this.exhausted();
    this.skip.add(model);
    this.parts = [...this.#base, afterRefusalPart(next)];
  }

  invalid(model: string, { text, cut, problems }: Extract<JudgedAnswer, { kind: 'invalid' }>, next: number): void {
    this.#last = { class: 'invalidOutput', problems: problems.map((problem) => `${model}: ${problem}`) };
    const bad: BadAnswer = { text, problems, cutAtTokens: cut ? this.outputTokens : undefined };
    if (cut) {
      this.#cuts += 1;
      if (this.#cuts > 1) throw this.exhausted();
      this.outputTokens = Math.max(this.outputTokens, Math.min(this.outputTokens * 2, this.#mostOutputTokens));
    }
    if (this.#repaired.has(model)) this.skip.add(model);
    this.#repaired.add(model);
    this.parts = [...this.#base, repairPart(bad, next)];
  }

  /** Why there is no answer. */
  exhausted(): ActionError {
    const { class: failureClass, problems } = this.#last ?? {
      class: 'bug' as const,
      problems: ['the agent has no models'],
    };
    const why = failureClass === 'refusal' ? 'The models would not answer' : 'No model gave an answer that can be used';
    return new ActionError(`${why}: ${boundedList(problems)}`, { class: failureClass, sendOutcome: 'notDone' });
  }
}
