import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { AuditView } from '../../../core/contract/api.ts';
import { useOrder } from '../../api/use-order.ts';
import { countText } from '../../format/amounts.ts';
import { useApi } from '../../session/session-context.ts';
import { FailureNotice } from '../../states/failure-notice.tsx';
import { runPage } from '../../strings/run.ts';

const { timeline: words } = runPage;

const kinds: Readonly<Record<AuditView['verdict'], StatusIndicatorProps.Type>> = {
  intact: 'success',
  tampered: 'error',
  notOver: 'info',
  unsealed: 'warning',
};

/** Compares what is stored of a run with what was sealed when it ended. */
export function AuditCheck({ runId }: { readonly runId: string }): ReactElement {
  const api = useApi();
  const [audit, setAudit] = useState<AuditView>();
  const order = useOrder(async () => setAudit(await api.get('/v1/runs/{runId}/audit', { runId })));
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      <Button iconName="lock-private" loading={order.isUnderway} onClick={() => void order.give()}>
        {words.sealed}
      </Button>
      <span role="status">
        {audit && (
          <StatusIndicator type={kinds[audit.verdict]}>
            {words.verdicts[audit.verdict]}
            {audit.sealed > 0 ? `; ${words.checked(countText(audit.sealed))}` : ''}
            {audit.first ? `. ${words.first(audit.first.position, audit.first.type, audit.first.problem)}` : ''}
          </StatusIndicator>
        )}
      </span>
      <FailureNotice error={order.error} />
    </SpaceBetween>
  );
}
