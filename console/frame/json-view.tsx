import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import type { ReactElement } from 'react';
import { plainJson } from '../format/plain-json.ts';
import { frame } from '../strings/frame.ts';
import './json-view.css';

interface CodeViewProps {
  readonly text: string;
  readonly label: string;
  /** What is copied, when it is not the text. */
  readonly copied?: string;
}

/** Text that is read character by character, with a way to copy it. */
export function CodeView({ text, label, copied }: CodeViewProps): ReactElement {
  return (
    <div className="json-view">
      {/* Long values scroll; whoever has no mouse must be able to scroll too. */}
      <pre tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      <div className="json-view-copy">
        <CopyToClipboard
          variant="icon"
          textToCopy={copied ?? text}
          copyButtonAriaLabel={frame.copy(label)}
          copySuccessText={frame.copied}
          copyErrorText={frame.copyFailed}
        />
      </div>
    </div>
  );
}

/** JSON to be read; what cannot be seen in it is escaped. It is copied as it is. */
export function JsonView({ value, label }: { readonly value: unknown; readonly label: string }): ReactElement {
  return <CodeView text={plainJson(value)} label={label} copied={JSON.stringify(value, undefined, 2) ?? ''} />;
}
