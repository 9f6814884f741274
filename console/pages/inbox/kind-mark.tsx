import Badge from '@cloudscape-design/components/badge';
import type { BadgeProps } from '@cloudscape-design/components/badge';
import type { ReactElement } from 'react';
import type { EscalationView } from '../../../core/contract/inbox-api.ts';
import { kindTexts } from '../../strings/inbox.ts';

const colors: Readonly<Record<EscalationView['kind'], NonNullable<BadgeProps['color']>>> = {
  approval: 'blue',
  inDoubt: 'severity-high',
  failure: 'red',
  denied: 'grey',
  budget: 'severity-medium',
  deadRun: 'severity-critical',
};

/** The kind of an inbox item as a word; its colour only helps to find it again. */
export function KindMark({ kind }: { readonly kind: EscalationView['kind'] }): ReactElement {
  return <Badge color={colors[kind]}>{kindTexts[kind].name}</Badge>;
}
