import Badge from '@cloudscape-design/components/badge';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReactElement } from 'react';
import type { CaseView } from '../../../core/contract/case-api.ts';
import { plainText } from '../../format/plain-json.ts';
import { diagnosis as words } from '../../strings/inbox.ts';
import { FactText } from './fact-text.tsx';

/** What a model makes of a failure, marked as its own word. */
export function DiagnosisView({ told }: { readonly told: NonNullable<CaseView['diagnosis']> }): ReactElement {
  const { decision, cause, reasoning, options } = told;
  return (
    <Container
      header={<Header actions={<Badge color="severity-low">{words.selfReported}</Badge>}>{words.title}</Header>}
    >
      <SpaceBetween size="m">
        <FactText label={words.decision} text={decision} />
        <FactText label={words.cause} text={cause} />
        <FactText label={words.reasoning} text={reasoning} />
        <ul aria-label={words.options} style={{ margin: 0, paddingInlineStart: 0, listStyle: 'none' }}>
          {options.map(({ option, chosen, reason }) => (
            <li key={option}>
              <StatusIndicator type={chosen ? 'success' : 'stopped'}>
                {chosen ? words.chosen : words.notChosen}
              </StatusIndicator>{' '}
              {plainText(option)}
              {reason === '' ? '' : `: ${plainText(reason)}`}
            </li>
          ))}
        </ul>
      </SpaceBetween>
    </Container>
  );
}
