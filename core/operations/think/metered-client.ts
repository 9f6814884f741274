import type { BudgetRefusal, Charge, Reservation, SpendLimits } from '../../model/budget.ts';
import { ActionError, StoreUnavailable } from '../../model/failure.ts';
import { mostInputTokensOf, promptBytesOf } from '../../model/model-prices.ts';
import type { TokenUsage } from '../../model/token-usage.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ModelAnswer, ModelClient, ModelRequest } from '../../ports/model-client.ts';
import type { SpendStore } from '../../ports/spend-store.ts';

/** What a use of a model costs, in micro-dollars, rounded up; undefined when no price of it is known. */
export type Prices = (model: string, usage: TokenUsage) => number | undefined;

/** Whose money is spent, and how much there is. */
export interface Meter {
  readonly spend: Pick<SpendStore, 'reserve' | 'settle'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly prices: Prices;
  readonly limits: SpendLimits;
  readonly payer: Pick<Reservation, 'tenantId' | 'runId' | 'agent'>;
  /** Names this attempt of this step within its run; call n has the key `<key>#<n>`. */
  readonly key: string;
}

/** One call as it was paid for. */
export interface MeteredCall {
  readonly request: ModelRequest;
  readonly charge: Charge;
  readonly outcome: { readonly answer: ModelAnswer } | { readonly error: unknown };
  readonly latencyMs: number;
  /** What is odd about the bill. */
  readonly problems: readonly string[];
}

/**
 * A client that sets the worst case of each call aside before it leaves, and puts what was really used in its place. No
 * reservation, no call.
 *
 * Throws ActionError besides those of the client: `budgetExceeded` when a limit would be passed, `bug` when there is a
 * budget in money and no price, both `notSent`; and StoreUnavailable when the reservation could not be written.
 */
export function meteredClient(client: ModelClient, meter: Meter, record: (call: MeteredCall) => void): ModelClient {
  let calls = 0;
  return {
    async ask(request, signal) {
      const worst = worstCharge(request, meter);
      const startedAtMs = meter.clock.now();
      calls += 1;
      const reservation: Reservation = {
        ...meter.payer,
        model: request.model,
        key: `${meter.key}:${calls}`,
        day: new Date(startedAtMs).toISOString().slice(0, 10),
        worst,
      };
      await reserve(reservation, meter);
      const finish = async (outcome: MeteredCall['outcome'], bill: Bill): Promise<void> => {
        const latencyMs = 'answer' in outcome ? outcome.answer.latencyMs : meter.clock.now() - startedAtMs;
        const unsettled = await settle(reservation, bill.charge, meter);
        record({ request, outcome, latencyMs, charge: bill.charge, problems: [...bill.problems, ...unsettled] });
      };
      let answer: ModelAnswer;
      try {
        answer = await client.ask(request, signal);
      } catch (error) {
        await finish({ error }, { charge: mayBeCharged(error) ? worst : nothing, problems: [] });
        throw error;
      }
      await finish({ answer }, billOf(answer, request, worst, meter.prices));
      return answer;
    },
  };
}

const nothing: Charge = { usdMicros: 0, tokens: 0 };

async function reserve(reservation: Reservation, { spend, limits }: Meter): Promise<void> {
  const refusal = await spend.reserve(reservation, limits);
  if (!refusal) return;
  const { limit, unit, allowed, used, wanted } = refusal;
  const whose =
    limit === 'run'
      ? `of the run ${reservation.runId}`
      : `of the tenant ${reservation.tenantId} for ${reservation.day}`;
  throw new ActionError(
    `The budget ${whose} allows ${inUnits(allowed, unit)}; ${inUnits(used, unit)} are used or set aside, and a call of ${reservation.model} may take ${inUnits(wanted, unit)} more. Nothing was sent. Raise the budget, or ask for less.`,
    { class: 'budgetExceeded', sendOutcome: 'notSent' },
  );
}

