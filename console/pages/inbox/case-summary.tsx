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
import { item } from '../../strings/inbox.ts';
import type { Background } from './background.ts';

const { labels } = item;

interface CaseSummaryProps {
  readonly escalation: EscalationView;
  readonly background: Background | undefined;
}

/** Which run is stuck, where, why, and what was tried before a person is asked. */
export function CaseSummary({ escalation, background }: CaseSummaryProps): ReactElement {
  const { reason, failure, tried = [] } = escalation;
  return (
    <Container header={<Header>{item.summary}</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs columns={4} items={factsOf(escalation, background)} />
        <Text label={labels.reason} text={reason} />
        {failure !== undefined && <Text label={labels.failure} text={`${failure.class}: ${failure.message}`} />}
        {background !== undefined && <Text label={labels.goal} text={background.run.goal} />}
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

function factsOf(escalation: EscalationView, background: Background | undefined): KeyValuePairsProps.Item[] {
  const { status, settled, runId, agent, stepId, openedAt, assignedTo, escalationId } = escalation;
  return [
    {
      label: labels.status,
      value:
        status === 'open' ? (
          <StatusIndicator type="pending">{item.open}</StatusIndicator>
        ) : (
          <>
            <StatusIndicator type="success">{item.settled}</StatusIndicator>
            {settled !== undefined && (
              <div>
                {item.settledText(settled.by)}, <Moment at={settled.at} />: {plainText(settled.reason)}
              </div>
            )}
          </>
        ),
    },
    {
      label: labels.run,
      value: (
        <>
          <PageLink to={`/runs/${runId}`}>{runId}</PageLink>
          {background !== undefined && <RunStatusMark status={background.run.status} />}
        </>
      ),
    },
    { label: labels.agent, value: agent },
    ...(stepId === undefined ? [] : [{ label: labels.step, value: <code>{stepId}</code> }]),
    { label: labels.opened, value: <Moment at={openedAt} /> },
    ...(assignedTo === undefined ? [] : [{ label: labels.asked, value: assignedTo }]),
    ...(background === undefined ? [] : [{ label: labels.deadline, value: <Moment at={background.run.deadline} /> }]),
    { label: labels.id, value: <code>{escalationId}</code> },
  ];
}

/** What a person or a program wrote, with its lines. */
function Text({ label, text }: { readonly label: string; readonly text: string }): ReactElement {
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      <div style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{plainText(text)}</div>
    </div>
  );
}
