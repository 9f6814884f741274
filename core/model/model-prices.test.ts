import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownPrices } from './known-prices.ts';
import { costOf, modelPrice, modelPrices, priceOf, worstChargeOf, worstCostOf } from './model-prices.ts';
import type { TokenUsage } from './token-usage.ts';

const prices = modelPrices(undefined);
const usage = (parts: Partial<TokenUsage>): TokenUsage => ({
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  ...parts,
});

describe('prices of models', () => {
  it('known ones are whole, dated, say where they come from and do not contradict each other', () => {
    for (const price of knownPrices) expect(modelPrice.parse(price)).toEqual(price);
    const patterns = knownPrices.flatMap(({ models }) => models);
    expect(new Set(patterns).size).toBe(patterns.length);
  });

  it('a call costs what its tokens cost, cached and written ones at their own rates', () => {
    const million = 1_000_000;
    expect(costOf('anthropic:claude-haiku-4-5', usage({ inputTokens: million }), prices)).toBe(1 * million);
    expect(
      costOf(
        'anthropic:claude-haiku-4-5',
        usage({ inputTokens: 1_000, cachedInputTokens: 500, cacheWriteTokens: 300, outputTokens: 10 }),
        prices,
      ),
    ).toBe(200 + 50 + 375 + 50);
  });

  it('a fraction of a micro-dollar is rounded up, and a sum that is whole is not', () => {
    expect(costOf('openai:gpt-5-nano', usage({ inputTokens: 1 }), prices)).toBe(1);
    expect(costOf('anthropic:claude-haiku-4-5', usage({ inputTokens: 30, cachedInputTokens: 30 }), prices)).toBe(3);
  });

  it('what a geography, a date or a long prompt adds is counted', () => {
    const of = (model: string, inputTokens = 1_000) => costOf(model, usage({ inputTokens }), prices);
    expect(of('bedrock:global.anthropic.claude-sonnet-4-5-20250929-v1:0')).toBe(3_000);
    expect(of('bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0')).toBe(3_300);
    expect(of('anthropic:claude-sonnet-4-5-20250929', 200_001)).toBe(200_001 * 6);
    expect(of('openai:gpt-5.4-2026-03-05', 272_000)).toBe(680_000);
    expect(of('openai:gpt-5.4', 272_001)).toBe(1_360_005);
  });

  it('a model that nobody has priced costs nobody knows what, however alike its name is', () => {
    for (const model of [
      'openai:gpt-5.9',
      'openai:gpt-5-turbo',
      'anthropic:claude-opus-5-5',
      'openai:llama3',
      'gpt-5',
    ]) {
      expect(costOf(model, usage({ inputTokens: 1 }), prices), model).toBeUndefined();
      expect(worstCostOf(model, 1, 1, prices), model).toBeUndefined();
      expect(worstChargeOf(model, 1, 1, prices), model).toBeUndefined();
    }
  });

  it('prices of the operator go before known ones, and the most exact one counts', () => {
    const own = (models: string[], input: number) => ({
      models,
      input,
      output: 0,
      pricedOn: '2026-08-06',
      source: 'contract',
    });
    const mine = modelPrices(
      JSON.stringify([own(['openai:*'], 7), own(['openai:my-*'], 8), own(['openai:my-own'], 9)]),
    );
    expect(priceOf('openai:gpt-5', mine)?.input).toBe(7);
    expect(priceOf('openai:my-model', mine)?.input).toBe(8);
    expect(priceOf('openai:my-own', mine)?.input).toBe(9);
    expect(priceOf('anthropic:claude-opus-5', mine)?.input).toBe(5);
  });

  it('a setting that is not usable is refused with what is wrong and what it must look like', () => {
    for (const text of ['nonsense', '{}', '[{"models":["x"]}]', '[{"models":["x"],"input":-1,"output":1}]']) {
      expect(() => modelPrices(text), text).toThrow(
        /HOLDFAST_MODEL_PRICES is not usable .*US dollars for a million tokens/,
      );
    }
  });

  it('the worst case of a prompt is one that is all written to a cache, where that is dearer', () => {
    const worst = worstCostOf('anthropic:claude-opus-5', 100_000, 1_000, prices);
    expect(worst).toBe(102_000 * 6.25 + 1_000 * 25);
    expect(worstChargeOf('anthropic:claude-opus-5', 100_000, 1_000, prices)).toEqual({
      usdMicros: worst,
      tokens: 103_000,
    });
  });

  it('no call that keeps to its limits costs more than its worst case', () => {
    const models = knownPrices.map(({ models }) => (models[0] ?? '').replaceAll('*', '250101'));
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        fc.nat(400_000),
        fc.nat(100_000),
        fc.array(fc.constantFrom(0, 0.3, 1), { minLength: 4, maxLength: 4 }),
        (model, promptBytes, maxOutputTokens, [inputShare = 0, cachedShare = 0, writtenShare = 0, outputShare = 0]) => {
          const inputTokens = Math.floor(promptBytes * inputShare);
          const cachedInputTokens = Math.floor(inputTokens * cachedShare);
          const cacheWriteTokens = Math.floor((inputTokens - cachedInputTokens) * writtenShare);
          const outputTokens = Math.floor(maxOutputTokens * outputShare);
          const cost = costOf(model, { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens }, prices);
          const worst = worstCostOf(model, promptBytes, maxOutputTokens, prices);
          expect(worst).toBeGreaterThanOrEqual(cost ?? Number.NaN);
        },
      ),
    );
  });
});
