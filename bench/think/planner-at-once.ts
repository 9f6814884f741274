import { performance } from 'node:perf_hooks';
import type { AgentDefinition } from '../../core/model/skill.ts';
import type { ModelAnswer, ModelClient, ModelRequest, PromptPart } from '../../core/ports/index.ts';
import { defineAgent } from '../../core/sdk/index.ts';

export const thinker: AgentDefinition = defineAgent({
  name: 'thinker',
  description: 'Counts, and thinks before each step what the next one is.',
  grants: ['Counter:v1/add'],
  deadline: '1h',
  planning: 'incremental',
});

/** Bytes of one prompt. */
export interface PromptSize {
  readonly bytes: number;
  /** Of the parts that a provider may cache. */
  readonly stableBytes: number;
  /** Of those, what the last prompt of the same purpose began with too, so that it can be in the cache. */
  readonly repeatedBytes: number;
}

const options = [{ option: 'count on', chosen: true, reason: 'The goal is not reached yet.' }];
const summary =
  'Every step so far has added one to the number that the step before it gave. Nothing failed; nothing is open.';

/** A model that answers at once: one more step, as many turns as it is told, and a summary when it is asked for one. */
export class PlannerAtOnce implements ModelClient {
  #turns = 0;
  #turn = 0;
  #spentMs = 0;
  #prompts: PromptSize[] = [];
  readonly #lastOf = new Map<'plan' | 'compact', readonly PromptPart[]>();

  /** Of the next run. */
  begin(turns: number): void {
    this.#turns = turns;
    this.#turn = 0;
    this.#prompts = [];
    this.#lastOf.clear();
  }

  /** Prompts of this run, in order. */
  get prompts(): readonly PromptSize[] {
    return this.#prompts;
  }

  /** Milliseconds spent in here since this was last asked. */
  takeSpentMs(): number {
    const spent = this.#spentMs;
    this.#spentMs = 0;
    return spent;
  }

  ask({ parts }: ModelRequest): Promise<ModelAnswer> {
    const begin = performance.now();
    const bytesOf = (some: typeof parts): number => some.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    const purpose = parts.some(({ text }) => text.includes('# Your task: compact')) ? 'compact' : 'plan';
    const last = this.#lastOf.get(purpose) ?? [];
    const firstOther = parts.findIndex(({ text, stable }, index) => !stable || text !== last[index]?.text);
    this.#lastOf.set(purpose, parts);
    this.#prompts.push({
      bytes: bytesOf(parts),
      stableBytes: bytesOf(parts.filter(({ stable }) => stable)),
      repeatedBytes: bytesOf(parts.slice(0, firstOther)),
    });
    const text = JSON.stringify(purpose === 'compact' ? { summary } : this.#nextStep());
    const usage = { inputTokens: 1_000, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 100 };
    this.#spentMs += performance.now() - begin;
    return Promise.resolve({ text, reasoning: '', ending: 'complete', usage, latencyMs: 0 });
  }

  #nextStep(): object {
    this.#turn += 1;
    const before = this.#turn - 1;
    const step = {
      id: `add-${this.#turn}`,
      skill: 'Counter:v1',
      action: 'add',
      input: { value: before === 0 ? 0 : `\${steps.add-${before}.output.value}` },
      why: 'It is the next one.',
    };
    return {
      reasoning: 'The number is not reached yet.',
      options,
      decision: 'plan',
      steps: [step],
      final: this.#turn === this.#turns,
    };
  }
}
