import type { Json } from '../../core/model/json.ts';

export type Schema = Readonly<Record<string, Json>>;

export interface SchemaProblem {
  /** Names of members and places in lists, joined by dots; empty for the whole value. */
  readonly path: string;
  readonly message: string;
}

/** Nothing that people write is deeper; a schema that only refers to itself ends here. */
const deepest = 64;

/**
 * What of a value does not fit a schema, so that whoever writes it hears of it at once. It knows the words of JSON Schema that
 * actions use; what it does not know it lets pass, because the platform checks everything again.
 *
 * @param isOpen true for a value that fits everywhere
 */
export function schemaProblems(
  schema: Json | undefined,
  value: Json,
  isOpen: (value: Json) => boolean = () => false,
): SchemaProblem[] {
  return problemsAt(schema, value, [], { root: schema, isOpen, depth: 0 });
}

interface Place {
  readonly root: Json | undefined;
  readonly isOpen: (value: Json) => boolean;
  readonly depth: number;
}
type Path = readonly (string | number)[];

function problemsAt(schema: Json | undefined, value: Json, path: Path, place: Place): SchemaProblem[] {
  const said = (message: string): SchemaProblem => ({ path: path.join('.'), message });
  if (schema === false) return [said('must be left out')];
  if (!isMembers(schema) || place.depth > deepest || place.isOpen(value)) return [];
  const next = { ...place, depth: place.depth + 1 };
  const reference = schema['$ref'];
  if (typeof reference === 'string') return problemsAt(referred(place.root, reference), value, path, next);
  const types = listOf(schema['type']);
  if (types.length > 0 && !types.some((type) => hasType(value, type))) {
    return [said(`must be ${types.join(' or ')}; it is ${typeOf(value)}`)];
  }
  if ('const' in schema && !isSame(schema['const'], value)) return [said(`must be ${JSON.stringify(schema['const'])}`)];
  const choices = schema['enum'];
  if (Array.isArray(choices) && !choices.some((choice) => isSame(choice, value))) {
    return [said(`must be one of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}`)];
  }
  return [
    ...limitProblems(schema, value).map(said),
    ...(isMembers(value) ? memberProblems(schema, value, path, next) : []),
    ...(Array.isArray(value) ? itemProblems(schema, value, path, next) : []),
    ...choiceProblems(schema, value, path, next),
  ];
}

function limitProblems(schema: Schema, value: Json): string[] {
  const problems: string[] = [];
  const limit = (word: string, isBroken: (limit: number) => boolean, text: (limit: number) => string): void => {
    const amount = schema[word];
    if (typeof amount === 'number' && isBroken(amount)) problems.push(text(amount));
  };
  if (typeof value === 'number') {
    limit(
      'minimum',
      (least) => value < least,
      (least) => `must be at least ${least}`,
    );
    limit(
      'maximum',
      (most) => value > most,
      (most) => `must be at most ${most}`,
    );
    limit(
      'exclusiveMinimum',
      (least) => value <= least,
      (least) => `must be more than ${least}`,
    );
    limit(
      'exclusiveMaximum',
      (most) => value >= most,
      (most) => `must be less than ${most}`,
    );
  }
  if (typeof value === 'string') {
    limit(
      'minLength',
      (least) => value.length < least,
      (least) => `must have at least ${least} characters`,
    );
    limit(
      'maxLength',
      (most) => [...value].length > most,
      (most) => `must have at most ${most} characters`,
    );
    const pattern = schema['pattern'];
    if (typeof pattern === 'string' && patternOf(pattern)?.test(value) === false)
      problems.push(`must match ${pattern}`);
  }
  if (Array.isArray(value)) {
    limit(
      'minItems',
      (least) => value.length < least,
      (least) => `must have at least ${least} items`,
    );
    limit(
      'maxItems',
      (most) => value.length > most,
      (most) => `must have at most ${most} items`,
    );
  }
  return problems;
}

function memberProblems(schema: Schema, value: Schema, path: Path, place: Place): SchemaProblem[] {
  const properties = isMembers(schema['properties']) ? schema['properties'] : {};
  const rest = schema['additionalProperties'];
  const missing = listOf(schema['required']).filter((name) => !Object.hasOwn(value, name));
  return [
    ...missing.map((name) => ({ path: [...path, name].join('.'), message: 'is missing' })),
    ...Object.entries(value).flatMap(([name, member]) => {
      if (Object.hasOwn(properties, name)) return problemsAt(properties[name], member, [...path, name], place);
      if (rest !== false) return problemsAt(rest, member, [...path, name], place);
      const known = Object.keys(properties).join(', ') || 'none';
      return [{ path: [...path, name].join('.'), message: `is not known; there are: ${known}` }];
    }),
  ];
}

function itemProblems(schema: Schema, value: readonly Json[], path: Path, place: Place): SchemaProblem[] {
  const first = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : [];
  return value.flatMap((item, index) => problemsAt(first[index] ?? schema['items'], item, [...path, index], place));
}

function choiceProblems(schema: Schema, value: Json, path: Path, place: Place): SchemaProblem[] {
  const all = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
  const problems = all.flatMap((part) => problemsAt(part, value, path, place));
  for (const word of ['anyOf', 'oneOf']) {
    const choices = schema[word];
    if (!Array.isArray(choices) || choices.length === 0) continue;
    const answers = choices.map((choice) => problemsAt(choice, value, path, place));
    // The choice that fits best is what was meant.
    const best = answers.reduce((least, answer) => (answer.length < least.length ? answer : least));
    problems.push(...best);
  }
  return problems;
}

function referred(root: Json | undefined, reference: string): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  let place = root;
  for (const part of reference.split('/').slice(1)) {
    if (!isMembers(place)) return undefined;
    place = place[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return place;
}

function patternOf(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    // Of another dialect: the platform knows it.
    return undefined;
  }
}

function hasType(value: Json, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value);
  return typeOf(value) === type;
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function isSame(one: Json | undefined, other: Json): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isMembers(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: Json | undefined): readonly string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === 'string');
}
