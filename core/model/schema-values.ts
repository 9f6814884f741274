import { canonicalJson } from './json.ts';
import type { Json } from './json.ts';
import { shapesOf, UnknownSchema } from './schema-shapes.ts';
import type { NumberShape, Schema, Shape, StringShape } from './schema-shapes.ts';

/** Whether a simple value is among what a shape takes. Throws UnknownSchema when that cannot be told. */
export function valueFits(value: Json, shape: Shape): boolean {
  switch (shape.kind) {
    case 'any':
      return true;
    case 'value':
      return shape.value === value;
    case 'string':
      return typeof value === 'string' && textFits(value, shape);
    case 'number':
      return typeof value === 'number' && numberFits(value, shape);
    case 'array':
    case 'object':
      return false;
  }
}

/** Formats whose pattern, as zod writes it, is all there is to them. */
const formatsOfPatterns = new Set(
  'starts_with ends_with includes lowercase uppercase regex date time date-time duration email uuid'.split(' '),
);

function textFits(value: string, { minLength, maxLength, patterns, formats }: StringShape): boolean {
  if (value.length < minLength || value.length > maxLength) return false;
  if (!patterns.every((pattern) => expression(pattern).test(value))) return false;
  const untold = formats.find((format) => patterns.length === 0 || !formatsOfPatterns.has(format));
  if (untold !== undefined) throw new UnknownSchema(`format ${untold} for a fixed text`);
  return true;
}

function expression(pattern: string): RegExp {
  // JSON Schema has no place for the flags of an expression, and these mean something else without `u`.
  if (/\\[pP]\{|\\u\{/.test(pattern)) throw new UnknownSchema(`pattern ${pattern}`);
  try {
    return new RegExp(pattern);
  } catch (cause) {
    throw new UnknownSchema(`pattern ${pattern}`, { cause });
  }
}

function numberFits(value: number, shape: NumberShape): boolean {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf } = shape;
  if (value < minimum || value <= exclusiveMinimum || value > maximum || value >= exclusiveMaximum) return false;
  if (shape.integer && !Number.isInteger(value)) return false;
  if (multipleOf === undefined) return true;
  if (!Number.isInteger(multipleOf) || !Number.isSafeInteger(value))
    throw new UnknownSchema(`multipleOf ${multipleOf}`);
  return value % multipleOf === 0;
}

/** Whether no document can be in two of the groups, so that `oneOf` means the same as `anyOf`. */
export function areExclusive(groups: readonly (readonly Shape[])[], resolve: (ref: string) => Schema): boolean {
  return groups.every((group, index) =>
    groups.slice(index + 1).every((other) => group.every((a) => other.every((b) => areDisjoint(a, b, resolve)))),
  );
}

function areDisjoint(a: Shape, b: Shape, resolve: (ref: string) => Schema): boolean {
  if (a.kind === 'any' || b.kind === 'any') return false;
  if (a.kind === 'value') return !valueFits(a.value, b);
  if (b.kind === 'value') return !valueFits(b.value, a);
  if (a.kind !== b.kind) return true;
  if (a.kind !== 'object' || b.kind !== 'object') return false;
  return [...a.required].some((name) => {
    if (!b.required.has(name)) return false;
    const [ofA, ofB] = [a, b].map(({ members }) => fixedValues(members.get(name), resolve));
    return ofA !== undefined && ofB !== undefined && ofA.every((value) => !ofB.includes(value));
  });
}

/** The values of a schema that takes only certain ones, as canonical JSON. */
function fixedValues(schema: Schema | undefined, resolve: (ref: string) => Schema): string[] | undefined {
  if (schema === undefined) return undefined;
  const values = shapesOf(schema, resolve).alternatives.map((shape) =>
    shape.kind === 'value' ? canonicalJson(shape.value) : undefined,
  );
  return values.every((value) => value !== undefined) ? values : undefined;
}
