import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { EscalationView } from '../../../core/contract/inbox-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { ReasonDialog } from '../../forms/reason-dialog.tsx';
import { momentText } from '../../format/time.ts';
import { useTell } from '../../frame/notices.tsx';
import { useApi } from '../../session/session-context.ts';
import { claims } from '../../strings/inbox.ts';
import { Conflict } from './conflict.tsx';

interface ClaimBarProps {
  readonly escalation: EscalationView;
  /** Who works on it now, if anybody. */
  readonly holder: string | undefined;
  readonly me: string;
  readonly onChange: () => void;
}

const usualMinutes = 15;
const longer = (['60', '240'] as const).map((id) => ({ id, text: claims.minutes[id] }));

/** Who works on an item, and how to take it, give it back or ask somebody else. */
export function ClaimBar({ escalation, holder, me, onChange }: ClaimBarProps): ReactElement {
  const { escalationId, claim } = escalation;
  const api = useApi();
  const tell = useTell();
  const [isAsking, setAsking] = useState(false);
  const order = useOrder(async (minutes: number | undefined) => {
    if (minutes === undefined) await api.post('/v1/escalations/{escalationId}/release', { escalationId }, {});
    else await api.post('/v1/escalations/{escalationId}/claim', { escalationId }, { minutes });
    tell({ type: 'success', text: minutes === undefined ? claims.released : claims.claimed });
    onChange();
  });
  const isMine = holder === me;
  const until = claim === undefined ? '' : momentText(claim.until);
  return (
    <SpaceBetween size="s">
      {holder !== undefined && (
        <Alert type={isMine ? 'info' : 'warning'} header={isMine ? undefined : claims.theirs(holder, until)}>
          {isMine ? claims.mine(until) : claims.theirsText}
        </Alert>
      )}
      {(holder === undefined || isMine) && (
        <SpaceBetween direction="horizontal" size="xs">
          <ButtonDropdown
            items={longer}
            loading={order.isUnderway}
            ariaLabel={claims.others}
            mainAction={{
              text: isMine ? claims.renew : claims.claim,
              onClick: () => void order.give(usualMinutes),
            }}
            onItemClick={({ detail }) => void order.give(Number(detail.id))}
          />
          {isMine && (
            <Button disabled={order.isUnderway} onClick={() => void order.give(undefined)}>
              {claims.release}
            </Button>
          )}
          <Button onClick={() => setAsking(true)}>{claims.reassign}</Button>
        </SpaceBetween>
      )}
      <Conflict error={order.error} onLook={onChange} onDismiss={order.forgetError} />
      {isAsking && <ReassignDialog {...{ escalationId, onChange }} onClose={() => setAsking(false)} />}
    </SpaceBetween>
  );
}

interface ReassignDialogProps {
  readonly escalationId: string;
  readonly onChange: () => void;
  readonly onClose: () => void;
}

function ReassignDialog({ escalationId, onChange, onClose }: ReassignDialogProps): ReactElement {
  const api = useApi();
  const tell = useTell();
  const [to, setTo] = useState('');
  const [isChecked, setChecked] = useState(false);
  const name = to.trim();
  const problem = nameProblem(name);
  const carryOut = async (reason: string): Promise<void> => {
    await api.post('/v1/escalations/{escalationId}/reassign', { escalationId }, { to: name, reason });
    tell({ type: 'success', text: claims.reassigned(name) });
    onChange();
  };
  return (
    <ReasonDialog
      title={claims.reassignTitle}
      confirm={claims.reassign}
      isReady={problem === undefined}
      onCheck={() => setChecked(true)}
      onConfirm={carryOut}
      onClose={onClose}
      failureText={(error) => <Conflict error={error} onLook={onChange} />}
    >
      <SpaceBetween size="m">
        <Box variant="p">{claims.reassignText}</Box>
        <FormField label={claims.to} errorText={isChecked ? problem : undefined}>
          <Input value={to} ariaRequired onChange={({ detail }) => setTo(detail.value)} />
        </FormField>
      </SpaceBetween>
    </ReasonDialog>
  );
}

function nameProblem(name: string): string | undefined {
  if (name === '') return claims.toMissing;
  return name.length > 128 || /\p{Cc}/u.test(name) ? claims.toTooLong : undefined;
}
