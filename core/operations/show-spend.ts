import type { RunView, SpendGroup, SpendView } from '../contract/api.ts';
import { defaultSpendDays, maxSpendDays } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import type { SpendLine } from '../model/budget.ts';
import { sumOfCharges, usdText } from '../model/budget.ts';
import { countDays, dayAfter, dayOf } from '../model/day.ts';
import type { Ports, RunRef } from '../ports/index.ts';

export interface SpendRequest {
  readonly tenantId: string;
  readonly by: SpendGroup;
  /** What each item is divided by. */
  readonly split?: SpendGroup | undefined;
  /** Days in UTC, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * What a tenant has spent on models, as far as it is settled: the last 30 days when nothing else is asked for. Throws
 * the problem `invalid-parameter` for days that no bill covers.
 */
export async function showSpend(
  { tenantId, by, split, ...days }: SpendRequest,
  { spend, clock }: Pick<Ports, 'spend' | 'clock'>,
): Promise<SpendView> {
  const to = days.to ?? dayOf(clock.now());
  const from = days.from ?? dayAfter(to, 1 - defaultSpendDays);
  const count = countDays(from, to);
  if (count < 1 || count > maxSpendDays) {
    const detail = `A bill covers 1 to ${maxSpendDays} days; ${from} to ${to} are ${count}. Give other days in 'from' and 'to'.`;
    throw new Problem('invalid-parameter', detail);
  }
  const lines = await spend.lines({ tenantId, from, to });
  const items = groupsOf(lines, by, tenantId).map(({ item, members }) =>
    split === undefined ? item : { ...item, parts: groupsOf(members, split, tenantId).map((part) => part.item) },
  );
  return { by, ...(split === undefined ? {} : { split }), from, to, items, total: spentOn(lines) };
}

/** Days in order, the others with the most money first. */
function groupsOf(lines: readonly SpendLine[], by: SpendGroup, tenantId: string) {
  const groups = Map.groupBy(lines, (line) => (by === 'tenant' ? tenantId : line[by]));
  return [...groups]
    .map(([key, members]) => ({ item: { key, ...spentOn(members) }, members }))
    .toSorted(({ item: a }, { item: b }) =>
      by === 'day' || a.usdMicros === b.usdMicros ? (a.key < b.key ? -1 : 1) : b.usdMicros - a.usdMicros,
    );
}

/** What a run has spent on models so far, with what is set aside for calls that are under way. */
export async function spendOfRun(run: RunRef, { spend }: Pick<Ports, 'spend'>): Promise<NonNullable<RunView['spend']>> {
  const { usdMicros, tokens } = await spend.ofRun(run);
  return { usdMicros, tokens };
}

function spentOn(lines: readonly SpendLine[]): SpendView['total'] {
  const { usdMicros, tokens } = sumOfCharges(lines);
  return { usdMicros, usd: usdText(usdMicros), tokens, calls: lines.reduce((sum, { calls }) => sum + calls, 0) };
}
