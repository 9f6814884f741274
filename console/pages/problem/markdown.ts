/** The little of Markdown that the pages about errors are written in. */
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'code'; readonly text: string };

export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly to: string };

/** The blocks of a page, in their order. */
export function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  const parts = markdown.split(/^```.*$/m);
  for (const [at, part] of parts.entries()) {
    // Between two fences.
    if (at % 2 === 1) blocks.push({ kind: 'code', text: part.trim() });
    else for (const chunk of part.split(/\n{2,}/)) blocks.push(...blocksOfChunk(chunk.trim()));
  }
  return blocks;
}

function blocksOfChunk(chunk: string): readonly Block[] {
  if (chunk === '') return [];
  const [, marks, title] = /^(#{1,4}) (.*)/.exec(chunk) ?? [];
  if (marks !== undefined && title !== undefined) {
    const rest = chunk.slice(chunk.indexOf('\n') + 1);
    const below = chunk.includes('\n') ? blocksOfChunk(rest.trim()) : [];
    return [{ kind: 'heading', level: marks.length, text: title }, ...below];
  }
  if (!/^(?:[-*]|\d+\.) /.test(chunk)) return [{ kind: 'paragraph', text: chunk.replaceAll('\n', ' ') }];
  const items = chunk.split(/^(?:[-*]|\d+\.) /m).slice(1);
  return [{ kind: 'list', items: items.map((item) => item.trim().replaceAll(/\s*\n\s*/g, ' ')) }];
}

/** Text with its `code` and its [links](to). */
export function inlinesOf(text: string): readonly Inline[] {
  const found: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(/`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)/g)) {
    const [whole, code, label, to] = match;
    if (match.index > end) found.push({ kind: 'text', text: text.slice(end, match.index) });
    if (code !== undefined) found.push({ kind: 'code', text: code });
    else if (label !== undefined && to !== undefined) found.push({ kind: 'link', text: label, to });
    end = match.index + whole.length;
  }
  if (end < text.length) found.push({ kind: 'text', text: text.slice(end) });
  return found;
}
