import type { ReactElement } from 'react';
import { agoText, momentText } from './time.ts';

/** A moment as a person reads it, with its distance from now as the title. @param at ISO 8601 */
export function Moment({ at }: { readonly at: string }): ReactElement {
  return (
    <time dateTime={at} title={agoText(at, Date.now())}>
      {momentText(at)}
    </time>
  );
}
