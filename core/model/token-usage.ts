import * as z from 'zod';

/** What one call of a model has used. `inputTokens` includes those that were read from or written to a cache. */
export const tokenUsage = z.object({
  inputTokens: z.int().nonnegative(),
  cachedInputTokens: z.int().nonnegative(),
  cacheWriteTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
});
export type TokenUsage = z.infer<typeof tokenUsage>;
