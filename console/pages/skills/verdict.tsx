import Alert from '@cloudscape-design/components/alert';
import type { AlertProps } from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import type { Explanation } from '../../../core/contract/api.ts';
import { asking } from '../../strings/grants.ts';

const kinds: Readonly<Record<Explanation['verdict'], AlertProps.Type>> = {
  allow: 'success',
  allowWithApproval: 'warning',
  deny: 'error',
};

/** What the policies say about a use. */
export function Verdict({ answer }: { readonly answer: Explanation }): ReactElement {
  const { verdict, reasons, policies, sensitive, problems } = answer;
  const list = (items: readonly string[], none: string) => (items.length === 0 ? none : <Items items={items} />);
  return (
    <Container header={<Header>{asking.answer}</Header>}>
      <SpaceBetween size="m">
        <Alert type={kinds[verdict]} header={asking.verdicts[verdict]}>
          {reasons.length > 0 && <Items items={reasons} />}
        </Alert>
        {problems.length > 0 && (
          <Alert type="error" header={asking.problems}>
            <Items
              items={problems.map(({ path, message }) => (path === undefined ? message : `${path}: ${message}`))}
            />
          </Alert>
        )}
        <KeyValuePairs
          columns={2}
          items={[
            { label: asking.policies, value: list(policies, asking.noPolicy) },
            { label: asking.sensitive, value: list(sensitive, '–') },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}

function Items({ items }: { readonly items: readonly string[] }): ReactElement {
  return (
    <ul style={{ margin: 0, paddingInlineStart: 20 }}>
      {[...new Set(items)].map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  );
}
