import type { Json } from './json.ts';

/** A JSON Schema as it stands: an object of keywords, or `true` and `false`. */
export type Schema = boolean | { readonly [keyword: string]: unknown };

/** What becomes of members that an object schema does not name. zod writes no keyword for those that it drops. */
export type OtherMembers = 'ignored' | 'refused' | Schema;

export interface NumberShape {
  readonly kind: 'number';
  readonly integer: boolean;
  readonly minimum: number;
  readonly exclusiveMinimum: number;
  readonly maximum: number;
  readonly exclusiveMaximum: number;
  readonly multipleOf: number | undefined;
}

export interface StringShape {
  readonly kind: 'string';
  readonly minLength: number;
  readonly maxLength: number;
  readonly patterns: readonly string[];
  readonly formats: readonly string[];
}

export interface ArrayShape {
  readonly kind: 'array';
  readonly prefix: readonly Schema[];
  readonly items: Schema;
  readonly minItems: number;
  readonly maxItems: number;
}

export interface ObjectShape {
  readonly kind: 'object';
  readonly members: ReadonlyMap<string, Schema>;
  readonly required: ReadonlySet<string>;
  readonly others: OtherMembers;
  /** Of all names, those of `members` included. */
  readonly names: Schema;
}

export type Shape =
  | { readonly kind: 'any' }
  | { readonly kind: 'value'; readonly value: Json }
  | NumberShape
  | StringShape
  | ArrayShape
  | ObjectShape;

/** The alternatives of a schema. */
export interface Shapes {
  readonly alternatives: readonly Shape[];
  /** For each `oneOf` the alternatives of its branches: a document may fit one of the branches only. */
  readonly exclusive: readonly (readonly (readonly Shape[])[])[];
}

/** A schema says something that is not understood here. */
export class UnknownSchema extends Error {}

