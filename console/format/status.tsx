import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { ReactElement } from 'react';
import type { RunStatus } from '../../core/model/run.ts';
import type { StepStatus } from '../../core/model/step.ts';
import { runStatusTexts, stepStatusTexts } from '../strings/statuses.ts';

type Kind = StatusIndicatorProps.Type;

const runKinds: Readonly<Record<RunStatus, Kind>> = {
  pending: 'pending',
  running: 'in-progress',
  waiting: 'pending',
  escalated: 'warning',
  compensating: 'in-progress',
  completed: 'success',
  declined: 'stopped',
  failed: 'error',
  canceled: 'stopped',
};

export const stepKinds: Readonly<Record<StepStatus, Kind>> = {
  pending: 'pending',
  running: 'in-progress',
  completed: 'success',
  failed: 'error',
  inDoubt: 'warning',
  skipped: 'stopped',
  compensated: 'stopped',
};

export function RunStatusMark({ status }: { readonly status: RunStatus }): ReactElement {
  return <StatusIndicator type={runKinds[status]}>{runStatusTexts[status]}</StatusIndicator>;
}

export function StepStatusMark({ status }: { readonly status: StepStatus }): ReactElement {
  return <StatusIndicator type={stepKinds[status]}>{stepStatusTexts[status]}</StatusIndicator>;
}
