import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement, ReactNode } from 'react';
import { FailureNotice } from '../states/failure-notice.tsx';
import { frame } from '../strings/frame.ts';

interface OrderDialogProps {
  readonly title: string;
  /** What the button says that carries it out. */
  readonly label: string;
  readonly isUnderway: boolean;
  readonly error: unknown;
  readonly give: () => void;
  readonly close: () => void;
  readonly children: ReactNode;
}

/** Asks once more, and for details, before something is changed that others see. */
export function OrderDialog(props: OrderDialogProps): ReactElement {
  const { title, label, isUnderway, error, give, close, children } = props;
  return (
    <Modal
      visible
      header={title}
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              {frame.back}
            </Button>
            <Button variant="primary" loading={isUnderway} onClick={give}>
              {label}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {children}
        <FailureNotice error={error} />
      </SpaceBetween>
    </Modal>
  );
}
