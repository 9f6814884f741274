import type { Json } from '../../model/json.ts';
import type { Trust } from '../../model/trust.ts';

/** What could end a block, begin a new line, or be there without being seen. */
const unsafe = /[<>&\u0085\p{Zl}\p{Zp}\p{Cf}\u{e0000}-\u{e0fff}]/gu;

/** JSON on one line that cannot hold a delimiter of a prompt, nor anything invisible. */
export function inertJson(value: Json): string {
  return JSON.stringify(value).replace(unsafe, (found) =>
    found
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/**
 * A delimited block of a prompt: one line of JSON for each value.
 *
 * @param note something that the platform says about it, in words of its own
 */
export function dataBlock(name: string, trust: Trust | 'of each line', values: readonly Json[], note?: string): string {
  const attributes = [
    `name=${inertJson(name)}`,
    `trust="${trust}"`,
    ...(note === undefined ? [] : [`note=${inertJson(note)}`]),
  ];
  return [`<data ${attributes.join(' ')}>`, ...values.map(inertJson), '</data>'].join('\n');
}
