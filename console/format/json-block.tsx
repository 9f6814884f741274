import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import type { ReactElement } from 'react';
import type { Json } from '../../core/model/json.ts';
import { frame } from '../strings/frame.ts';
import { plainJson } from './plain-json.ts';

interface CodeBlockProps {
  /** What it is, for those who hear the page, and for the button that copies it. */
  readonly label: string;
  readonly text: string;
  /** What is copied, when it is not the text. */
  readonly copied?: string;
}

/** Text that is read character by character. It scrolls when it is long, with the keyboard as well. */
export function CodeBlock({ label, text, copied }: CodeBlockProps): ReactElement {
  return (
    <div style={{ display: 'flex', gap: 8, alignItems: 'flex-start' }}>
      <pre
        // Whoever uses no mouse must be able to scroll it.
        tabIndex={0}
        role="group"
        aria-label={label}
        style={{
          ...{ flex: 1, minWidth: 0, margin: 0, padding: 8, maxHeight: 360, overflow: 'auto' },
          ...{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', unicodeBidi: 'plaintext' },
          ...{ fontFamily: 'monospace', fontSize: 13, border: '1px solid currentColor', borderRadius: 6 },
        }}
      >
        {text}
      </pre>
      <CopyToClipboard
        variant="icon"
        textToCopy={copied ?? text}
        copyButtonAriaLabel={frame.copy(label)}
        copySuccessText={frame.copied}
        copyErrorText={frame.copyFailed}
      />
    </div>
  );
}

/** A JSON value to read. */
export function JsonBlock({ label, value }: { readonly label: string; readonly value: Json }): ReactElement {
  return <CodeBlock label={label} text={plainJson(value)} copied={JSON.stringify(value, undefined, 2)} />;
}
