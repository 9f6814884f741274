import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import type { ReactElement } from 'react';
import { frame } from '../strings/frame.ts';
import './json-view.css';

/** JSON to be read, with a way to copy it. */
export function JsonView({ value, label }: { readonly value: unknown; readonly label: string }): ReactElement {
  const text = JSON.stringify(value, undefined, 2) ?? '';
  return (
    <div className="json-view">
      {/* Long values scroll; whoever has no mouse must be able to scroll too. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to take the focus */}
      <pre tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      <div className="json-view-copy">
        <CopyToClipboard
          variant="icon"
          textToCopy={text}
          copyButtonAriaLabel={frame.copy(label)}
          copySuccessText={frame.copied}
          copyErrorText={frame.copyFailed}
        />
      </div>
    </div>
  );
}
