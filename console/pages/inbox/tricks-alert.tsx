import Alert from '@cloudscape-design/components/alert';
import type { ReactElement } from 'react';
import { plainText } from '../../format/plain-json.ts';
import { approvals } from '../../strings/inbox.ts';

interface TricksAlertProps {
  readonly tricks: readonly { readonly path: string; readonly name: string; readonly why: string }[];
}

/** Warns of characters that are not what a reader takes them for. Nothing where there are none. */
export function TricksAlert({ tricks }: TricksAlertProps): ReactElement | null {
  if (tricks.length === 0) return null;
  const lines = [...new Set(tricks.map(({ path, name, why }) => approvals.trick(path, name, why)))];
  return (
    <Alert type="warning" header={approvals.tricks}>
      <p style={{ margin: 0 }}>{approvals.tricksText}</p>
      <ul style={{ margin: 0, paddingInlineStart: 20 }}>
        {lines.map((line) => (
          <li key={line}>{plainText(line)}</li>
        ))}
      </ul>
    </Alert>
  );
}
