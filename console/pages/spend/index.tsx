import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { lazy, Suspense, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { SpendGroup, SpendView } from '../../../core/contract/spend-api.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { countText, usdText } from '../../format/amounts.ts';
import { Page } from '../../frame/page.tsx';
import { useApi } from '../../session/session-context.ts';
import { AnswerView, Loading } from '../../states/answer-view.tsx';
import { NothingHere } from '../../states/nothing-here.tsx';
import { spend } from '../../strings/spend.ts';
import { barsOf } from './bars.ts';
import type { Measure } from './bars.ts';
import { daysOf, queryOf, rangeOf } from './days.ts';
import { RangeChoice } from './range-choice.tsx';
import { SpendTable } from './spend-table.tsx';

const SpendChart = lazy(() => import('./spend-chart.tsx'));

const refreshMs = 30_000;
const groups: readonly SpendGroup[] = ['day', 'agent', 'model', 'tenant'];

export function Component(): ReactElement {
  const api = useApi();
  const [query, setQuery] = useSearchParams();
  const by = groups.find((group) => group === query.get('by')) ?? 'day';
  const range = rangeOf(query);
  const answer = useAnswer(
    JSON.stringify({ by, range }),
    (signal) => api.get('/v1/spend', {}, { query: { by, ...daysOf(range, Date.now()) }, signal }),
    refreshMs,
  );
  return (
    <Page title={spend.title} description={spend.description}>
      <SpaceBetween size="l">
        <SpaceBetween direction="horizontal" size="l">
          <FormField label={spend.by}>
            <SegmentedControl
              label={spend.by}
              selectedId={by}
              options={groups.map((id) => ({ id, text: spend.groups[id] }))}
              onChange={({ detail }) => {
                const next = groups.find((group) => group === detail.selectedId);
                if (next) setQuery({ by: next, ...queryOf(range) }, { replace: true });
              }}
            />
          </FormField>
          <RangeChoice range={range} onChange={(next) => setQuery({ by, ...queryOf(next) }, { replace: true })} />
        </SpaceBetween>
        <AnswerView answer={answer}>{(bill) => <Bill bill={bill} />}</AnswerView>
      </SpaceBetween>
    </Page>
  );
}

const measures: readonly Measure[] = ['usdMicros', 'tokens', 'calls'];

function Bill({ bill }: { readonly bill: SpendView }): ReactElement {
  const [measure, setMeasure] = useState<Measure>('usdMicros');
  const title = spend.chart(spend.measures[measure], spend.groups[bill.by]);
  return (
    <SpaceBetween size="l">
      <Totals bill={bill} />
      {bill.items.length === 0 ? (
        <Container>
          <NothingHere title={spend.none}>{spend.noneText}</NothingHere>
        </Container>
      ) : (
        <SpaceBetween size="l">
          <Container
            header={
              <Header
                actions={
                  <SegmentedControl
                    label={spend.measure}
                    selectedId={measure}
                    options={measures.map((id) => ({ id, text: spend.measures[id] }))}
                    onChange={({ detail }) =>
                      setMeasure(measures.find((id) => id === detail.selectedId) ?? 'usdMicros')
                    }
                  />
                }
              >
                {title}
              </Header>
            }
          >
            <Suspense fallback={<Loading />}>
              <SpendChart
                {...{ measure, title }}
                bars={barsOf(bill, measure, spend.others)}
                isOverTime={bill.by === 'day'}
              />
            </Suspense>
          </Container>
          <SpendTable key={bill.by} bill={bill} />
        </SpaceBetween>
      )}
    </SpaceBetween>
  );
}

function Totals({ bill: { from, to, total } }: { readonly bill: SpendView }): ReactElement {
  const { totals } = spend;
  return (
    <Container header={<Header description={spend.total(from, to)}>{totals.label}</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: totals.money, value: usdText(total.usdMicros) },
          { label: totals.tokens, value: countText(total.tokens) },
          { label: totals.calls, value: countText(total.calls) },
        ]}
      />
    </Container>
  );
}
