import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import type { TraceEvent } from '../../../core/contract/api.ts';
import { clockText, momentText } from '../../format/time.ts';
import { NothingHere } from '../../states/nothing-here.tsx';
import { runPage } from '../../strings/run.ts';
import { Considered, Problems, SelfReport, Unavailable } from './options-view.tsx';

const { decisions: words } = runPage;

/** Each thing that was decided in a run, with what was considered and what was not chosen. */
export function DecisionsTab({ events }: { readonly events: readonly TraceEvent[] }): ReactElement {
  const decisions = events.flatMap((event) => {
    const told = decisionOf(event);
    return told === undefined ? [] : [{ event, ...told }];
  });
  if (decisions.length === 0) return <NothingHere title={words.empty} />;
  return (
    <SpaceBetween size="s">
      {decisions.map(({ event, title, body }) => (
        <Container
          key={event.seq}
          header={
            <Header
              variant="h3"
              headingTagOverride="h2"
              description={
                <time dateTime={event.at} title={momentText(event.at)}>
                  {clockText(event.at)}
                </time>
              }
            >
              {title}
            </Header>
          }
        >
          {body}
        </Container>
      ))}
    </SpaceBetween>
  );
}

/** What an event decided; undefined for one that only tells what came of it. */
function decisionOf(event: TraceEvent): { readonly title: string; readonly body: ReactElement } | undefined {
  switch (event.type) {
    case 'plan.created':
    case 'plan.revised':
      return { title: words.plan(event.revision, event.author), body: <PlanDecision event={event} /> };
    case 'plan.rejected':
      return {
        title: words.rejectedPlan(event.round),
        body: (
          <SpaceBetween size="s">
            <Problems problems={event.problems} />
            {event.model && <SelfReport model={event.model} />}
          </SpaceBetween>
        ),
      };
    case 'recovery.diagnosed': {
      const failed = event.failures.map(({ stepId, class: of, message }) => `${stepId}: ${of}: ${message}`);
      return { title: `${words.recovery}: ${event.decision}`, body: <Lines lines={[...failed, ...event.findings]} /> };
    }
    case 'policy.denied':
      return { title: words.denied(event.stepId), body: <Lines lines={[event.reason]} /> };
    case 'approval.requested': {
      const doubted = event.doubted.length === 0 ? [] : [words.doubted(event.doubted.join(', '))];
      return { title: words.approvalAsked(event.stepId), body: <Lines lines={[...event.reasons, ...doubted]} /> };
    }
    case 'approval.decided':
      return {
        title: words.approvalDecided(event.stepId, event.verdict, event.by),
        body: <Lines lines={[event.reason]} />,
      };
    case 'escalation.opened':
      return { title: `${words.escalated}: ${event.kind}`, body: <Lines lines={[event.reason]} /> };
    case 'escalation.resolved':
      return { title: words.resolved(event.by), body: <Lines lines={[event.reason]} /> };
    case 'breaker.opened':
      return { title: words.breakerOpened(event.stepId), body: <Lines lines={[event.reason]} /> };
    case 'run.waited':
      return { title: words.waited(momentText(event.until)), body: <Lines lines={[event.reason]} /> };
    case 'recovery.rejected':
      return {
        title: words.rejectedRecovery(event.round, event.stepId),
        body: (
          <SpaceBetween size="s">
            <Lines lines={event.problems} />
            {event.model && <SelfReport model={event.model} />}
          </SpaceBetween>
        ),
      };
    case 'run.takenBack':
      return { title: words.takenBack(event.by, event.ending), body: <Lines lines={[event.reason]} /> };
    case 'run.restarted':
      return { title: words.restarted(event.count), body: <Lines lines={[event.cause]} /> };
    case 'run.cancelRequested':
      return { title: words.cancelRequested(event.by), body: <Lines lines={[event.reason]} /> };
    // What came of decisions.
    case 'run.started':
    case 'run.completed':
    case 'run.ended':
    case 'step.scheduled':
    case 'step.completed':
    case 'step.failed':
    case 'step.canceled':
    case 'effect.examined':
    case 'effect.inDoubt':
    case 'model.called':
    case 'budget.charged':
      return undefined;
  }
}

function PlanDecision({
  event,
}: {
  readonly event: Extract<TraceEvent, { readonly type: 'plan.created' | 'plan.revised' }>;
}): ReactElement {
  const { reason, diff, considered, unavailable, model, type } = event;
  const changes = [
    ...diff.added.map((id) => `${id}: ${words.diff.added}`),
    ...diff.changed.map(({ id, members }) => `${id}: ${words.diff.changed} (${members.join(', ')})`),
    ...diff.superseded.map((id) => `${id}: ${words.diff.superseded}`),
  ];
  return (
    <SpaceBetween size="s">
      <Lines lines={[reason, ...(type === 'plan.created' ? [] : changes)]} />
      {considered && <Considered considered={considered} />}
      {unavailable.length > 0 && <Unavailable skills={unavailable} />}
      {model && <SelfReport model={model} />}
    </SpaceBetween>
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }): ReactElement {
  return (
    <div>
      {[...new Set(lines)].filter(Boolean).map((line) => (
        <div key={line}>{line}</div>
      ))}
    </div>
  );
}
