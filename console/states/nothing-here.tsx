import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement, ReactNode } from 'react';

/** What stands where a list would be that is empty: why, and what can be done about it. */
export function NothingHere({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <Box textAlign="center" padding={{ vertical: 'l' }}>
      <SpaceBetween size="xs">
        <Box variant="strong">{title}</Box>
        {children !== undefined && <Box color="text-body-secondary">{children}</Box>}
      </SpaceBetween>
    </Box>
  );
}
