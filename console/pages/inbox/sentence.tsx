import type { ReactElement } from 'react';
import { plainText } from '../../format/plain-json.ts';

/** A sentence of the platform in which names stand between backticks. */
export function Sentence({ text }: { readonly text: string }): ReactElement {
  const parts = plainText(text).split('`');
  return (
    <>
      {parts.map((part, at) =>
        // Parts have no names, and their places do not change.
        at % 2 === 1 ? <code key={at}>{part}</code> : <span key={at}>{part}</span>,
      )}
    </>
  );
}
