import type { Json } from '../../../core/model/json.ts';

export type Source =
  | { readonly kind: 'input'; readonly path: readonly string[] }
  | { readonly kind: 'step'; readonly id: string; readonly path: readonly string[] };

export type Found = { readonly ok: true; readonly value: Json } | { readonly ok: false };

/**
 * What a text of a plan points to, read without any pattern: character for character. Undefined for a text that points
 * to nothing, `'bad'` for one that tries to.
 */
export function sourceOf(text: string): Source | 'bad' | undefined {
  if (!mentions(text)) return undefined;
  if (!text.startsWith('${') || !text.endsWith('}')) return 'bad';
  const inner = text.slice(2, -1);
  if (inner.includes('{') || inner.includes('}') || inner.includes(' ')) return 'bad';
  const [root = '', ...parts] = inner.split('.');
  if (parts.some((part) => part === '' || part === '__proto__' || part === 'prototype' || part === 'constructor')) {
    return 'bad';
  }
  if (root === 'input') return { kind: 'input', path: parts };
  const [id, word, ...path] = parts;
  return root === 'steps' && id !== undefined && word === 'output' ? { kind: 'step', id, path } : 'bad';
}

function mentions(text: string): boolean {
  for (let at = text.indexOf('${'); at >= 0; at = text.indexOf('${', at + 1)) {
    const rest = text.slice(at + 2).trimStart();
    for (const root of ['input', 'steps']) {
      const next = rest.charAt(root.length);
      if (rest.startsWith(root) && !/[A-Za-z0-9_]/.test(next)) return true;
    }
  }
  return false;
}

/** A member that a value has itself; what it inherits does not count. */
export function follow(value: Json, path: readonly string[]): Found {
  let current: Json = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null) return { ok: false };
    if (!Object.keys(current).includes(part)) return { ok: false };
    current = (current as Record<string, Json>)[part] as Json;
  }
  return { ok: true, value: current };
}

/** The same JSON, whatever the order of members. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, at) => sameJson(one, b[at]));
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [mine, theirs] = [Object.keys(a), Object.keys(b)];
  return (
    mine.length === theirs.length &&
    mine.every((key) => theirs.includes(key) && sameJson(Reflect.get(a, key), Reflect.get(b, key)))
  );
}

/** A text that is equal for equal JSON only. */
export function jsonText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  const keys = Object.keys(value).toSorted();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${jsonText(Reflect.get(value, key))}`).join(',')}}`;
}