/** Say nothing about which documents are accepted. `$defs` is looked into by `$ref`. */
const annotations = new Set(
  'title description default examples deprecated readOnly writeOnly id $schema $id $comment $defs'.split(' '),
);
const keywordsOf = {
  string: ['minLength', 'maxLength', 'pattern', 'format', 'contentEncoding', 'allOf'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  object: ['properties', 'required', 'additionalProperties', 'propertyNames'],
  boolean: [],
  null: [],
} as const;
type TypeName = keyof typeof keywordsOf;

/** True for a keyword that says nothing about which documents are accepted. */
export function isAnnotation(keyword: string): boolean {
  return annotations.has(keyword) || keyword.startsWith('x-');
}

/**
 * Reads what zod 4 writes as JSON Schema 2020-12 for JSON types.
 *
 * @param resolve follows a `$ref` within its document
 * @throws UnknownSchema for everything else, as a schema that is half understood would be misjudged
 */
export function shapesOf(schema: Schema, resolve: (ref: string) => Schema, depth = 0): Shapes {
  if (schema === true) return plain([{ kind: 'any' }]);
  if (schema === false) return plain([]);
  // A `$ref` may lead to a schema that is nothing but a `$ref` again.
  if (depth > 50) throw new UnknownSchema('a $ref that leads back to itself');
  const keywords = Object.keys(schema).filter((keyword) => !isAnnotation(keyword));
  const [first] = keywords;
  if (first === undefined) return plain([{ kind: 'any' }]);
  if (keywords.length === 1) {
    if (first === '$ref') return shapesOf(resolve(text(schema, '$ref')), resolve, depth + 1);
    if (first === 'anyOf') return joined(schemas(schema, 'anyOf').map((one) => shapesOf(one, resolve, depth + 1)));
    if (first === 'oneOf') {
      const branches = schemas(schema, 'oneOf').map((one) => shapesOf(one, resolve, depth + 1));
      const groups = branches.map(({ alternatives }) => alternatives);
      return { alternatives: groups.flat(), exclusive: [groups, ...branches.flatMap(({ exclusive }) => exclusive)] };
    }
    if (first === 'not' && shapesOf(schemaAt(schema, 'not'), resolve, depth + 1).alternatives[0]?.kind === 'any') {
      return plain([]);
    }
  }
  return plain(typedShapes(schema, keywords));
}

function typedShapes(schema: Exclude<Schema, boolean>, keywords: readonly string[]): Shape[] {
  const types = typesOf(schema['type']);
  const values = 'const' in schema ? [schema['const']] : schema['enum'];
  if (values !== undefined) {
    const stranger = keywords.find((keyword) => !['type', 'const', 'enum'].includes(keyword));
    if (stranger !== undefined || !Array.isArray(values))
      throw new UnknownSchema(`${stranger ?? 'enum'} beside values`);
    if ('const' in schema && 'enum' in schema) throw new UnknownSchema('const and enum');
    return values.filter((value) => types === undefined || types.some((type) => isOfType(value, type))).map(valueShape);
  }
  if (types === undefined) throw new UnknownSchema(keywords.join(', '));
  const known = new Set<string>(['type', ...types.flatMap((type) => keywordsOf[type])]);
  const stranger = keywords.find((keyword) => !known.has(keyword));
  if (stranger !== undefined) throw new UnknownSchema(`${stranger} beside type ${types.join(' or ')}`);
  return types.flatMap((type) => shapesOfType(type, schema));
}

function shapesOfType(type: TypeName, schema: Exclude<Schema, boolean>): Shape[] {
  switch (type) {
    case 'null':
      return [{ kind: 'value', value: null }];
    case 'boolean':
      return [true, false].map(valueShape);
    case 'integer':
    case 'number':
      return [
        {
          kind: 'number',
          integer: type === 'integer',
          minimum: number(schema, 'minimum', -Infinity),
          exclusiveMinimum: number(schema, 'exclusiveMinimum', -Infinity),
          maximum: number(schema, 'maximum', Infinity),
          exclusiveMaximum: number(schema, 'exclusiveMaximum', Infinity),
          multipleOf: 'multipleOf' in schema ? number(schema, 'multipleOf', 1) : undefined,
        },
      ];
    case 'string':
      return [
        {
          kind: 'string',
          minLength: number(schema, 'minLength', 0),
          maxLength: number(schema, 'maxLength', Infinity),
          patterns: patternsOf(schema),
          formats: ['format', 'contentEncoding'].flatMap((keyword) =>
            keyword in schema ? [text(schema, keyword)] : [],
          ),
        },
      ];
    case 'array':
      return [
        {
          kind: 'array',
          prefix: 'prefixItems' in schema ? schemas(schema, 'prefixItems') : [],
          items: 'items' in schema ? schemaAt(schema, 'items') : true,
          minItems: number(schema, 'minItems', 0),
          maxItems: number(schema, 'maxItems', Infinity),
        },
      ];
    case 'object':
      return [objectShape(schema)];
  }
}

function objectShape(schema: Exclude<Schema, boolean>): ObjectShape {
  const members = schema['properties'] ?? {};
  const required = schema['required'] ?? [];
  if (!isRecord(members)) throw new UnknownSchema('properties that are no object');
  if (!Array.isArray(required)) throw new UnknownSchema('required that is no list');
  const others = 'additionalProperties' in schema ? schemaAt(schema, 'additionalProperties') : 'ignored';
  return {
    kind: 'object',
    members: new Map(Object.keys(members).map((name) => [name, schemaAt(members, name)])),
    required: new Set(required.map(String)),
    others: others === false ? 'refused' : others,
    names: 'propertyNames' in schema ? schemaAt(schema, 'propertyNames') : true,
  };
}

/** zod writes the second and further patterns of a string as `allOf`. */
function patternsOf(schema: Exclude<Schema, boolean>): string[] {
  const own = 'pattern' in schema ? [text(schema, 'pattern')] : [];
  const others = 'allOf' in schema ? schemas(schema, 'allOf') : [];
  return [
    ...own,
    ...others.map((one) => {
      const stranger = typeof one === 'boolean' ? 'boolean' : Object.keys(one).find((keyword) => keyword !== 'pattern');
      if (typeof one === 'boolean' || stranger !== undefined) throw new UnknownSchema(`allOf with ${stranger}`);
      return text(one, 'pattern');
    }),
  ];
}

function typesOf(type: unknown): TypeName[] | undefined {
  if (type === undefined) return undefined;
  return [type].flat().map((one) => {
    if (typeof one === 'string' && Object.hasOwn(keywordsOf, one)) return one as TypeName;
    throw new UnknownSchema(`type ${JSON.stringify(one)}`);
  });
}

function isOfType(value: unknown, type: TypeName): boolean {
  if (type === 'null') return value === null;
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isRecord(value);
  return typeof value === type;
}

function valueShape(value: unknown): Shape {
  if (typeof value === 'object' && value !== null) throw new UnknownSchema('a value that is an object or a list');
  return { kind: 'value', value: value as Json };
}

function plain(alternatives: readonly Shape[]): Shapes {
  return { alternatives, exclusive: [] };
}

function joined(all: readonly Shapes[]): Shapes {
  return {
    alternatives: all.flatMap(({ alternatives }) => alternatives),
    exclusive: all.flatMap(({ exclusive }) => exclusive),
  };
}

function schemaAt(schema: Readonly<Record<string, unknown>>, keyword: string): Schema {
  const value = schema[keyword];
  if (typeof value === 'boolean' || isRecord(value)) return value;
  throw new UnknownSchema(`${keyword} that is no schema`);
}

function schemas(schema: Readonly<Record<string, unknown>>, keyword: string): Schema[] {
  const list = schema[keyword];
  if (!Array.isArray(list)) throw new UnknownSchema(`${keyword} that is no list`);
  return list.map((_one, index) => schemaAt(list as unknown as Record<string, unknown>, String(index)));
}

function number(schema: Readonly<Record<string, unknown>>, keyword: string, absent: number): number {
  const value = schema[keyword] ?? absent;
  if (typeof value === 'number') return value;
  throw new UnknownSchema(`${keyword} that is no number`);
}

function text(schema: Readonly<Record<string, unknown>>, keyword: string): string {
  const value = schema[keyword];
  if (typeof value === 'string') return value;
  throw new UnknownSchema(`${keyword} that is no text`);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
