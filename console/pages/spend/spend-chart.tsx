import BarChart from '@cloudscape-design/components/bar-chart';
import type { ReactElement } from 'react';
import { countText, roundUsdText, usdText } from '../../format/amounts.ts';
import { spend } from '../../strings/spend.ts';
import type { Bar, Measure } from './bars.ts';

interface SpendChartProps {
  readonly bars: readonly Bar[];
  readonly measure: Measure;
  readonly title: string;
  /** Time runs from left to right; other groups are easier to read below each other. */
  readonly isOverTime: boolean;
}

/** Bars of a bill. What they say stands in a table as well. */
export default function SpendChart({ bars, measure, title, isOverTime }: SpendChartProps): ReactElement {
  const [text, lineText] = measure === 'usdMicros' ? [usdText, roundUsdText] : [countText, countText];
  return (
    <BarChart
      series={[
        {
          type: 'bar',
          title: spend.measures[measure],
          data: bars.map(({ label, amount }) => ({ x: label, y: amount })),
          valueFormatter: text,
        },
      ]}
      xDomain={bars.map(({ label }) => label)}
      yDomain={[0, Math.max(1, ...bars.map(({ amount }) => amount))]}
      horizontalBars={!isOverTime}
      height={isOverTime ? 260 : 60 + 36 * bars.length}
      hideFilter
      hideLegend
      ariaLabel={title}
      ariaDescription={spend.chartIsTable}
      i18nStrings={{ yTickFormatter: lineText, ...(isOverTime ? { xTickFormatter: monthDay } : {}) }}
    />
  );
}

/** The year is known from the title, and dates side by side need the room. */
function monthDay(day: string): string {
  return day.slice(5);
}
