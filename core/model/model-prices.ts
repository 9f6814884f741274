import * as z from 'zod';
import type { Charge } from './budget.ts';
import { knownPrices } from './known-prices.ts';
import type { TokenUsage } from './token-usage.ts';

const usdPerMillion = z.number().nonnegative().max(1_000_000);

const rates = z.object({
  /** US dollars for a million tokens, which is the same number as micro-dollars for one. */
  input: usdPerMillion,
  /** Tokens of the prompt that were read from a cache; the price of `input` when it is left out. */
  cachedInput: usdPerMillion.optional(),
  /** Tokens of the prompt that were written to a cache; the price of `input` when it is left out. */
  cacheWrite: usdPerMillion.optional(),
  output: usdPerMillion,
});
export type Rates = z.infer<typeof rates>;

export const modelPrice = z.strictObject({
  /** Ids as agents name them, with prefix. A `*` stands for any characters. */
  models: z.array(z.string().min(1).max(300)).min(1),
  ...rates.shape,
  /** Rates for the whole call when its prompt has more tokens than `aboveInputTokens`. */
  longPrompt: z.strictObject({ aboveInputTokens: z.int().positive(), ...rates.shape }).optional(),
  /** Day on which this price was looked up, `2026-08-06`. */
  pricedOn: z.iso.date(),
  /** Where it was looked up. */
  source: z.string().min(1),
});
export type ModelPrice = z.infer<typeof modelPrice>;

/** What models cost. An operator's own entries count before those that this version knows; then the most exact one does. */
export interface ModelPrices {
  readonly own: readonly ModelPrice[];
  readonly known: readonly ModelPrice[];
}

/**
 * The prices to reckon with: those of an operator, before those that are known to this version.
 *
 * @param text JSON array of entries of the form `modelPrice`, as in HOLDFAST_MODEL_PRICES; none when undefined or empty
 * @throws Error that says what is wrong with the text
 */
export function modelPrices(text: string | undefined): ModelPrices {
  if (!text) return { own: [], known: knownPrices };
  const parsed = z.array(modelPrice).safeParse(jsonOf(text));
  if (parsed.success) return { own: parsed.data, known: knownPrices };
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the value'}: ${issue.message}`);
  throw new Error(
    `HOLDFAST_MODEL_PRICES is not usable (${issues.slice(0, 5).join('; ')}). It must be a JSON array like ` +
      `[{"models":["openai:my-model"],"input":0.5,"output":1.5,"pricedOn":"2026-08-06","source":"my contract"}], in US dollars for a million tokens.`,
  );
}

/** The price of a model, or undefined when nobody has said what it costs. */
export function priceOf(model: string, prices: ModelPrices): ModelPrice | undefined {
  return mostExact(model, prices.own) ?? mostExact(model, prices.known);
}

function mostExact(model: string, prices: readonly ModelPrice[]): ModelPrice | undefined {
  const fitting = prices
    .map((price) => ({ price, exactness: Math.max(...price.models.map((pattern) => exactnessOf(pattern, model))) }))
    .filter(({ exactness }) => exactness >= 0);
  return fitting.toSorted((one, other) => other.exactness - one.exactness)[0]?.price;
}

/** What a call has cost in micro-dollars, rounded up; undefined when the price of the model is not known. */
export function costOf(model: string, usage: TokenUsage, prices: ModelPrices): number | undefined {
  const price = priceOf(model, prices);
  if (!price) return undefined;
  const rates = ratesFor(price, usage.inputTokens);
  const plain = Math.max(0, usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens);
  return microDollars([
    [plain, rates.input],
    [usage.cachedInputTokens, rates.cachedInput ?? rates.input],
    [usage.cacheWriteTokens, rates.cacheWrite ?? rates.input],
    [usage.outputTokens, rates.output],
  ]);
}

/**
 * The most that a call can cost, in micro-dollars, rounded up: every byte of the prompt a token, each at the dearest rate,
 * and an answer of full length. Undefined when the price of the model is not known.
 *
 * @param promptBytes as `promptBytesOf` counts them
 */
export function worstCostOf(
  model: string,
  promptBytes: number,
  maxOutputTokens: number,
  prices: ModelPrices,
): number | undefined {
  const price = priceOf(model, prices);
  if (!price) return undefined;
  const inputTokens = mostInputTokensOf(promptBytes);
  const rates = ratesFor(price, inputTokens);
  const dearest = Math.max(rates.input, rates.cachedInput ?? 0, rates.cacheWrite ?? 0);
  return microDollars([
    [inputTokens, dearest],
    [maxOutputTokens, rates.output],
  ]);
}

/** The worst case of a call as a charge; undefined like `worstCostOf`. */
export function worstChargeOf(
  model: string,
  promptBytes: number,
  maxOutputTokens: number,
  prices: ModelPrices,
): Charge | undefined {
  const usdMicros = worstCostOf(model, promptBytes, maxOutputTokens, prices);
  if (usdMicros === undefined) return undefined;
  return { usdMicros, tokens: worstTokensOf(promptBytes, maxOutputTokens) };
}

/** The most tokens that a call can use, with its answer. */
export function worstTokensOf(promptBytes: number, maxOutputTokens: number): number {
  return mostInputTokensOf(promptBytes) + maxOutputTokens;
}

/** The most tokens that a call can read. */
export function mostInputTokensOf(promptBytes: number): number {
  return mostTokensOf(promptBytes) + requestOverheadTokens;
}

/**
 * The most tokens that a text can be. Tokenizers of today cut bytes into pieces of at least one byte, so a byte is the only
 * bound that holds for every text: English has 4 bytes in a token, but base64 fewer than 2, and digits exactly 1 in
 * some families. A reservation that is too large costs nothing once it is settled; one that is too small breaks a budget.
 */
export function mostTokensOf(bytes: number): number {
  return Math.ceil(bytes);
}

/** Size in UTF-8 of everything that a request says, its parts joined. */
export function promptBytesOf(texts: readonly string[], answerSchema: unknown): number {
  return Buffer.byteLength(texts.join('\n\n')) + Buffer.byteLength(JSON.stringify(answerSchema) ?? '');
}

/** What providers add to a prompt by themselves: frames of messages, and the text that explains a forced answer tool. */
const requestOverheadTokens = 2_000;

function ratesFor(price: ModelPrice, inputTokens: number): Rates {
  return price.longPrompt && inputTokens > price.longPrompt.aboveInputTokens ? price.longPrompt : price;
}

/** How many characters of the id a pattern names; -1 when it does not fit. */
function exactnessOf(pattern: string, model: string): number {
  const pieces = pattern.split('*');
  const expression = pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return new RegExp(`^${expression}$`, 's').test(model) ? pattern.length - (pieces.length - 1) : -1;
}

/** In whole numbers: a sum of decimal fractions would round up for what is only an error of floating point. */
function microDollars(parts: readonly (readonly [tokens: number, usdPerMillion: number])[]): number {
  const fractions = 1_000_000;
  const sum = parts.reduce((sum, [tokens, rate]) => sum + BigInt(tokens) * BigInt(Math.round(rate * fractions)), 0n);
  return Number((sum + BigInt(fractions - 1)) / BigInt(fractions));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
