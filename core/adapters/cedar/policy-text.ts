/** One policy of a file. */
export interface PolicySource {
  readonly text: string;
  /** 1-based, of its first character. */
  readonly line: number;
}

/**
 * Cuts a file into its policies at the semicolons that end them, so that each can be named by its line: the engine
 * itself numbers and sorts them. What comes after the last semicolon is a policy too if there is anything but comments.
 */
export function policiesIn(text: string): PolicySource[] {
  const policies: PolicySource[] = [];
  // A text literal, a comment, or one character of anything else.
  const tokens = /"(?:[^"\\]|\\[^])*"?|\/\/[^\n]*|\s+|[^]/gy;
  let begin: number | undefined;
  const finish = (end: number): void => {
    if (begin === undefined) return;
    policies.push({ text: text.slice(begin, end), line: lineAt(text, begin) });
    begin = undefined;
  };
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token.startsWith('//') || token.trim() === '') continue;
    begin ??= index;
    if (token === ';') finish(index + 1);
  }
  finish(text.length);
  return policies;
}

/** The line, counted from 1, of a place in a text. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** The line of a place that the engine names in bytes of UTF-8. */
export function lineAtByte({ text, line }: PolicySource, byte: number): number {
  return line + Buffer.from(text).subarray(0, byte).toString().split('\n').length - 1;
}
