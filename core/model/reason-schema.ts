import type { Json, JsonObject } from './json.ts';
import { jsonSizeBytes } from './json.ts';

const mostSchemaBytes = 16 * 1024;
const mostSchemaLevels = 32;
const refused = new Set(['pattern', 'patternProperties']);

/**
 * Why a JSON Schema may not be used for an answer. A model may have written it, so it holds no expressions that
 * somebody could choose to take for ever.
 */
export function answerSchemaProblem(schema: JsonObject): string | undefined {
  const sizeBytes = jsonSizeBytes(schema);
  if (sizeBytes > mostSchemaBytes) {
    return `answerSchema has ${sizeBytes} bytes; ${mostSchemaBytes} are allowed`;
  }
  let level: Json[] = [schema];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > mostSchemaLevels) return `answerSchema is nested deeper than ${mostSchemaLevels} levels`;
    const found = level.flatMap((value) => keywordsOf(value)).find(([key, value]) => isExpression(key, value));
    if (found) return `answerSchema uses '${found[0]}', which is not allowed; use enum, format or maxLength instead`;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return undefined;
}

function keywordsOf(value: Json): [string, Json][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

/** A member of an answer may well be called `pattern`: its schema is then an object. */
function isExpression(key: string, value: Json): boolean {
  if (!refused.has(key)) return false;
  return typeof value === 'string' || key === 'patternProperties';
}

/** The schema as a part of another one: its references to itself then begin at the place where it stands. */
export function nestedSchema(schema: JsonObject, place: string): JsonObject {
  const { $schema: _dialect, $id: _id, ...rest } = schema;
  const moved = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(moved);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        key === '$ref' && typeof member === 'string' && member.startsWith('#')
          ? place + member.slice(1)
          : moved(member),
      ]),
    );
  };
  return moved(rest) as JsonObject;
}
