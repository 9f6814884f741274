import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { useOrder } from '../../api/use-order.ts';
import { useTell } from '../../frame/notices.tsx';
import { OrderDialog } from '../../frame/order-dialog.tsx';
import { useApi } from '../../session/session-context.ts';
import { runPage } from '../../strings/run.ts';
import { startRun } from '../../strings/start-run.ts';
import type { RunDialogProps } from './cancel-dialog.tsx';

const { actions } = runPage;
const limits = ['usd', 'tokens', 'steps', 'recoveries'] as const;

export function ResumeDialog({ runId, close }: RunDialogProps): ReactElement {
  const api = useApi();
  const tell = useTell();
  const [reason, setReason] = useState('');
  const [budget, setBudget] = useState<Readonly<Record<string, string>>>({});
  const order = useOrder(async () => {
    const named = limits.flatMap((name): [string, number][] => {
      const text = budget[name]?.trim() ?? '';
      return text === '' ? [] : [[name, Number(text)]];
    });
    await api.post(
      '/v1/runs/{runId}/resume',
      { runId },
      {
        ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
        ...(named.length === 0 ? {} : { budget: Object.fromEntries(named) }),
      },
    );
    tell({ type: 'success', text: actions.resumed });
    close(true);
  });
  return (
    <OrderDialog
      title={actions.resumeTitle}
      label={actions.resumeTitle}
      isUnderway={order.isUnderway}
      error={order.error}
      give={() => void order.give()}
      close={() => close(false)}
    >
      <Box>{actions.resumeText}</Box>
      <ColumnLayout columns={2}>
        {limits.map((name) => (
          <FormField key={name} label={startRun.limits[name]}>
            <Input
              type="number"
              value={budget[name] ?? ''}
              onChange={({ detail }) => setBudget((before) => ({ ...before, [name]: detail.value }))}
            />
          </FormField>
        ))}
      </ColumnLayout>
      <FormField label={actions.reason} description={actions.reasonHint}>
        <Input value={reason} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </OrderDialog>
  );
}
