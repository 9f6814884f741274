import { isRecord } from './schema-shapes.ts';
import type { Schema, Shape } from './schema-shapes.ts';

const shownCharacters = 120;

/** A schema in a few words, for a message. */
export function schemaText(schema: Schema): string {
  if (!isRecord(schema)) return schema ? 'anything' : 'nothing';
  if (Object.keys(schema).length === 0) return 'anything';
  const type = schema['type'];
  if (typeof type === 'string' && !('enum' in schema) && !('const' in schema)) return type;
  return short(JSON.stringify(schema));
}

/** The alternatives of a schema in a few words. */
export function shapesText(shapes: readonly Shape[]): string {
  const values = shapes.flatMap((shape) => (shape.kind === 'value' ? [JSON.stringify(shape.value)] : []));
  const others = shapes.flatMap((shape) => (shape.kind === 'value' ? [] : [shapeText(shape)]));
  const isBoolean = values.includes('true') && values.includes('false');
  const listed = isBoolean ? ['boolean', ...values.filter((value) => value !== 'true' && value !== 'false')] : values;
  return short([...others, ...listed].join(' or ') || 'nothing');
}

/** One alternative in a few words. */
export function shapeText(shape: Shape): string {
  switch (shape.kind) {
    case 'any':
      return 'anything';
    case 'value':
      return JSON.stringify(shape.value);
    case 'object':
      return 'object';
    case 'array':
      return 'array';
    case 'string':
      return described('string', [
        shape.minLength > 0 && `at least ${shape.minLength} long`,
        shape.maxLength < Infinity && `at most ${shape.maxLength} long`,
        ...shape.formats.map((format) => `format ${format}`),
        ...(shape.formats.length > 0 ? [] : shape.patterns.map((pattern) => `pattern ${pattern}`)),
      ]);
    case 'number':
      return described(shape.integer ? 'integer' : 'number', [
        shape.minimum > -Infinity && `at least ${shape.minimum}`,
        shape.exclusiveMinimum > -Infinity && `more than ${shape.exclusiveMinimum}`,
        shape.maximum < Infinity && `at most ${shape.maximum}`,
        shape.exclusiveMaximum < Infinity && `less than ${shape.exclusiveMaximum}`,
        shape.multipleOf !== undefined && `a multiple of ${shape.multipleOf}`,
      ]);
  }
}

function described(type: string, terms: readonly (string | false)[]): string {
  return short([type, ...terms.filter((term) => term !== false)].join(', '));
}

function short(text: string): string {
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`;
}
