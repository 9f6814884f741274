import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import type { EscalationView } from '../../../core/contract/inbox-api.ts';
import { Moment } from '../../format/moment.tsx';
import { plainText } from '../../format/plain-json.ts';
import { CodeView } from '../../frame/json-view.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { approvals } from '../../strings/inbox.ts';
import { TricksAlert } from './tricks-alert.tsx';

type Approval = NonNullable<EscalationView['approval']>;

/** What a person is asked to approve: exactly which bytes, why, and what in them deceives the eye. */
export function ApprovalView({ approval }: { readonly approval: Approval }): ReactElement {
  const { skill, action, doubted, shown, tricks = [] } = approval;
  return (
    <Container header={<Header description={approvals.bindingText}>{approvals.title}</Header>}>
      <SpaceBetween size="m">
        <TricksAlert tricks={tricks} />
        {doubted.length > 0 && (
          <Alert type="warning" header={approvals.doubted}>
            <p style={{ margin: 0 }}>{approvals.doubtedText}</p>
            <List items={doubted} />
          </Alert>
        )}
        <KeyValuePairs
          columns={3}
          items={[
            {
              label: approvals.use,
              value: <PageLink to={`/skills/${encodeURIComponent(skill)}`}>{`${skill}/${action}`}</PageLink>,
            },
            { label: approvals.reasons, value: <List items={approval.reasons} /> },
            { label: approvals.needs, value: <Needs approval={approval} /> },
            { label: approvals.binding, value: <Digest of={approval.binding} /> },
            { label: approvals.skillHash, value: <Digest of={approval.skillHash} /> },
            { label: approvals.argsHash, value: <Digest of={approval.argsHash} /> },
          ]}
        />
        {shown !== undefined && (
          <div>
            <Header variant="h3">{approvals.shown}</Header>
            <CodeView label={approvals.shown} text={shown} />
          </div>
        )}
      </SpaceBetween>
    </Container>
  );
}

function Needs({ approval }: { readonly approval: Approval }): ReactElement {
  const { quorum = 1, differentPerson, votes = [] } = approval;
  return (
    <>
      <div>{approvals.people(quorum, votes.length)}</div>
      {differentPerson === true && <div>{approvals.differentPerson}</div>}
      {votes.map(({ by, at, reason }) => (
        <div key={by}>
          {approvals.votes}: {by}, <Moment at={at} />: {plainText(reason)}
        </div>
      ))}
    </>
  );
}

/** All of it: two that only begin alike are not the same. */
function Digest({ of }: { readonly of: string }): ReactElement {
  return <code style={{ overflowWrap: 'anywhere' }}>{of}</code>;
}

function List({ items }: { readonly items: readonly string[] }): ReactElement {
  return (
    <ul style={{ margin: 0, paddingInlineStart: 20 }}>
      {[...new Set(items)].map((item) => (
        <li key={item}>{plainText(item)}</li>
      ))}
    </ul>
  );
}
