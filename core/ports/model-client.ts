import type { TokenUsage } from '../model/token-usage.ts';

/** One part of a prompt. The stable parts come first, equal from call to call, so that providers can cache them. */
export interface PromptPart {
  readonly role: 'system' | 'user';
  readonly text: string;
  /** The prefix up to here and including this part is the same in many calls: a cache point where the provider has them. */
  readonly stable: boolean;
  /** The part holds nothing but so many results of steps. */
  readonly results?: number;
}

export interface ModelRequest {
  /** `bedrock:anthropic.claude-…`, `anthropic:…`, `openai:…`. */
  readonly model: string;
  readonly parts: readonly PromptPart[];
  /** JSON Schema 2020-12 of the answer, for providers that can be held to it. The answer is judged by the caller all the same. */
  readonly answerSchema: unknown;
  readonly maxOutputTokens: number;
  readonly timeoutMs: number;
}

/** What a model has said, whatever it is worth. */
export interface ModelAnswer {
  /** Raw, as it came; empty when it said nothing. */
  readonly text: string;
  /** The reasoning that the provider gives beside the answer, where it does. */
  readonly reasoning: string;
  readonly ending: 'complete' | 'truncated' | 'refused' | 'filtered' | 'toolCall' | 'other';
  readonly usage: TokenUsage;
  readonly latencyMs: number;
}

/** Language models, by prefixed id. Never retries by itself. */
export interface ModelClient {
  /**
   * Asks once. Throws ActionError with a class of core/model/failure.ts, `retryAfterMs` where the provider names a time, and
   * `sendOutcome` `unknown` unless nothing can have been charged.
   */
  ask(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>;
}