function inUnits(amount: number, unit: BudgetRefusal['unit']): string {
  if (unit === 'openCalls') return `${amount} calls that were never settled`;
  return unit === 'tokens' ? `${amount} tokens` : `${(amount / 1_000_000).toFixed(6)} USD`;
}

/** What is odd, instead of an error: an answer that was paid for is not thrown away; the worst case stays set aside. */
async function settle(reservation: Reservation, charge: Charge, { spend }: Meter): Promise<string[]> {
  try {
    await spend.settle(reservation, charge);
    return [];
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return [`the charge could not be settled, so the worst case counts: ${error.message}`];
  }
}

/** More than the call can take: no token is shorter than a byte, and the answer is cut at `maxOutputTokens`. */
function worstUsage(request: ModelRequest): { readonly input: number; readonly output: number } {
  const texts = request.parts.map(({ text }) => text);
  return { input: mostInputTokensOf(promptBytesOf(texts, request.answerSchema)), output: request.maxOutputTokens };
}

function worstCharge(request: ModelRequest, { prices, limits }: Meter): Charge {
  const { input, output } = worstUsage(request);
  const usdMicros = dearest(request.model, input, output, prices);
  const hasUsdLimit = limits.run.usdMicros !== undefined || limits.tenantDay.usdMicros !== undefined;
  if (usdMicros === undefined && hasUsdLimit) {
    throw new ActionError(
      `There is a budget in USD, but no price of the model '${request.model}' is known. Add its price, choose another model, or set the budget in tokens. Nothing was sent.`,
      { class: 'bug', sendOutcome: 'notSent' },
    );
  }
  return { usdMicros: usdMicros ?? 0, tokens: input + output };
}

/** The most that so many tokens can cost. Writing to a cache may cost more than plain input; reading may be priced in any way. */
function dearest(model: string, input: number, output: number, prices: Prices): number | undefined {
  const plain = { inputTokens: input, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: output };
  const usages = [plain, { ...plain, cacheWriteTokens: input }, { ...plain, cachedInputTokens: input }];
  const costs = usages.map((usage) => prices(model, usage)).filter((cost) => cost !== undefined);
  return costs.length < usages.length ? undefined : Math.max(...costs);
}

interface Bill {
  readonly charge: Charge;
  readonly problems: readonly string[];
}

/**
 * What the provider says was used, as far as that can be true: a call without input tokens is none, and more than the
 * worst case was not possible.
 */
function billOf({ usage, text, reasoning }: ModelAnswer, request: ModelRequest, worst: Charge, prices: Prices): Bill {
  const most = worstUsage(request);
  const problems: string[] = [];
  let { inputTokens, outputTokens } = usage;
  if (inputTokens === 0) {
    inputTokens = most.input;
    problems.push('the provider did not say how many tokens it read; the worst case counts');
  }
  if (outputTokens === 0 && text + reasoning !== '') {
    outputTokens = most.output;
    problems.push('the provider did not say how many tokens it wrote; the worst case counts');
  }
  if (inputTokens > most.input || outputTokens > most.output) {
    problems.push(
      `the provider says that it used ${inputTokens} and ${outputTokens} tokens; ${most.input} and ${most.output} were possible, and no more counts`,
    );
    inputTokens = Math.min(inputTokens, most.input);
    outputTokens = Math.min(outputTokens, most.output);
  }
  const cachedInputTokens = Math.min(usage.cachedInputTokens, inputTokens);
  const cacheWriteTokens = Math.min(usage.cacheWriteTokens, inputTokens - cachedInputTokens);
  // Who has not said how much was read has not said how much of it was cached.
  const cost =
    inputTokens === most.input
      ? dearest(request.model, inputTokens, outputTokens, prices)
      : prices(request.model, { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens });
  return {
    charge: { usdMicros: Math.min(cost ?? 0, worst.usdMicros), tokens: inputTokens + outputTokens },
    problems,
  };
}

/** Unless it is proven that nothing left or nothing was done. */
function mayBeCharged(error: unknown): boolean {
  return !(ActionError.isInstance(error) && (error.sendOutcome === 'notSent' || error.sendOutcome === 'notDone'));
}
