import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import type { RunView } from '../../../core/contract/api.ts';
import { JsonView } from '../../frame/json-view.tsx';
import { runPage } from '../../strings/run.ts';

const { facts } = runPage;

export function InputTab({ run }: { readonly run: RunView }): ReactElement {
  return (
    <SpaceBetween size="m">
      <Container header={<Header variant="h2">{facts.input}</Header>}>
        <JsonView value={run.input} label={facts.input} />
      </Container>
      {run.output !== undefined && (
        <Container header={<Header variant="h2">{facts.output}</Header>}>
          <JsonView value={run.output} label={facts.output} />
        </Container>
      )}
    </SpaceBetween>
  );
}
