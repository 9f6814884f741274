import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { ReactElement } from 'react';
import type { GrantedAction } from '../../../core/contract/grants-api.ts';
import { grants } from '../../strings/grants.ts';

type Decision = GrantedAction['decision'];

const marks: Readonly<Record<Decision, StatusIndicatorProps.Type>> = {
  allowed: 'success',
  approval: 'warning',
  depends: 'info',
  denied: 'stopped',
};

export function DecisionMark({ decision }: { readonly decision: Decision }): ReactElement {
  return <StatusIndicator type={marks[decision]}>{grants.decisions[decision]}</StatusIndicator>;
}
