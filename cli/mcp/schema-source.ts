import type { Json } from '../../core/model/json.ts';

type SchemaNode = { readonly [name: string]: Json | undefined };

/** Deeper parts become `z.json()`. */
const mostDepth = 8;

/**
 * A JSON Schema as the source of a zod schema, for what servers commonly write. What it cannot say becomes `z.json()`, and
 * patterns are left out: a person who reviews the source narrows it.
 */
export function zodSource(schema: unknown, depth = 0): string {
  if (!isNode(schema) || depth > mostDepth) return 'z.json()';
  const source = bare(schema, depth);
  const { description } = schema;
  return typeof description === 'string' && depth > 0 ? `${source}.describe(${literal(description)})` : source;
}

/** A text as a literal of TypeScript in which nothing deceives the eye or ends a line. */
export function literal(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e\p{L}\p{N}\p{P}\p{S}]/gu, (character) =>
    character.length === 1
      ? String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
      : String.raw`\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

function bare(schema: SchemaNode, depth: number): string {
  const { const: constant, enum: values, anyOf, oneOf, type } = schema;
  if (constant !== undefined) return constantSource(constant);
  if (Array.isArray(values)) return enumSource(values);
  const options = Array.isArray(anyOf) ? anyOf : oneOf;
  if (Array.isArray(options)) return unionSource(options.map((option) => zodSource(option, depth + 1)));
  if (Array.isArray(type)) return unionSource(type.map((one) => bare({ ...schema, type: one }, depth)));
  switch (typeof type === 'string' ? type : '') {
    case 'string':
      return stringSource(schema);
    case 'integer':
      return `z.int()${bounds(schema, 'minimum', 'min')}${bounds(schema, 'maximum', 'max')}`;
    case 'number':
      return `z.number()${bounds(schema, 'minimum', 'min')}${bounds(schema, 'maximum', 'max')}`;
    case 'boolean':
      return 'z.boolean()';
    case 'null':
      return 'z.null()';
    case 'array':
      return `z.array(${zodSource(schema['items'], depth + 1)})${bounds(schema, 'minItems', 'min')}${bounds(schema, 'maxItems', 'max')}`;
    case 'object':
      return objectSource(schema, depth);
    default:
      return 'z.json()';
  }
}

function objectSource({ properties, required, additionalProperties }: SchemaNode, depth: number): string {
  if (!isNode(properties)) {
    const value = isNode(additionalProperties) ? zodSource(additionalProperties, depth + 1) : 'z.json()';
    return depth === 0 ? 'z.strictObject({})' : `z.record(z.string(), ${value})`;
  }
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  const members = Object.entries(properties).map(
    ([name, member]) =>
      `${memberName(name)}: ${zodSource(member, depth + 1)}${needed.includes(name) ? '' : '.optional()'}`,
  );
  return `z.${additionalProperties === false ? 'strictObject' : 'object'}({${members.length === 0 ? '' : ` ${members.join(', ')} `}})`;
}

/** A computed name, where `__proto__` would mean something else. */
function memberName(name: string): string {
  if (name === '__proto__') return "['__proto__']";
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : literal(name);
}

const formats: Readonly<Record<string, string>> = {
  email: 'z.email()',
  uri: 'z.url()',
  uuid: 'z.uuid()',
  date: 'z.iso.date()',
  'date-time': 'z.iso.datetime({ offset: true })',
};

function stringSource(schema: SchemaNode): string {
  const { format } = schema;
  const base = typeof format === 'string' && Object.hasOwn(formats, format) ? formats[format] : 'z.string()';
  return `${base}${bounds(schema, 'minLength', 'min')}${bounds(schema, 'maxLength', 'max')}`;
}

function bounds(schema: SchemaNode, keyword: string, method: string): string {
  const bound = schema[keyword];
  return typeof bound === 'number' && Number.isFinite(bound) ? `.${method}(${bound})` : '';
}

function constantSource(value: Json): string {
  if (typeof value === 'string') return `z.literal(${literal(value)})`;
  return typeof value === 'object' && value !== null ? 'z.json()' : `z.literal(${String(value)})`;
}

function enumSource(values: readonly Json[]): string {
  if (values.length > 0 && values.every((value) => typeof value === 'string')) {
    return `z.enum([${values.map(literal).join(', ')}])`;
  }
  return unionSource(values.map(constantSource));
}

function unionSource(options: readonly string[]): string {
  const [only, ...others] = options;
  if (only === undefined) return 'z.json()';
  if (others.length === 0) return only;
  const rest = options.filter((option) => option !== 'z.null()');
  const [one, two] = rest;
  if (one !== undefined && two === undefined && rest.length < options.length) return `${one}.nullable()`;
  return `z.union([${options.join(', ')}])`;
}

function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
