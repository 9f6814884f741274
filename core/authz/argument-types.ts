import * as z from 'zod';
import type { ArgumentType, ArgumentValue, MemberType, RecordType } from '../model/argument-type.ts';
import { argumentsOf } from '../model/argument-type.ts';
import type { ActionDefinition } from '../model/skill.ts';

/** An argument that policies cannot see, by its path from the input down, and why. */
export interface Unseen {
  readonly path: string;
  readonly why: string;
}

export interface SeenInput {
  readonly type: RecordType;
  readonly leftOut: readonly Unseen[];
}

type JsonSchema = Readonly<Record<string, unknown>>;
type Reading = { readonly type: ArgumentType; readonly nullable: boolean } | { readonly why: string };

const seen = new WeakMap<ActionDefinition, SeenInput>();
const nothing: RecordType = { kind: 'record', members: new Map() };

/**
 * What policies see of an action's input: the part of its zod type that Cedar can express. Judged is what is sent to
 * the action, so it is the input side of a schema that transforms.
 */
export function seenInputOf(action: ActionDefinition): SeenInput {
  let input = seen.get(action);
  if (!input) {
    const reader = new SchemaReader(z.toJSONSchema(action.input, { io: 'input' }));
    const reading = reader.read(reader.root, []);
    if ('why' in reading) input = { type: nothing, leftOut: [{ path: '', why: reading.why }] };
    else if (reading.type.kind === 'record') input = { type: reading.type, leftOut: reader.leftOut };
    else input = { type: nothing, leftOut: [{ path: '', why: 'it is not an object' }] };
    seen.set(action, input);
  }
  return input;
}

/** Follows a path such as `card.country` through records. */
export function typeAt(type: RecordType, path: string): ArgumentType | undefined {
  let current: ArgumentType | undefined = type;
  for (const part of path.split('.')) {
    current = current?.kind === 'record' ? current.members.get(part)?.type : undefined;
  }
  return current;
}

class SchemaReader {
  readonly root: JsonSchema;
  readonly leftOut: Unseen[] = [];
  /** References that are being followed: one that comes back to itself has no end. */
  readonly #open = new Set<string>();

  constructor(root: JsonSchema) {
    this.root = root;
  }

  read(schema: JsonSchema, path: readonly string[]): Reading {
    if (typeof schema['$ref'] === 'string') return this.#readReference(schema['$ref'], path);
    if ('allOf' in schema) return { why: 'it is an intersection of types' };
    const branches = schema['anyOf'] ?? schema['oneOf'];
    if (Array.isArray(branches)) return this.#readUnion(branches as JsonSchema[], path);
    if (Array.isArray(schema['type'])) {
      return this.#readUnion(
        schema['type'].map((type: unknown) => ({ ...schema, type })),
        path,
      );
    }
    if ('const' in schema) return ofValues([schema['const']]);
    if (Array.isArray(schema['enum'])) return ofValues(schema['enum']);
    switch (schema['type']) {
      case 'string':
        return scalar('string');
      case 'boolean':
        return scalar('boolean');
      case 'integer':
        return scalar('long');
      case 'number':
        return { why: 'it may have a fraction; use a whole number, such as cents' };
      case 'array':
        return this.#readList(schema, path);
      case 'object':
        return this.#readObject(schema, path);
      case 'null':
        return { why: 'it is never anything but null' };
      default:
        return { why: 'its type is open' };
    }
  }

  #readReference(reference: string, path: readonly string[]): Reading {
    if (this.#open.has(reference) || reference === '#') return { why: 'its type contains itself' };
    const target = reference
      .split('/')
      .slice(1)
      .reduce<unknown>((found, part) => {
        const own = part.replaceAll('~1', '/').replaceAll('~0', '~');
        return isSchema(found) && Object.hasOwn(found, own) ? found[own] : undefined;
      }, this.root);
    if (!isSchema(target)) return { why: `its type is elsewhere (${reference})` };
    this.#open.add(reference);
    const reading = this.read(target, path);
    this.#open.delete(reference);
    return reading;
  }

  #readUnion(branches: readonly JsonSchema[], path: readonly string[]): Reading {
    const some = branches.filter(({ type }) => type !== 'null');
    const nullable = some.length < branches.length;
    const [only] = some;
    if (only && some.length === 1) {
      const reading = this.read(only, path);
      return 'why' in reading ? reading : { type: reading.type, nullable: nullable || reading.nullable };
    }
    const before = this.leftOut.length;
    const readings = some.map((branch) => this.read(branch, path));
    this.leftOut.length = before;
    const kinds = new Set(readings.map((reading) => ('why' in reading ? undefined : reading.type.kind)));
    const [kind] = kinds;
    if (kinds.size === 1 && (kind === 'string' || kind === 'long' || kind === 'boolean')) {
      return { type: { kind }, nullable: nullable || readings.some((one) => 'nullable' in one && one.nullable) };
    }
    return { why: 'it is a union of types' };
  }

  #readList(schema: JsonSchema, path: readonly string[]): Reading {
    if ('prefixItems' in schema || !isSchema(schema['items'])) return { why: 'its members have no common type' };
    const element = this.read(schema['items'], [...path, '*']);
    if ('why' in element) return { why: `of its members: ${element.why}` };
    if (element.nullable) return { why: 'its members may be null' };
    return { type: { kind: 'set', element: element.type }, nullable: false };
  }

  #readObject(schema: JsonSchema, path: readonly string[]): Reading {
    const properties = isSchema(schema['properties']) ? schema['properties'] : {};
    const required = Array.isArray(schema['required']) ? schema['required'] : [];
    const open = isSchema(schema['additionalProperties']) && Object.keys(schema['additionalProperties']).length > 0;
    if (open && Object.keys(properties).length === 0) return { why: 'its keys are free' };
    const members = new Map<string, MemberType>();
    for (const [name, property] of Object.entries(properties)) {
      const here = [...path, name];
      const member = this.#readMember(name, property as JsonSchema, required.includes(name), here);
      if ('why' in member) this.leftOut.push({ path: here.join('.'), why: member.why });
      else members.set(name, member);
    }
    return { type: { kind: 'record', members }, nullable: false };
  }

  #readMember(
    name: string,
    schema: JsonSchema,
    required: boolean,
    path: readonly string[],
  ): MemberType | { why: string } {
    if (name.startsWith('__') || !name.isWellFormed()) return { why: 'its name means something else to Cedar' };
    const reading = this.read(schema, path);
    if ('why' in reading) return reading;
    let fallback: ArgumentValue | undefined;
    if (schema['default'] !== undefined && schema['default'] !== null) {
      try {
        fallback = argumentsOf(reading.type, schema['default']);
      } catch {
        return { why: 'its default is of another type than what may be given' };
      }
    }
    const always = !reading.nullable && (required || fallback !== undefined);
    return { type: reading.type, always, nullable: reading.nullable, fallback };
  }
}

function ofValues(values: readonly unknown[]): Reading {
  const some = values.filter((value) => value !== null);
  const nullable = some.length < values.length;
  if (some.length === 0) return { why: 'it is never anything but null' };
  if (some.every((value) => typeof value === 'string')) return { type: { kind: 'string' }, nullable };
  if (some.every((value) => typeof value === 'boolean')) return { type: { kind: 'boolean' }, nullable };
  if (some.every((value) => Number.isSafeInteger(value))) return { type: { kind: 'long' }, nullable };
  return { why: 'its values are of several types' };
}

function scalar(kind: 'string' | 'long' | 'boolean'): Reading {
  return { type: { kind }, nullable: false };
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
