import { jsonHash } from '../../model/json.ts';
import type { TokenUsage } from '../../model/token-usage.ts';
import type { PromptPart } from '../../ports/model-client.ts';
import type { AnswerEnding } from '../../model/read-answer.ts';
import { thrownText } from '../thrown.ts';
import type { JudgedAnswer } from './judge-answer.ts';
import type { MeteredCall } from './metered-client.ts';
import { shortenText } from './shorten.ts';

const mostPromptCharacters = 128 * 1024;
const mostRawCharacters = 64 * 1024;
const mostReasoningCharacters = 32 * 1024;

/** One call of a model as a trace tells of it. */
export interface ModelCall {
  readonly model: string;
  /** Of all parts of the prompt, whole. */
  readonly promptHash: string;
  /** Without the results of steps, which the ledger has; its beginning when it is long. */
  readonly prompt: string;
  /** What came back, whatever it is worth; its beginning when it is long. */
  readonly raw: string;
  /** That the provider gave beside the answer. */
  readonly reasoning: string;
  /** As the provider says; undefined when there was no answer. */
  readonly usage: TokenUsage | undefined;
  /** What was charged. */
  readonly tokens: number;
  readonly usdMicros: number;
  readonly latencyMs: number;
  readonly ending: AnswerEnding | 'failed';
  /** Why the answer could not be used, what was forgiven, and what is odd about the bill. */
  readonly problems: readonly string[];
}

export function callRecord(
  { request, charge, outcome, latencyMs, problems }: MeteredCall,
  judged: JudgedAnswer | undefined,
): ModelCall {
  const answer = 'answer' in outcome ? outcome.answer : undefined;
  return {
    model: request.model,
    promptHash: jsonHash(request.parts.map(({ role, text }) => ({ role, text }))),
    prompt: shortenText(recordedPrompt(request.parts), mostPromptCharacters),
    raw: shortenText(answer?.text ?? '', mostRawCharacters),
    reasoning: shortenText(answer?.reasoning ?? '', mostReasoningCharacters),
    usage: answer?.usage,
    tokens: charge.tokens,
    usdMicros: charge.usdMicros,
    latencyMs,
    ending: answer?.ending ?? 'failed',
    problems: [...judgementOf(judged), ...('error' in outcome ? [thrownText(outcome.error)] : []), ...problems],
  };
}

/** A record that repeats all results told so far would make each turn of a run dearer than the one before. */
function recordedPrompt(parts: readonly PromptPart[]): string {
  const results = parts.reduce((sum, part) => sum + (part.results ?? 0), 0);
  const first = parts.findIndex((part) => part.results !== undefined);
  return parts
    .flatMap((part, index) => {
      if (part.results === undefined) return part.text;
      return index === first ? `(${results} results; the ledger has them)` : [];
    })
    .join('\n\n');
}

function judgementOf(judged: JudgedAnswer | undefined): readonly string[] {
  switch (judged?.kind) {
    case undefined:
      return [];
    case 'value':
      return judged.notes;
    case 'refused':
      return [judged.problem];
    case 'invalid':
      return judged.problems;
  }
}
