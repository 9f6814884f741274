import { expect, it } from 'vitest';
import { env } from './env.ts';
import { tenantDayBudgetFromEnv } from './tenant-day-budget.ts';

const parse = (text: string | undefined) => tenantDayBudgetFromEnv({ [env.tenantDayBudget]: text });

it('the budget of a tenant for a day is money and tokens, or no limit', () => {
  expect(parse('{"usd": 2.5, "tokens": 1000}')).toEqual({ usdMicros: 2_500_000, tokens: 1_000 });
  expect(parse('{"tokens": 1000}')).toEqual({ tokens: 1_000 });
  for (const none of [undefined, '', '{}']) expect(parse(none)).toEqual({});
});

it.each(['{"usd": "5"}', '{"USD": 5}', '{"usd": -1}', '{"usd": 0.0000001}', '{usd: 5}', '5', 'null', '{"steps": 4}'])(
  'a budget that is written as %s is refused, and not taken for none',
  (text) => {
    expect(() => parse(text)).toThrow('HOLDFAST_TENANT_DAY_BUDGET is wrong');
  },
);
