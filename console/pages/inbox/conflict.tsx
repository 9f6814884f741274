import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import type { ReactElement } from 'react';
import { problemOf } from '../../api/api-failure.ts';
import { FailureNotice } from '../../states/failure-notice.tsx';
import { forms } from '../../strings/forms.ts';
import { deciding } from '../../strings/resolutions.ts';

interface ConflictProps {
  readonly error: unknown;
  /** Fetches how the item stands now. */
  readonly onLook: () => void;
  readonly onDismiss?: () => void;
}

type Known = keyof typeof deciding.conflicts;

/** Why something was not done to an item. That somebody else was faster is news and no failure. Nothing without an error. */
export function Conflict({ error, onLook, onDismiss }: ConflictProps): ReactElement | null {
  const problem = problemOf(error);
  const known = (Object.keys(deciding.conflicts) as readonly Known[]).find((code) => code === problem?.code);
  if (problem === undefined || known === undefined) {
    return <FailureNotice error={error} {...(onDismiss ? { onDismiss } : {})} />;
  }
  return (
    <Alert
      type={known === 'already-settled' ? 'info' : 'warning'}
      header={deciding.conflicts[known]}
      action={
        <Button
          onClick={() => {
            onDismiss?.();
            onLook();
          }}
        >
          {forms.refresh}
        </Button>
      }
    >
      {problem.detail} {deciding.unsent}
    </Alert>
  );
}
