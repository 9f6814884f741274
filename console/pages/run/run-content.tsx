import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import type { ReactElement } from 'react';
import { useSearchParams } from 'react-router';
import type { RunView } from '../../../core/contract/api.ts';
import { FailureNotice } from '../../states/failure-notice.tsx';
import { runPage } from '../../strings/run.ts';
import { DecisionsTab } from './decisions-tab.tsx';
import { InputTab } from './input-tab.tsx';
import { PlanTab } from './plan-tab.tsx';
import { RevisionsTab } from './revisions-tab.tsx';
import { RunFacts } from './run-facts.tsx';
import { RunStanding } from './run-standing.tsx';
import { SpendTab } from './spend-tab.tsx';
import { TimelineTab } from './timeline-tab.tsx';
import { useRevisions } from './use-revisions.ts';
import { useTrace } from './use-trace.ts';

const tabIds = ['plan', 'timeline', 'decisions', 'revisions', 'spend', 'input'] as const;
type TabId = (typeof tabIds)[number];

/** A run: how it stands, its facts, and all that is known about how it came to be so. */
export function RunContent({ run }: { readonly run: RunView }): ReactElement {
  const revisions = useRevisions(run.runId, run.revision);
  const trace = useTrace(run);
  const [search, setSearch] = useSearchParams();
  const active = tabIds.find((id) => id === search.get('tab')) ?? 'plan';
  const contents: Readonly<Record<TabId, ReactElement>> = {
    plan: <PlanTab run={run} revisions={revisions.items} events={trace.events} />,
    timeline: <TimelineTab run={run} trace={trace} />,
    decisions: <DecisionsTab events={trace.events} />,
    revisions: <RevisionsTab revisions={revisions.items} />,
    spend: <SpendTab run={run} events={trace.events} />,
    input: <InputTab run={run} />,
  };
  return (
    <SpaceBetween size="l">
      <RunStanding run={run} />
      <RunFacts run={run} />
      <FailureNotice error={revisions.error ?? trace.error} />
      <Tabs
        activeTabId={active}
        onChange={({ detail }) =>
          setSearch(
            (before) => {
              const next = new URLSearchParams(before);
              next.set('tab', detail.activeTabId);
              return next;
            },
            { replace: true },
          )
        }
        tabs={tabIds.map((id) => ({
          ...{ id, label: runPage.tabs[id], content: id === active ? contents[id] : null },
        }))}
      />
    </SpaceBetween>
  );
}
