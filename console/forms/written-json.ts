import type { Json } from '../../core/model/json.ts';
import { jsonForms } from '../strings/forms.ts';
import { schemaProblems } from './schema-problems.ts';
import type { Schema } from './schema-problems.ts';

/** What a text that should be JSON has come to. */
export type WrittenJson =
  | { readonly state: 'good'; readonly value: Json }
  | { readonly state: 'bad'; readonly problems: readonly string[] };

/**
 * Reads JSON that somebody has written, and says what of it does not fit the schema, if there is one.
 *
 * @param isOpen true for a value that stands for another one, which nobody knows yet: it fits everywhere
 */
export function readJson(text: string, schema: Schema | undefined, isOpen?: (value: Json) => boolean): WrittenJson {
  if (text.trim() === '') return { state: 'bad', problems: [jsonForms.missing] };
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return { state: 'bad', problems: [jsonForms.notJson(error instanceof Error ? error.message : String(error))] };
  }
  const problems = schemaProblems(schema, value, isOpen);
  if (problems.length === 0) return { state: 'good', value };
  return { state: 'bad', problems: problems.map(({ path, message }) => `${path || jsonForms.whole} ${message}`) };
}
