import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { EscalationView } from '../../../core/contract/inbox-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { Moment } from '../../format/moment.tsx';
import { plainText } from '../../format/plain-json.ts';
import { useTell } from '../../frame/notices.tsx';
import { useApi } from '../../session/session-context.ts';
import { FailureNotice } from '../../states/failure-notice.tsx';
import { forms } from '../../strings/forms.ts';
import { actTexts, item } from '../../strings/inbox.ts';

interface HistoryViewProps {
  readonly escalation: EscalationView;
  readonly onChange: () => void;
}

const maxCommentCharacters = 2_000;

/** Who did what to an item, and a place to add a comment, also to a settled one. */
export function HistoryView({ escalation: { escalationId, history = [] }, onChange }: HistoryViewProps): ReactElement {
  const api = useApi();
  const tell = useTell();
  const [text, setText] = useState('');
  const [isChecked, setChecked] = useState(false);
  const order = useOrder(async () => {
    await api.post('/v1/escalations/{escalationId}/comments', { escalationId }, { text: text.trim() });
    setText('');
    setChecked(false);
    tell({ type: 'success', text: item.commented });
    onChange();
  });
  const isEmpty = text.trim() === '';
  const isTooLong = text.trim().length > maxCommentCharacters;
  const problem = isTooLong ? forms.tooLong(maxCommentCharacters) : item.commentMissing;
  return (
    <Container header={<Header counter={`(${history.length})`}>{item.history}</Header>}>
      <SpaceBetween size="m">
        {history.length === 0 ? (
          <Box color="text-body-secondary">{item.noHistory}</Box>
        ) : (
          <ol aria-label={item.history} style={{ margin: 0, paddingInlineStart: 20 }}>
            {history.map(({ act, by, at, to, text: said }) => (
              <li key={`${at} ${act} ${by}`}>
                <strong>{by}</strong> {actTexts[act]} {to} · <Moment at={at} />
                {said !== undefined && (
                  <div style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{plainText(said)}</div>
                )}
              </li>
            ))}
          </ol>
        )}
        <FormField label={item.comment} errorText={isTooLong || (isChecked && isEmpty) ? problem : undefined}>
          <Textarea value={text} rows={2} onChange={({ detail }) => setText(detail.value)} />
        </FormField>
        <FailureNotice error={order.error} onDismiss={order.forgetError} />
        <Button
          loading={order.isUnderway}
          onClick={() => {
            setChecked(true);
            if (!isEmpty && !isTooLong) void order.give();
          }}
        >
          {item.addComment}
        </Button>
      </SpaceBetween>
    </Container>
  );
}
