import type { ModelPrice, Rates } from './model-prices.ts';

/**
 * Public prices of well-known models, in US dollars for a million tokens, without tiers, batches and private contracts.
 * HOLDFAST_MODEL_PRICES goes before them. A model that is not here has no price: better none than that of another one.
 * A newer version of a model never inherits a price by likeness, so that patterns end in a date or in `-v`.
 */
const dated = {
  pricedOn: '2026-08-06',
  source: 'model_prices_and_context_window.json of litellm, which follows the price pages of the providers',
} as const;

/** What Anthropic and the global endpoints of Bedrock ask is the same; endpoints that keep to a geography ask a tenth more. */
const claudes: readonly (readonly [name: string, input: number, output: number])[] = [
  ['claude-haiku-4-5', 1, 5],
  ['claude-sonnet-4-6', 3, 15],
  ['claude-sonnet-5', 2, 10],
  ['claude-opus-4-5', 5, 25],
  ['claude-opus-4-6', 5, 25],
  ['claude-opus-4-7', 5, 25],
  ['claude-opus-4-8', 5, 25],
  ['claude-opus-5', 5, 25],
  ['claude-fable-5', 10, 50],
];

/** Twice the price for prompts of more than 200,000 tokens. */
const claudesWithLongPrompts = [['claude-sonnet-4-5', 3, 15]] as const;

/** Of before there was a price for geographies. */
const olderClaudes: readonly (readonly [name: string, input: number, output: number])[] = [
  ['claude-opus-4-1', 15, 75],
  ['claude-3-7-sonnet', 3, 15],
  ['claude-3-5-haiku', 0.8, 4],
];

const gpts: readonly (readonly [name: string, input: number, cachedInput: number, output: number])[] = [
  ['gpt-4.1', 2, 0.5, 8],
  ['gpt-4.1-mini', 0.4, 0.1, 1.6],
  ['gpt-4.1-nano', 0.1, 0.025, 0.4],
  ['gpt-4o', 2.5, 1.25, 10],
  ['gpt-4o-mini', 0.15, 0.075, 0.6],
  ['gpt-5', 1.25, 0.125, 10],
  ['gpt-5-mini', 0.25, 0.025, 2],
  ['gpt-5-nano', 0.05, 0.005, 0.4],
  ['gpt-5.1', 1.25, 0.125, 10],
  ['gpt-5.2', 1.75, 0.175, 14],
  ['gpt-5.4-mini', 0.75, 0.075, 4.5],
  ['gpt-5.4-nano', 0.2, 0.02, 1.25],
  ['o3', 2, 0.5, 8],
  ['o3-mini', 1.1, 0.55, 4.4],
  ['o4-mini', 1.1, 0.275, 4.4],
];

/** Twice the price in and one and a half out for prompts of more than 272,000 tokens. */
const gptsWithLongPrompts: readonly (readonly [name: string, rates: Rates])[] = [
  ['gpt-5.4', { input: 2.5, cachedInput: 0.25, output: 15 }],
  ['gpt-5.5', { input: 5, cachedInput: 0.5, output: 30 }],
  ['gpt-5.6', { input: 5, cachedInput: 0.5, cacheWrite: 6.25, output: 30 }],
  ['gpt-5.6-sol', { input: 5, cachedInput: 0.5, cacheWrite: 6.25, output: 30 }],
  ['gpt-5.6-terra', { input: 2.5, cachedInput: 0.25, cacheWrite: 3.125, output: 15 }],
  ['gpt-5.6-luna', { input: 1, cachedInput: 0.1, cacheWrite: 1.25, output: 6 }],
];

/** In a region of the United States or by its name alone; other geographies differ, and the dearest one stands for all. */
const novas: readonly (readonly [id: string, input: number, output: number, elsewhere: number])[] = [
  ['amazon.nova-micro-v1:0', 0.035, 0.14, 1.32],
  ['amazon.nova-lite-v1:0', 0.06, 0.24, 1.32],
  ['amazon.nova-pro-v1:0', 0.8, 3.2, 1.32],
];

