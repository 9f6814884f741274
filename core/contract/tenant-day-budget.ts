import type { SpendLimits } from '../model/budget.ts';
import { budgetOf, writtenSpendLimits } from '../model/budget.ts';
import { env } from './env.ts';

const example = '{"usd": 25, "tokens": 5000000}';

/**
 * What each tenant may spend on models in a day (UTC): no limit when the environment says nothing. Throws an error
 * that says what is wrong with the value: a limit that is misspelt must not become none.
 */
export function tenantDayBudgetFromEnv(
  environment: Readonly<Record<string, string | undefined>>,
): SpendLimits['tenantDay'] {
  const text = environment[env.tenantDayBudget];
  if (text === undefined || text === '') return {};
  const parsed = writtenSpendLimits.safeParse(parsedJson(text));
  if (parsed.success) return budgetOf(parsed.data);
  const issues = parsed.error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  throw new Error(
    `${env.tenantDayBudget} is wrong (${issues.join('; ')}): '${text.slice(0, 200)}'. Write JSON such as ${example}, or leave it out for no limit.`,
  );
}

/** Undefined, which no schema takes, for text that is no JSON. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
