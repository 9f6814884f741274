import type { Json } from './json.ts';

/** A whole-value reference: `${input.a.b}` or `${steps.<id>.output.a.b}`. */
export type Reference =
  | { readonly source: 'input'; readonly path: readonly string[] }
  | { readonly source: 'step'; readonly stepId: string; readonly path: readonly string[] };

export type ReferenceParse =
  | { readonly kind: 'literal' }
  | { readonly kind: 'reference'; readonly reference: Reference }
  | { readonly kind: 'malformed'; readonly why: string };

const segment = /^(?:[A-Za-z_][A-Za-z0-9_-]*|0|[1-9][0-9]*)$/;
const forbiddenSegments = new Set(['__proto__', 'prototype', 'constructor']);

/** Reads a string of a plan. Text that merely mentions `${input…}` or `${steps…}` is malformed: nothing is ever concatenated. */
export function parseReference(text: string): ReferenceParse {
  if (!/\$\{\s*(?:input|steps)\b/.test(text)) return { kind: 'literal' };
  const whole = /^\$\{([^{}]*)\}$/.exec(text);
  if (!whole) {
    return {
      kind: 'malformed',
      why: `'${text}' mixes text and a reference; a value is one whole reference (join texts with a step)`,
    };
  }
  const [root, ...rest] = (whole[1] ?? '').split('.');
  const bad = rest.find((part) => !segment.test(part) || forbiddenSegments.has(part));
  if (bad !== undefined)
    return { kind: 'malformed', why: `'${text}' has the path segment '${bad}', which is not allowed` };
  if (root === 'input') return { kind: 'reference', reference: { source: 'input', path: rest } };
  const [stepId, output, ...path] = rest;
  if (root !== 'steps' || stepId === undefined || output !== 'output') {
    return { kind: 'malformed', why: `'${text}' is not a reference; write \${input.x} or \${steps.<id>.output.x}` };
  }
  return { kind: 'reference', reference: { source: 'step', stepId, path } };
}

/** A reference and where in the value it stands. */
export interface FoundReference {
  readonly at: readonly (string | number)[];
  readonly text: string;
  readonly parse: Exclude<ReferenceParse, { kind: 'literal' }>;
}

/** All references of a value, malformed ones too, in document order. */
export function findReferences(value: Json, at: readonly (string | number)[] = []): FoundReference[] {
  if (typeof value === 'string') {
    const parse = parseReference(value);
    return parse.kind === 'literal' ? [] : [{ at, text: value, parse }];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => findReferences(item, [...at, index]));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, member]) => findReferences(member, [...at, key]));
  }
  return [];
}

export type Walk = { readonly found: true; readonly value: Json } | { readonly found: false; readonly missing: string };

/** Follows members of objects and items of lists only: nothing that is inherited, and no `length`. */
export function walkPath(value: Json, path: readonly string[]): Walk {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.prototype.propertyIsEnumerable.call(current, part)) {
      return { found: false, missing: part };
    }
    current = (current as { [key: string]: Json })[part] as Json;
  }
  return { found: true, value: current };
}

/**
 * A copy of the value with each reference replaced by what `resolve` gives for it. Replaced values are not
 * scanned again, so data can never become a reference.
 */
export function renderReferences(value: Json, resolve: (reference: Reference, text: string) => Json): Json {
  if (typeof value === 'string') {
    const parse = parseReference(value);
    if (parse.kind === 'literal') return value;
    if (parse.kind === 'malformed') throw new Error(parse.why);
    return resolve(parse.reference, value);
  }
  if (Array.isArray(value)) return value.map((item) => renderReferences(item, resolve));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, renderReferences(member, resolve)]));
  }
  return value;
}
