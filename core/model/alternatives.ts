import type { Json } from './json.ts';
import { findReferences } from './references.ts';
import { schemaGaps } from './schema-fit.ts';
import { isRecord } from './schema-shapes.ts';

/** Where templates refer to in the output of a step; `[]` is all of it. */
export function pathsInto(stepId: string, templates: readonly Json[]): (readonly string[])[] {
  return templates.flatMap((template) =>
    findReferences(template).flatMap(({ parse }) =>
      parse.kind === 'reference' && parse.reference.source === 'step' && parse.reference.stepId === stepId
        ? [parse.reference.path]
        : [],
    ),
  );
}

/**
 * Whether an action answers as well as the one that was planned, as far as anybody asks: at each of the paths its answers
 * fit what the planned one's would. What cannot be told counts as no.
 *
 * @param planned JSON Schema of the output of the planned action
 * @param other JSON Schema of the output of the one in its place
 */
export function answersAsWell(planned: unknown, other: unknown, paths: readonly (readonly string[])[]): boolean {
  if (paths.length === 0) return true;
  if (planned === undefined || other === undefined) return false;
  if (schemaGaps(other, planned, 'answer').length === 0) return true;
  return paths.every((path) => {
    const [wide, narrow] = [memberOf(planned, path), memberOf(other, path)];
    return wide !== undefined && narrow !== undefined && schemaGaps(narrow, wide, 'answer').length === 0;
  });
}

/** The schema of a member that is always there, with what its references lead to; undefined where that is not plain. */
function memberOf(root: unknown, path: readonly string[]): unknown {
  let current: unknown = root;
  for (const part of path) {
    if (!isRecord(current) || !isRecord(current['properties']) || !Array.isArray(current['required'])) return undefined;
    if (!Object.hasOwn(current['properties'], part) || !current['required'].includes(part)) return undefined;
    current = current['properties'][part];
  }
  if (!isRecord(current) || path.length === 0) return current;
  const definitions = isRecord(root) ? root['$defs'] : undefined;
  return definitions === undefined ? current : { ...current, $defs: definitions };
}

/** An action named as `HotelDesk:v1/book`. */
export function usedAction(name: string): { readonly skill: string; readonly action: string } {
  const at = name.lastIndexOf('/');
  return { skill: name.slice(0, at), action: name.slice(at + 1) };
}
