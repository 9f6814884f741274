import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import type { ReactElement, ReactNode } from 'react';
import type { Answer } from '../api/use-answer.ts';
import { frame } from '../strings/frame.ts';
import { FailureNotice } from './failure-notice.tsx';

/** A loading, failed or loaded answer. What was heard last stays when something newer cannot be had, below a notice. */
export function AnswerView<Value>({
  answer,
  children,
}: {
  readonly answer: Answer<Value>;
  readonly children: (value: Value) => ReactNode;
}): ReactElement {
  if (answer.state === 'loading') return <Loading />;
  if (answer.state === 'failed') return <FailureNotice error={answer.error} again={answer.again} />;
  if (answer.error === undefined) return <>{children(answer.value)}</>;
  return (
    <SpaceBetween size="m">
      <FailureNotice error={answer.error} again={answer.again} />
      {children(answer.value)}
    </SpaceBetween>
  );
}

export function Loading({ text = frame.loading }: { readonly text?: string }): ReactElement {
  return (
    <Box textAlign="center" padding="xxl" color="text-status-inactive">
      <span role="status">
        <Spinner size="large" /> {text}
      </span>
    </Box>
  );
}
