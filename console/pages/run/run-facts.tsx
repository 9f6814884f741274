import Container from '@cloudscape-design/components/container';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import type { ReactElement } from 'react';
import type { RunView } from '../../../core/contract/api.ts';
import { countText, usdText } from '../../format/amounts.ts';
import { Moment } from '../../format/moment.tsx';
import { RunStatusMark } from '../../format/status.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { runPage } from '../../strings/run.ts';

const { facts, limits } = runPage;

export function RunFacts({ run }: { readonly run: RunView }): ReactElement {
  const { steps, parent, playbook, labels } = run;
  const label = Object.entries(labels).map(([key, value]) => `${key}: ${value}`);
  const items: KeyValuePairsProps.Item[] = [
    { label: facts.status, value: <RunStatusMark status={run.status} /> },
    {
      label: facts.steps,
      value: (
        <ProgressBar
          value={steps.total === 0 ? 0 : (100 * steps.over) / steps.total}
          additionalInfo={facts.stepsOver(steps.over, steps.total)}
          ariaLabel={facts.steps}
        />
      ),
    },
    { label: facts.agent, value: playbook === undefined ? run.agent : `${run.agent} · ${playbook}` },
    { label: facts.started, value: <Moment at={run.createdAt} /> },
    { label: facts.deadline, value: <Moment at={run.deadline} /> },
    { label: facts.requestedBy, value: run.requestedBy },
    { label: facts.budget, value: budgetText(run.budget) },
    { label: facts.spend, value: spendText(run.spend) },
    { label: facts.revision, value: countText(run.revision) },
    { label: facts.generation, value: countText(run.generation) },
    ...(parent === undefined
      ? []
      : [{ label: facts.parent, value: <PageLink to={`/runs/${parent.runId}`}>{parent.runId}</PageLink> }]),
    ...(label.length === 0 ? [] : [{ label: facts.labels, value: label.join(', ') }]),
  ];
  return (
    <Container>
      <KeyValuePairs columns={4} items={items} />
    </Container>
  );
}

function budgetText(budget: RunView['budget']): string {
  const { usdMicros, tokens, steps, recoveries } = budget ?? {};
  const told = [
    ...(usdMicros === undefined ? [] : [limits.usd(usdText(usdMicros))]),
    ...(tokens === undefined ? [] : [limits.tokens(countText(tokens))]),
    ...(steps === undefined ? [] : [limits.steps(countText(steps))]),
    ...(recoveries === undefined ? [] : [limits.recoveries(countText(recoveries))]),
  ];
  return told.length === 0 ? facts.noBudget : told.join(', ');
}

function spendText(spend: RunView['spend']): string {
  if (spend === undefined || (spend.tokens === 0 && spend.usdMicros === 0)) return facts.noSpend;
  return `${usdText(spend.usdMicros)}, ${facts.tokens(countText(spend.tokens))}`;
}
