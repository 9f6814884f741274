import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import type { EscalationView } from '../../../core/contract/inbox-api.ts';
import { Moment } from '../../format/moment.tsx';
import { plainText } from '../../format/plain-json.ts';
import { RunStatusMark } from '../../format/status.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { frame } from '../../strings/frame.ts';
import { item, timerTexts } from '../../strings/inbox.ts';
import { FactText } from './fact-text.tsx';

const { labels } = item;

/** Which run is stuck, where, why, and what was tried before a person is asked. */
export function CaseSummary({ escalation }: { readonly escalation: EscalationView }): ReactElement {
  const { reason, failure, tried = [], case: told } = escalation;
  return (
    <Container header={<Header>{item.summary}</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs columns={4} items={factsOf(escalation)} />
        <FactText label={labels.reason} text={reason} />
        {failure !== undefined && (
          <div>
            <FactText label={labels.failure} text={`${failure.class}: ${failure.message}`} />
            <PageLink to={`/problems/class-${failure.class}`}>{frame.failure.code(failure.class)}</PageLink>
          </div>
        )}
        {told !== undefined && <FactText label={labels.goal} text={told.goal} />}
        {tried.length > 0 && (
          <Table
            variant="embedded"
            wrapLines
            items={tried}
            header={<Box variant="h3">{item.tried}</Box>}
            ariaLabels={{ tableLabel: item.tried }}
            columnDefinitions={[
              {
                id: 'decision',
                header: item.triedColumns.decision,
                isRowHeader: true,
                cell: ({ decision, shadow }) => (shadow === true ? `${decision} (${item.shadow})` : decision),
              },
              { id: 'uses', header: item.triedColumns.uses, cell: ({ uses }) => uses },
              { id: 'failure', header: item.triedColumns.failure, cell: (one) => one.class },
              { id: 'why', header: item.triedColumns.why, cell: ({ why }) => plainText(why) },
            ]}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}

function factsOf(escalation: EscalationView): KeyValuePairsProps.Item[] {
  const { runId, agent, stepId, openedAt, escalationId, case: told } = escalation;
  return [
    { label: labels.status, value: <Standing escalation={escalation} /> },
    {
      label: labels.run,
      value: (
        <>
          <PageLink to={`/runs/${runId}`}>{runId}</PageLink>
          {told !== undefined && <RunStatusMark status={told.run.status} />}
        </>
      ),
    },
    { label: labels.agent, value: agent },
    ...(stepId === undefined ? [] : [{ label: labels.step, value: <code>{stepId}</code> }]),
    { label: labels.opened, value: <Moment at={openedAt} /> },
    { label: labels.asked, value: <Asked escalation={escalation} /> },
    ...(told === undefined
      ? []
      : [
          { label: labels.requestedBy, value: told.run.requestedBy },
          { label: labels.deadline, value: <Moment at={told.run.deadline} /> },
        ]),
    ...(told?.parent === undefined
      ? []
      : [{ label: labels.parent, value: <PageLink to={`/runs/${told.parent.runId}`}>{told.parent.runId}</PageLink> }]),
    { label: labels.id, value: <code>{escalationId}</code> },
  ];
}

function Standing({ escalation: { status, settled } }: { readonly escalation: EscalationView }): ReactElement {
  if (status === 'open') return <StatusIndicator type="pending">{item.open}</StatusIndicator>;
  return (
    <>
      <StatusIndicator type="success">{item.settled}</StatusIndicator>
      {settled !== undefined && (
        <div>
          {item.settledText(settled.by)}, <Moment at={settled.at} />: {plainText(settled.reason)}
        </div>
      )}
    </>
  );
}

/** Who is asked, who comes next, and when that is. */
function Asked({ escalation: { assignedTo, case: told } }: { readonly escalation: EscalationView }): ReactElement {
  const { contacts = [], next, lapsesAt } = told?.asked ?? {};
  return (
    <>
      <div>{assignedTo ?? contacts[0] ?? item.anybody}</div>
      {contacts.length > 1 && <div>{item.inOrder(contacts.join(', '))}</div>}
      {next !== undefined && (
        <div>
          {timerTexts[next.what]}: <Moment at={next.at} />
        </div>
      )}
      {lapsesAt !== undefined && next?.what !== 'lapse' && (
        <div>
          {timerTexts.lapse}: <Moment at={lapsesAt} />
        </div>
      )}
    </>
  );
}
