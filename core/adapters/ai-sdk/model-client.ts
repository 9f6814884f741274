import type { LanguageModelV4CallOptions, LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import { promptBytesOf } from '../../model/model-prices.ts';
import type { ModelAnswer, ModelClient, ModelRequest } from '../../ports/index.ts';
import { answerOf, mostUsageOf } from './answer.ts';
import type { RequestSize } from './answer.ts';
import type { BoundedFetch } from './bounded-fetch.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { failureOf, isFiltered, refusesSchema } from './failures.ts';
import { promptOf } from './prompt.ts';
import type { ProviderSettings, ReadyModel } from './providers.ts';
import { connect } from './providers.ts';

/**
 * Models through the providers of the AI SDK. They are asked directly, beneath its `generateText`: that adds retries and
 * judges the answer, which are not this layer's to do, and takes ids without a prefix to a gateway of its maker.
 */
export class AiSdkModelClient implements ModelClient {
  readonly #options: ProviderSettings & { readonly fetch: typeof fetch };
  /** Models whose server has refused `json_schema`: they are not asked for it again. */
  readonly #withoutSchema = new Set<string>();

  constructor(options: ProviderSettings & { readonly fetch: typeof fetch }) {
    this.#options = options;
  }

  async ask(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer> {
    const startedAt = performance.now();
    const tooLong = AbortSignal.timeout(request.timeoutMs);
    const bounded = boundedFetch(this.#options.fetch);
    let ready: ReadyModel | undefined;
    try {
      signal.throwIfAborted();
      ready = await connect(request.model, this.#options, bounded.fetch);
      const result = await this.#generate(ready, request, AbortSignal.any([signal, tooLong]));
      return { ...answerOf(result, sizeOf(request)), latencyMs: Math.round(performance.now() - startedAt) };
    } catch (error) {
      if (isFiltered(error)) return filteredAnswer(request, startedAt);
      throw failureOf(error, {
        ...factsOf(bounded, ready),
        model: request.model,
        timedOut: tooLong.aborted,
        calledOff: signal.aborted,
        timeoutMs: request.timeoutMs,
        nowMs: Date.now(),
      });
    }
  }

  /** One request; a second one without the schema, once for each model, when a server does not know what that is. */
  async #generate(
    ready: ReadyModel,
    request: ModelRequest,
    signal: AbortSignal,
  ): Promise<LanguageModelV4GenerateResult> {
    const options: LanguageModelV4CallOptions = {
      prompt: promptOf(request.parts, ready.form),
      maxOutputTokens: request.maxOutputTokens,
      providerOptions: ready.providerOptions,
      abortSignal: signal,
    };
    if (request.answerSchema === undefined || this.#withoutSchema.has(request.model)) {
      return ready.model.doGenerate(options);
    }
    const schema = request.answerSchema as NonNullable<
      Extract<LanguageModelV4CallOptions['responseFormat'], { type: 'json' }>
    >['schema'];
    try {
      return await ready.model.doGenerate({
        ...options,
        responseFormat: { type: 'json', name: 'answer', ...(schema ? { schema } : {}) },
      });
    } catch (error) {
      if (!ready.mayRefuseSchema || !refusesSchema(error)) throw error;
      // A request that was refused for its form was not answered, and costs nothing.
      const result = await ready.model.doGenerate(options);
      this.#withoutSchema.add(request.model);
      return result;
    }
  }
}

function factsOf(bounded: BoundedFetch, ready: ReadyModel | undefined) {
  return {
    requests: bounded.requests(),
    bodyTooLarge: bounded.tooLarge(),
    keyHint: ready?.keyHint ?? '',
    secretValues: ready?.secretValues ?? [],
  };
}

function sizeOf({ parts, answerSchema, maxOutputTokens }: ModelRequest): RequestSize {
  const texts = parts.map(({ text }) => text);
  return { promptBytes: promptBytesOf(texts, answerSchema), maxOutputTokens };
}

/**
 * The prompt itself was filtered. Azure charges for that, also for an answer that was begun meanwhile, and does not say how
 * much: https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter
 */
function filteredAnswer(request: ModelRequest, startedAt: number): ModelAnswer {
  return {
    text: '',
    reasoning: '',
    ending: 'filtered',
    usage: mostUsageOf(sizeOf(request)),
    latencyMs: Math.round(performance.now() - startedAt),
  };
}
