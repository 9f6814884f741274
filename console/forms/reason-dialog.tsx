import type { ReactElement, ReactNode } from 'react';
import { useState } from 'react';
import { useOrder } from '../api/use-order.ts';
import { OrderDialog } from '../frame/order-dialog.tsx';
import { ReasonField } from './reason-field.tsx';
import { reasonProblem } from './reason.ts';

interface ReasonDialogProps {
  readonly title: string;
  /** What will happen. */
  readonly children: ReactNode;
  /** On the button that does it. */
  readonly confirm: string;
  /** Carries it out. What it throws is shown in the dialog, which stays open. */
  readonly onConfirm: (reason: string) => Promise<void>;
  readonly onClose: () => void;
  /** Whether what stands in the dialog besides the reason is good; true when left out. */
  readonly isReady?: boolean;
  /** Called when somebody tries to confirm. */
  readonly onCheck?: () => void;
  /** Shown in the place of a failure that it knows better words for. */
  readonly failureText?: (error: unknown) => ReactNode;
}

/** Asks before something is done that others notice, and why it is done. */
export function ReasonDialog(props: ReasonDialogProps): ReactElement {
  const [reason, setReason] = useState('');
  const [isChecked, setChecked] = useState(false);
  const order = useOrder(props.onConfirm);
  const ownWords = order.error === undefined ? undefined : props.failureText?.(order.error);
  const confirm = async (): Promise<void> => {
    setChecked(true);
    props.onCheck?.();
    if (props.isReady === false || reasonProblem(reason) !== undefined) return;
    if (await order.give(reason.trim())) props.onClose();
  };
  return (
    <OrderDialog
      title={props.title}
      label={props.confirm}
      isUnderway={order.isUnderway}
      error={ownWords === undefined ? order.error : undefined}
      give={() => void confirm()}
      close={props.onClose}
    >
      <div>{props.children}</div>
      <ReasonField value={reason} onChange={setReason} isChecked={isChecked} />
      {ownWords}
    </OrderDialog>
  );
}
