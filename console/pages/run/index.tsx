import type { ReactElement } from 'react';
import { useParams } from 'react-router';
import { Page } from '../../frame/page.tsx';
import { AnswerView } from '../../states/answer-view.tsx';
import { runPage } from '../../strings/run.ts';
import { RunContent } from './run-content.tsx';
import { RunActions } from './run-actions.tsx';
import { useLiveRun } from './use-live-run.ts';

export function Component(): ReactElement {
  const { runId = '' } = useParams();
  // Another run is another page: nothing of one may be shown for the other.
  return <RunPage key={runId} runId={runId} />;
}

function RunPage({ runId }: { readonly runId: string }): ReactElement {
  const answer = useLiveRun(runId);
  const run = answer.state === 'loaded' ? answer.value : undefined;
  return (
    <Page
      title={runPage.title(run?.goal ?? '')}
      description={runId}
      actions={run && <RunActions run={run} again={answer.again} />}
    >
      <AnswerView answer={answer}>{(value) => <RunContent run={value} />}</AnswerView>
    </Page>
  );
}
