import Box from '@cloudscape-design/components/box';
import type { ReactElement } from 'react';
import { plainText } from '../../format/plain-json.ts';

/** What a person or a program wrote, with its lines; what cannot be seen in it is escaped. */
export function FactText({ label, text }: { readonly label: string; readonly text: string }): ReactElement {
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      <div style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{plainText(text)}</div>
    </div>
  );
}
