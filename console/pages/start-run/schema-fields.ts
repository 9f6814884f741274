/** JSON as the API takes it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What a form asks for, made from a JSON schema. What no form can say well is asked for as JSON. */
export type Field =
  | {
      readonly kind: 'text';
      readonly format: string | undefined;
      readonly isLong: boolean;
      readonly example: string | undefined;
    }
  | { readonly kind: 'number'; readonly isWhole: boolean }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly options: readonly Json[] }
  | { readonly kind: 'list'; readonly of: Field; readonly least: number; readonly most: number }
  | { readonly kind: 'group'; readonly members: readonly Member[] }
  | { readonly kind: 'json' };

export interface Member {
  readonly name: string;
  readonly description: string | undefined;
  readonly isRequired: boolean;
  readonly field: Field;
}

export type Schema = Readonly<Record<string, unknown>>;

const longTextCharacters = 200;
const deepest = 6;

/** The field that asks for what a schema describes. */
export function fieldOf(schema: unknown, depth = 0): Field {
  if (!isSchema(schema) || depth > deepest) return { kind: 'json' };
  if (Array.isArray(schema['enum'])) return choiceOf(schema['enum'] as readonly Json[]);
  if ('const' in schema) return choiceOf([schema['const'] as Json]);
  switch (schema['type']) {
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number':
      return { kind: 'number', isWhole: schema['type'] === 'integer' };
    case 'boolean':
      return { kind: 'switch' };
    case 'array':
      return listOf(schema, depth);
    case 'object':
      return groupOf(schema, depth);
    default:
      return { kind: 'json' };
  }
}

function choiceOf(options: readonly Json[]): Field {
  const isPlain = options.every((option) => option === null || typeof option !== 'object');
  return isPlain ? { kind: 'choice', options } : { kind: 'json' };
}

function textOf({ format, maxLength, examples }: Schema): Field {
  const [example] = Array.isArray(examples) ? examples : [];
  return {
    kind: 'text',
    format: typeof format === 'string' ? format : undefined,
    isLong: typeof maxLength === 'number' && maxLength > longTextCharacters,
    example: typeof example === 'string' ? example : undefined,
  };
}

function listOf({ items, minItems, maxItems, prefixItems }: Schema, depth: number): Field {
  if (prefixItems !== undefined || !isSchema(items)) return { kind: 'json' };
  return {
    kind: 'list',
    of: fieldOf(items, depth + 1),
    least: typeof minItems === 'number' ? minItems : 0,
    most: typeof maxItems === 'number' ? maxItems : Number.POSITIVE_INFINITY,
  };
}

function groupOf({ properties, required }: Schema, depth: number): Field {
  const named = isSchema(properties) ? Object.entries(properties) : [];
  // Members of any name cannot be asked for by name.
  if (named.length === 0) return { kind: 'json' };
  const needed = new Set(Array.isArray(required) ? required : []);
  return {
    kind: 'group',
    members: named.map(([name, schema]) => ({
      name,
      field: fieldOf(schema, depth + 1),
      isRequired: needed.has(name) && !(isSchema(schema) && 'default' in schema),
      description: isSchema(schema) && typeof schema['description'] === 'string' ? schema['description'] : undefined,
    })),
  };
}

/** What a form begins with: the defaults of the schema, and as many items as there must be. Undefined for what is left out. */
export function beginningOf(schema: unknown): Json | undefined {
  if (!isSchema(schema)) return undefined;
  if ('default' in schema) return schema['default'] as Json;
  const field = fieldOf(schema);
  if (field.kind === 'group') {
    const properties = isSchema(schema['properties']) ? schema['properties'] : {};
    const required = new Set(field.members.filter(({ isRequired }) => isRequired).map(({ name }) => name));
    const members = Object.entries(properties).flatMap(([name, member]): [string, Json][] => {
      const hasOwn = required.has(name) || (isSchema(member) && 'default' in member);
      const value = hasOwn ? beginningOf(member) : undefined;
      return value === undefined ? [] : [[name, value]];
    });
    return Object.fromEntries(members);
  }
  if (field.kind === 'list') {
    return Array.from({ length: field.least }, () => beginningOf(schema['items']) ?? blankOf(field.of));
  }
  if (field.kind === 'choice' && field.options.length === 1) return field.options[0];
  return undefined;
}

/** What a new item of a list begins with. */
export function blankOf(field: Field): Json {
  switch (field.kind) {
    case 'group':
      return {};
    case 'list':
      return [];
    case 'switch':
      return false;
    case 'json':
      return {};
    case 'choice':
      return field.options[0] ?? '';
    case 'number':
      return 0;
    case 'text':
      return '';
  }
}

/** A value with one member set; without it when there is nothing to set. */
export function withMember(value: Json | undefined, name: string, member: Json | undefined): Json {
  const before = isGroup(value) ? value : {};
  const { [name]: _old, ...rest } = before;
  // In its old place, so that JSON does not jump about while somebody types.
  if (member === undefined) return rest;
  return name in before ? { ...before, [name]: member } : { ...rest, [name]: member };
}

export function isGroup(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `departOn` as people write it: `Depart on`. */
export function labelOf(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