const others: readonly (readonly [ids: readonly string[], input: number, output: number])[] = [
  [['us.amazon.nova-premier-v1:0'], 2.5, 12.5],
  [['amazon.nova-2-lite-v1:0', 'global.amazon.nova-2-lite-v1:0'], 0.3, 2.5],
  [['us.amazon.nova-2-lite-v1:0', 'eu.amazon.nova-2-lite-v1:0', 'apac.amazon.nova-2-lite-v1:0'], 0.33, 2.75],
  [['meta.llama3-3-70b-instruct-v1:0', 'us.meta.llama3-3-70b-instruct-v1:0'], 0.72, 0.72],
  [['meta.llama4-maverick-17b-instruct-v1:0', 'us.meta.llama4-maverick-17b-instruct-v1:0'], 0.24, 0.97],
  [['meta.llama4-scout-17b-instruct-v1:0', 'us.meta.llama4-scout-17b-instruct-v1:0'], 0.17, 0.66],
  [['mistral.mistral-large-3-675b-instruct'], 0.5, 1.5],
  [['openai.gpt-oss-120b-1:0'], 0.15, 0.6],
  [['openai.gpt-oss-20b-1:0'], 0.07, 0.3],
  [['qwen.qwen3-235b-a22b-2507-v1:0'], 0.22, 0.88],
  [['qwen.qwen3-32b-v1:0'], 0.15, 0.6],
];

export const knownPrices: readonly ModelPrice[] = [
  ...claudes.flatMap(([name, input, output]) => claudePrices(name, claudeRates(input, output), 1.1)),
  ...claudesWithLongPrompts.flatMap(([name, input, output]) =>
    claudePrices(name, claudeRates(input, output), 1.1).map((price) => ({
      ...price,
      longPrompt: { aboveInputTokens: 200_000, ...times(price, 2, 1.5) },
    })),
  ),
  ...olderClaudes.flatMap(([name, input, output]) => claudePrices(name, claudeRates(input, output), 1)),
  ...gpts.map(([name, input, cachedInput, output]) => ({
    models: openAiIds(name),
    ...{ input, cachedInput, output, ...dated },
  })),
  ...gptsWithLongPrompts.map(([name, rates]) => ({
    models: openAiIds(name),
    ...rates,
    longPrompt: { aboveInputTokens: 272_000, ...times(rates, 2, 1.5) },
    ...dated,
  })),
  ...novas.flatMap(([id, input, output, elsewhere]) => [
    { models: [`bedrock:${id}`, `bedrock:us.${id}`], input, output, ...dated },
    { models: [`bedrock:eu.${id}`, `bedrock:apac.${id}`], ...times({ input, output }, elsewhere, elsewhere), ...dated },
  ]),
  ...others.map(([ids, input, output]) => ({ models: ids.map((id) => `bedrock:${id}`), input, output, ...dated })),
];

function claudeRates(input: number, output: number): Rates {
  return { input, cachedInput: input * 0.1, cacheWrite: input * 1.25, output };
}

function claudePrices(name: string, rates: Rates, inGeography: number): ModelPrice[] {
  const versions = (id: string): string[] => [id, `${id}-20*`, `${id}-v*`];
  return [
    {
      models: [`anthropic:${name}`, `anthropic:${name}-20*`, ...versions(`bedrock:global.anthropic.${name}`)],
      ...rates,
      ...dated,
    },
    {
      models: ['', 'us.', 'eu.', 'apac.', 'au.', 'jp.'].flatMap((place) =>
        versions(`bedrock:${place}anthropic.${name}`),
      ),
      ...times(rates, inGeography, inGeography),
      ...dated,
    },
  ];
}

function openAiIds(name: string): string[] {
  return [`openai:${name}`, `openai:${name}-20*`];
}

/** Rates times factors, without the dust of floating point. */
function times(rates: Rates, inputFactor: number, outputFactor: number): Rates {
  const clean = (usdPerMillion: number): number => Math.round(usdPerMillion * 1e6) / 1e6;
  return {
    input: clean(rates.input * inputFactor),
    ...(rates.cachedInput === undefined ? {} : { cachedInput: clean(rates.cachedInput * inputFactor) }),
    ...(rates.cacheWrite === undefined ? {} : { cacheWrite: clean(rates.cacheWrite * inputFactor) }),
    output: clean(rates.output * outputFactor),
  };
}
