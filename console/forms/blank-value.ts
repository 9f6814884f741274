import type { Json } from '../../core/model/json.ts';

/**
 * A value of a schema that is still to be written: its needed members, each null. Null fits next to nothing, so that what
 * nobody has filled in is noticed.
 */
export function blankValue(schema: Json | undefined): Json {
  if (!isMembers(schema)) return null;
  if ('const' in schema) return schema['const'] ?? null;
  const { properties, required } = schema;
  if (!isMembers(properties)) return null;
  const needed = Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
  return Object.fromEntries(needed.map((name) => [name, blankValue(properties[name])]));
}

function isMembers(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
