import type { LanguageModelV4GenerateResult, LanguageModelV4Usage } from '@ai-sdk/provider';
import { mostInputTokensOf } from '../../model/model-prices.ts';
import type { TokenUsage } from '../../model/token-usage.ts';
import type { ModelAnswer } from '../../ports/index.ts';

/** What a request has room for. */
export interface RequestSize {
  readonly promptBytes: number;
  readonly maxOutputTokens: number;
}

/** What the provider answered, in the words of the port; nothing is parsed, repaired or left out. */
export function answerOf(result: LanguageModelV4GenerateResult, size: RequestSize): Omit<ModelAnswer, 'latencyMs'> {
  const textOf = (type: 'text' | 'reasoning'): string =>
    result.content.map((part) => (part.type === type ? part.text : '')).join('');
  const spoken = textOf('text');
  const refusal = refusalIn(result.response?.body);
  const text = spoken || refusal;
  const reasoning = textOf('reasoning');
  return {
    text,
    reasoning,
    ending: spoken === '' && refusal !== '' ? 'refused' : endingOf(result),
    usage: usageOf(result.usage, size, text + reasoning !== ''),
  };
}

function endingOf({ finishReason, content }: LanguageModelV4GenerateResult): ModelAnswer['ending'] {
  const calls = content.some(({ type }) => type === 'tool-call');
  switch (finishReason.unified) {
    case 'stop':
      return calls ? 'toolCall' : 'complete';
    case 'length':
      return 'truncated';
    case 'content-filter':
      return finishReason.raw === 'refusal' ? 'refused' : 'filtered';
    case 'tool-calls':
      return 'toolCall';
    case 'error':
    case 'other':
      if (finishReason.raw === 'refusal') return 'refused';
      if (finishReason.raw === 'model_context_window_exceeded') return 'truncated';
      return calls ? 'toolCall' : 'other';
  }
}

/** OpenAI puts the words of a refusal into a field of its own, with an ending like any other. */
function refusalIn(body: unknown): string {
  const choices = memberOf(body, 'choices');
  const refusal = memberOf(memberOf(Array.isArray(choices) ? choices[0] : undefined, 'message'), 'refusal');
  return typeof refusal === 'string' ? refusal : '';
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/**
 * What the provider counted. Where it counted nothing, or what cannot be (less than nothing, no tokens for a text), the
 * most that it can have been: too little would let a run pass its budget. What a model has thought is paid for and not
 * always shown, so the length of an answer says nothing of the most.
 */
export function usageOf(usage: LanguageModelV4Usage, size: RequestSize, hasSpoken: boolean): TokenUsage {
  const most = mostUsageOf(size);
  const inputTokens = believable(usage.inputTokens.total, size.promptBytes > 0) ?? most.inputTokens;
  const cachedInputTokens = Math.min(believable(usage.inputTokens.cacheRead, false) ?? 0, inputTokens);
  const cacheWriteTokens = Math.min(
    believable(usage.inputTokens.cacheWrite, false) ?? 0,
    inputTokens - cachedInputTokens,
  );
  const outputTokens = believable(usage.outputTokens.total, hasSpoken) ?? most.outputTokens;
  return { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens };
}

/** The most that a call can have used. */
export function mostUsageOf({ promptBytes, maxOutputTokens }: RequestSize): TokenUsage {
  return {
    inputTokens: mostInputTokensOf(promptBytes),
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: maxOutputTokens,
  };
}

function believable(tokens: number | undefined, some: boolean): number | undefined {
  if (tokens === undefined || !Number.isFinite(tokens)) return undefined;
  const whole = Math.ceil(tokens);
  return Number.isSafeInteger(whole) && whole >= (some ? 1 : 0) ? whole : undefined;
}
