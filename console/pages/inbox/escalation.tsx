import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { useParams } from 'react-router';
import type { EscalationView } from '../../../core/contract/inbox-api.ts';
import { problemOf } from '../../api/api-failure.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { plainText } from '../../format/plain-json.ts';
import { PageLink } from '../../frame/page-link.tsx';
import { Page } from '../../frame/page.tsx';
import { useApi } from '../../session/session-context.ts';
import { useSubject } from '../../session/use-subject.ts';
import { AnswerView } from '../../states/answer-view.tsx';
import { FailureNotice } from '../../states/failure-notice.tsx';
import { NothingHere } from '../../states/nothing-here.tsx';
import { item, kindTexts } from '../../strings/inbox.ts';
import { deciding } from '../../strings/resolutions.ts';
import { ApprovalView } from './approval-view.tsx';
import { backgroundOf } from './background.ts';
import { CaseSummary } from './case-summary.tsx';
import { ClaimBar } from './claim-bar.tsx';
import { DecidePanel } from './decide-panel.tsx';
import { DiagnosisView } from './diagnosis-view.tsx';
import { HistoryView } from './history-view.tsx';
import { holderOf } from './items.ts';
import { PlanOfCase } from './plan-view.tsx';
import { StepInQuestion } from './step-view.tsx';

const openMs = 3_000;
/** Only comments are added to it. */
const settledMs = 15_000;

export function Component(): ReactElement {
  const { escalationId = '' } = useParams();
  const api = useApi();
  const answer = useAnswer(
    escalationId,
    async (signal) =>
      // Without `format`, the answer is the item and not an interrupt of LangChain.
      (await api.get('/v1/escalations/{escalationId}', { escalationId }, { signal })) as EscalationView,
    ({ status }) => (status === 'open' ? openMs : settledMs),
  );
  const isMissing = answer.state === 'failed' && problemOf(answer.error)?.code === 'unknown-escalation';
  const loaded = answer.state === 'loaded' ? answer.value : undefined;
  return (
    <Page
      title={loaded === undefined ? escalationId : item.titleOf(kindTexts[loaded.kind].name, loaded.stepId)}
      description={loaded === undefined ? undefined : kindTexts[loaded.kind].text}
    >
      {isMissing ? (
        <NothingHere title={item.missing}>
          <PageLink to="/inbox">{item.toInbox}</PageLink>
        </NothingHere>
      ) : (
        <AnswerView answer={answer}>
          {(escalation) => <Case key={escalationId} escalation={escalation} onChange={answer.again} />}
        </AnswerView>
      )}
    </Page>
  );
}

interface CaseProps {
  readonly escalation: EscalationView;
  readonly onChange: () => void;
}

function Case({ escalation, onChange }: CaseProps): ReactElement {
  const api = useApi();
  const me = useSubject();
  const { status, settled, approval, case: told } = escalation;
  // Whoever comes to a settled item reads; whoever sees it become settled was about to decide.
  const [wasOpen] = useState(status === 'open');
  const isOpen = status === 'open';
  const answer = useAnswer(
    // Its arguments change when somebody edits them: then the plan has another revision.
    `${escalation.escalationId} ${told?.plan.revision}`,
    (signal) => backgroundOf(api, escalation, signal),
  );
  const background = answer.state === 'loaded' ? answer.value : undefined;
  const holder = isOpen ? holderOf(escalation, Date.now()) : undefined;
  return (
    <SpaceBetween size="l">
      {wasOpen && !isOpen && settled !== undefined && settled.by !== me && (
        <Alert type="info" header={deciding.settledMeanwhile(settled.by)}>
          <p style={{ margin: 0 }}>{plainText(settled.reason)}</p>
          {deciding.settledText}
        </Alert>
      )}
      {isOpen && <ClaimBar {...{ escalation, holder, me, onChange }} />}
      <CaseSummary escalation={escalation} />
      {approval !== undefined && <ApprovalView approval={approval} />}
      {answer.state === 'failed' && <FailureNotice error={answer.error} again={answer.again} />}
      {told?.step !== undefined && (
        <StepInQuestion step={told.step} planned={background?.planned} isShownAbove={approval?.shown !== undefined} />
      )}
      {told?.diagnosis !== undefined && <DiagnosisView told={told.diagnosis} />}
      {isOpen && answer.state !== 'loading' && (
        <DecidePanel heldBy={holder === me ? undefined : holder} {...{ escalation, background, onChange }} />
      )}
      {told !== undefined && <PlanOfCase plan={told.plan} />}
      <HistoryView {...{ escalation, onChange }} />
    </SpaceBetween>
  );
}
