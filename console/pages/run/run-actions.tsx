import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { RunView } from '../../../core/contract/api.ts';
import type { RunStatus } from '../../../core/model/run.ts';
import { runPage } from '../../strings/run.ts';
import { CancelDialog } from './cancel-dialog.tsx';
import { ResumeDialog } from './resume-dialog.tsx';

const { actions } = runPage;
const over = new Set<RunStatus>(['completed', 'declined', 'failed', 'canceled']);
const resumable = new Set<RunStatus>(['waiting', 'escalated', 'running', 'pending']);

/** What can be done with a run. @param again looks at it anew */
export function RunActions({ run, again }: { readonly run: RunView; readonly again: () => void }): ReactElement {
  const [open, setOpen] = useState<'cancel' | 'resume'>();
  const close = (isDone: boolean): void => {
    setOpen(undefined);
    if (isDone) again();
  };
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button iconName="refresh" ariaLabel={actions.refresh} onClick={again} />
      {!over.has(run.status) && <Button onClick={() => setOpen('cancel')}>{actions.cancel}</Button>}
      {resumable.has(run.status) && <Button onClick={() => setOpen('resume')}>{actions.resume}</Button>}
      {open === 'cancel' && <CancelDialog runId={run.runId} close={close} />}
      {open === 'resume' && <ResumeDialog runId={run.runId} close={close} />}
    </SpaceBetween>
  );
}
