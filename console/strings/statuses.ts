import type { RunStatus } from '../../core/model/run.ts';
import type { StepStatus } from '../../core/model/step.ts';

export const runStatusTexts: Readonly<Record<RunStatus, string>> = {
  pending: 'Pending',
  running: 'Running',
  waiting: 'Waiting',
  escalated: 'Waits for a person',
  compensating: 'Being taken back',
  completed: 'Completed',
  declined: 'Declined',
  failed: 'Failed',
  canceled: 'Canceled',
};

export const stepStatusTexts: Readonly<Record<StepStatus, string>> = {
  pending: 'Pending',
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  inDoubt: 'In doubt',
  skipped: 'Skipped',
  compensated: 'Compensated',
};
