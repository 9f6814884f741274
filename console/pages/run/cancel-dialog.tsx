import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { useOrder } from '../../api/use-order.ts';
import { useTell } from '../../frame/notices.tsx';
import { OrderDialog } from '../../frame/order-dialog.tsx';
import { useApi } from '../../session/session-context.ts';
import { runPage } from '../../strings/run.ts';

const { actions } = runPage;

export interface RunDialogProps {
  readonly runId: string;
  readonly close: (isDone: boolean) => void;
}

export function CancelDialog({ runId, close }: RunDialogProps): ReactElement {
  const api = useApi();
  const tell = useTell();
  const [reason, setReason] = useState('');
  const [compensate, setCompensate] = useState(false);
  const order = useOrder(async () => {
    const why = reason.trim() === '' ? {} : { reason: reason.trim() };
    await api.post('/v1/runs/{runId}/cancel', { runId }, { ...why, ...(compensate ? { compensate } : {}) });
    tell({ type: 'success', text: actions.canceled });
    close(true);
  });
  return (
    <OrderDialog
      title={actions.cancelTitle}
      label={actions.cancelTitle}
      isUnderway={order.isUnderway}
      error={order.error}
      give={() => void order.give()}
      close={() => close(false)}
    >
      <Box>{actions.cancelText}</Box>
      <Checkbox checked={compensate} onChange={({ detail }) => setCompensate(detail.checked)}>
        {actions.compensate}
      </Checkbox>
      <FormField label={actions.reason} description={actions.reasonHint}>
        <Input value={reason} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </OrderDialog>
  );
}
