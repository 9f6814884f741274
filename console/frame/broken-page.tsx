import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import type { ReactElement } from 'react';
import { useRouteError } from 'react-router';
import { frame } from '../strings/frame.ts';

/** Stands where a page has thrown, or where its code could not be loaded. */
export function BrokenPage(): ReactElement {
  const error = useRouteError();
  const { broken, brokenText } = frame.failure;
  return (
    <Box padding="xxl">
      <Alert
        type="error"
        header={broken}
        action={<Button onClick={() => window.location.reload()}>{frame.again}</Button>}
      >
        <p>{brokenText}</p>
        <Box variant="code">{error instanceof Error ? `${error.name}: ${error.message}` : String(error)}</Box>
      </Alert>
    </Box>
  );
}
