import type { ModelClient } from '../../core/ports/index.ts';
import type { Scenario } from './scenario.ts';

const usage = { inputTokens: 10, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 10 };

/** The model of a scenario: says what its script says, and keeps nothing in mind. */
export function scriptedModel({ name, model }: Scenario): ModelClient {
  return {
    ask: ({ parts }) => {
      if (!model) return Promise.reject(new Error(`The scenario ${name} has no model.`));
      const prompt = parts.map((part) => part.text).join('\n');
      const purpose = [...prompt.matchAll(/# (?:Your task|This time): (\w+)/g)].at(-1)?.[1] ?? '';
      const text = JSON.stringify(model(purpose, prompt));
      return Promise.resolve({ text, reasoning: '', ending: 'complete', latencyMs: 0, usage });
    },
  };
}
