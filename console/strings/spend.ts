import type { SpendGroup } from '../../core/contract/spend-api.ts';

export const spend = {
  title: 'Spend',
  description: 'What was spent on models, as far as calls are settled. Days are in UTC.',
  by: 'Grouped by',
  groups: { day: 'Day', agent: 'Agent', model: 'Model', tenant: 'Tenant' } satisfies Record<SpendGroup, string>,
  measure: 'Shown',
  measures: { usdMicros: 'Money', tokens: 'Tokens', calls: 'Calls' },
  range: 'Days',
  ranges: { '7': 'Last 7 days', '30': 'Last 30 days', '92': 'Last 92 days', chosen: 'Chosen days' },
  from: 'From',
  to: 'To',
  openCalendar: (label: string, selected: string | null) =>
    `Choose the day: ${label}${selected === null ? '' : `, now ${selected}`}`,
  apply: 'Show',
  dayMissing: 'Give a day as year-month-day.',
  dayOrder: "Is after 'To'; give the earlier day first.",
  tooManyDays: (most: number) => `At most ${most} days can be shown at once.`,
  total: (from: string, to: string) => `${from} to ${to}`,
  totals: { label: 'Totals', money: 'Money', tokens: 'Tokens', calls: 'Calls of models' },
  chart: (measure: string, group: string) => `${measure} by ${group.toLowerCase()}`,
  chartIsTable: 'The same is in the table below.',
  others: (count: number) => `${count} others`,
  table: (group: string) => `By ${group.toLowerCase()}`,
  columns: { money: 'Money', share: 'Share', tokens: 'Tokens', calls: 'Calls' },
  none: 'Nothing was spent in these days',
  noneText:
    'Models cost when an agent plans or mends a plan, or a step asks one. Calls under way count once they are settled.',
} as const;
