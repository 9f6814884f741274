import type { Json } from '../../../core/model/json.ts';

/** A member that a schema speaks of. */
export interface SchemaLine {
  /** As people write it: `lines[].text`. */
  readonly path: string;
  readonly type: string;
  readonly isNeeded: boolean;
  readonly limits: readonly string[];
  readonly description: string | undefined;
}

type Members = { readonly [name: string]: Json };

/** Lists inside of lists inside of … end here; the schema itself is shown as well. */
const deepest = 6;

/** The members that a JSON Schema speaks of, in its order, each below the one that holds it. */
export function schemaLines(schema: Members): SchemaLine[] {
  return isMembers(schema['properties']) ? membersOf(schema, '', 0) : linesOf(schema, '', true, 0);
}

function membersOf(schema: Members, before: string, depth: number): SchemaLine[] {
  const { properties, required } = schema;
  if (!isMembers(properties)) return [];
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(properties).flatMap(([name, member]) =>
    isMembers(member) ? linesOf(member, before === '' ? name : `${before}.${name}`, needed.includes(name), depth) : [],
  );
}

function linesOf(schema: Members, path: string, isNeeded: boolean, depth: number): SchemaLine[] {
  const description = typeof schema['description'] === 'string' ? schema['description'] : undefined;
  const line = { path, type: typeText(schema), isNeeded, limits: limitsOf(schema), description };
  if (depth >= deepest) return [line];
  const items = isMembers(schema['items']) ? schema['items'] : {};
  return [line, ...membersOf(schema, path, depth + 1), ...membersOf(items, `${path}[]`, depth + 1)];
}

function typeText(schema: Members): string {
  const { type, items } = schema;
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(schema['enum'])) return 'one of a set';
  if (type === 'array')
    return isMembers(items) && Object.keys(items).length > 0 ? `list of ${typeText(items)}` : 'list';
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) return type.filter((name) => typeof name === 'string').join(' or ');
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choices)) {
    return [...new Set(choices.map((choice) => (isMembers(choice) ? typeText(choice) : 'any')))].join(' or ');
  }
  return 'any';
}

const limitWords: Readonly<Record<string, (limit: string) => string>> = {
  minimum: (least) => `at least ${least}`,
  maximum: (most) => `at most ${most}`,
  exclusiveMinimum: (least) => `more than ${least}`,
  exclusiveMaximum: (most) => `less than ${most}`,
  minLength: (least) => `${least} characters or more`,
  maxLength: (most) => `at most ${most} characters`,
  minItems: (least) => `${least} items or more`,
  maxItems: (most) => `at most ${most} items`,
  pattern: (pattern) => `like ${pattern}`,
  format: (format) => `format ${format}`,
};

function limitsOf(schema: Members): string[] {
  const limits = Object.entries(limitWords).flatMap(([word, text]) => {
    const limit = schema[word];
    const isUsual = limit === Number.MAX_SAFE_INTEGER || limit === Number.MIN_SAFE_INTEGER;
    return (typeof limit === 'number' || typeof limit === 'string') && !isUsual ? [text(String(limit))] : [];
  });
  const choices = schema['enum'];
  return [...(Array.isArray(choices) ? [choices.map((choice) => JSON.stringify(choice)).join(', ')] : []), ...limits];
}

function isMembers(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
