import { canonicalJson } from './json.ts';
import { areExclusive, valueFits } from './schema-values.ts';
import { isAnnotation, isRecord, shapesOf, UnknownSchema } from './schema-shapes.ts';
import type { ArrayShape, NumberShape, ObjectShape, Schema, Shape, Shapes, StringShape } from './schema-shapes.ts';
import { schemaText, shapeText, shapesText } from './schema-text.ts';

/** A place where a document of the narrow schema may not fit the wide one. */
export interface SchemaGap {
  /** `guests[].name`; `''` is the whole document. */
  readonly path: string;
  /** What the narrow schema says there. */
  readonly narrow: string;
  /** What the wide schema says there. */
  readonly wide: string;
  /** Not found to be a gap: a schema could not be understood there. */
  readonly unknown: boolean;
}

/**
 * `argument`: members that the wide schema does not name would be lost, or refused.
 * `answer`: whoever reads an answer leaves members aside that are new to him.
 */
export type SchemaUse = 'argument' | 'answer';

/** More comparisons than this are given up: nothing that people write needs them. */
const mostComparisons = 20_000;

/**
 * Whether every document of `narrow` fits `wide`: none when that is certain. What cannot be decided is a gap too.
 * Members that a schema drops without looking at them belong to no document of it, so a name that was dropped
 * may get a meaning.
 */
export function schemaGaps(narrow: unknown, wide: unknown, use: SchemaUse): SchemaGap[] {
  if (canonicalJson(narrow) === canonicalJson(wide)) return [];
  return new Comparison(narrow, wide, use).fit(narrow as Schema, wide as Schema, '', 0);
}

class Comparison {
  readonly #roots: { readonly narrow: unknown; readonly wide: unknown };
  readonly #use: SchemaUse;
  #comparisons = 0;
  /** Pairs under way, with how deep in the document: a pair that comes again deeper holds if the outer one does. */
  readonly #open: { readonly narrow: Schema; readonly wide: Schema; readonly depth: number }[] = [];

  constructor(narrow: unknown, wide: unknown, use: SchemaUse) {
    this.#roots = { narrow, wide };
    this.#use = use;
  }

  fit(narrow: Schema, wide: Schema, path: string, depth: number): SchemaGap[] {
    this.#comparisons += 1;
    if (this.#comparisons > mostComparisons) return [unknownGap(path, 'too many alternatives to compare')];
    try {
      if (sameWithoutReferences(narrow, wide)) return [];
      const [from, to] = [deref(narrow, this.#roots.narrow), deref(wide, this.#roots.wide)];
      if (this.#open.some((pair) => pair.narrow === from && pair.wide === to && pair.depth < depth)) return [];
      this.#open.push({ narrow: from, wide: to, depth });
      try {
        const narrowShapes = shapesOf(from, (ref) => resolve(ref, this.#roots.narrow));
        const wideShapes = shapesOf(to, (ref) => resolve(ref, this.#roots.wide));
        return this.#fitShapes(narrowShapes, wideShapes, path, depth);
      } finally {
        this.#open.pop();
      }
    } catch (error) {
      if (error instanceof UnknownSchema) return [unknownGap(path, error.message)];
      throw error;
    }
  }

  #fitShapes(narrow: Shapes, wide: Shapes, path: string, depth: number): SchemaGap[] {
    const follow = (ref: string): Schema => resolve(ref, this.#roots.wide);
    if (!wide.exclusive.every((branches) => areExclusive(branches, follow))) {
      throw new UnknownSchema('oneOf whose alternatives may overlap');
    }
    const lost: Shape[] = [];
    const gaps = narrow.alternatives.flatMap((shape) => {
      const rated = wide.alternatives
        .filter((one) => one.kind === 'any' || one.kind === shape.kind || shape.kind === 'value')
        .map((one) => this.#fitShape(shape, one, path, depth))
        .toSorted((a, b) => a.length - b.length);
      if (rated.some((one) => one.length === 0)) return [];
      const [nearest] = rated;
      if (nearest !== undefined && shape.kind !== 'value') return nearest;
      lost.push(shape);
      return [];
    });
    if (lost.length === 0) return gaps;
    return [
      ...gaps,
      { path, narrow: shapesText(narrow.alternatives), wide: shapesText(wide.alternatives), unknown: false },
    ];
  }

  #fitShape(narrow: Shape, wide: Shape, path: string, depth: number): SchemaGap[] {
    if (wide.kind === 'any') return [];
    if (narrow.kind === 'value') {
      return valueFits(narrow.value, wide) ? [] : [gap(path, shapeText(narrow), shapeText(wide))];
    }
    if (narrow.kind === 'number' && wide.kind === 'number') return numberGaps(narrow, wide, path);
    if (narrow.kind === 'string' && wide.kind === 'string') return stringGaps(narrow, wide, path);
    if (narrow.kind === 'array' && wide.kind === 'array') return this.#arrayGaps(narrow, wide, path, depth + 1);
    if (narrow.kind === 'object' && wide.kind === 'object') return this.#objectGaps(narrow, wide, path, depth + 1);
    return [gap(path, shapeText(narrow), shapeText(wide))];
  }

  #arrayGaps(narrow: ArrayShape, wide: ArrayShape, path: string, depth: number): SchemaGap[] {
    const most = (shape: ArrayShape): number =>
      shape.items === false ? Math.min(shape.maxItems, shape.prefix.length) : shape.maxItems;
    const listed = Math.max(narrow.prefix.length, wide.prefix.length);
    const gaps = Array.from({ length: Math.min(listed, most(narrow)) }, (_, index) =>
      this.fit(narrow.prefix[index] ?? narrow.items, wide.prefix[index] ?? wide.items, `${path}[${index}]`, depth),
    ).flat();
    if (most(narrow) > listed) gaps.push(...this.fit(narrow.items, wide.items, `${path}[]`, depth));
    if (narrow.minItems < wide.minItems) {
      gaps.push(gap(path, `at least ${narrow.minItems} items`, `at least ${wide.minItems} items`));
    }
    if (most(narrow) > most(wide)) gaps.push(gap(path, mostText(most(narrow)), mostText(most(wide))));
    return gaps;
  }

  #objectGaps(narrow: ObjectShape, wide: ObjectShape, path: string, depth: number): SchemaGap[] {
    const members = [...narrow.members].flatMap(([name, schema]) => this.#memberGaps(name, schema, wide, path, depth));
    const required = [...wide.required]
      .filter((name) => !narrow.required.has(name))
      .map((name) => gap(join(path, name), narrow.members.has(name) ? 'optional' : 'absent', 'required'));
    return [...members, ...required, ...this.#otherGaps(narrow, wide, path, depth)];
  }

  #memberGaps(name: string, schema: Schema, wide: ObjectShape, path: string, depth: number): SchemaGap[] {
    const at = join(path, name);
    const named = this.fit({ const: name }, wide.names, at, depth);
    if (named.length > 0) return [gap(at, 'a member', 'refused by its name')];
    const known = wide.members.get(name);
    if (known !== undefined) return this.fit(schema, known, at, depth);
    if (wide.others !== 'ignored' && wide.others !== 'refused') return this.fit(schema, wide.others, at, depth);
    if (this.#use === 'answer' || isNever(schema)) return [];
    return [gap(at, schemaText(schema), wide.others)];
  }

  /** Members that the narrow schema does not name. */
  #otherGaps(narrow: ObjectShape, wide: ObjectShape, path: string, depth: number): SchemaGap[] {
    if (narrow.others === 'refused') return [];
    const at = join(path, '*');
    const looksAtOthers = wide.others !== 'ignored' && wide.others !== 'refused';
    if (narrow.others === 'ignored') {
      if (this.#use === 'answer') return [];
      if (wide.others === 'refused') return [gap(at, 'ignored', 'refused')];
      const names = this.fit(textNames(true), textNames(wide.names), at, depth);
      return looksAtOthers ? [...names, ...this.fit(true, wide.others, at, depth)] : names;
    }
    const { others } = narrow;
    const names = this.fit(textNames(narrow.names), textNames(wide.names), at, depth);
    const meeting = [...wide.members]
      .filter(([name]) => !narrow.members.has(name))
      .filter(([name]) => !this.#isRefused(name, narrow.names, depth))
      .flatMap(([name, schema]) => this.fit(others, schema, join(path, name), depth));
    if (looksAtOthers) return [...names, ...meeting, ...this.fit(others, wide.others, at, depth)];
    if (this.#use === 'answer' || isNever(others)) return [...names, ...meeting];
    return [...names, ...meeting, gap(at, schemaText(others), wide.others)];
  }

  /** Certainly: a name whose fate is not known may come. */
  #isRefused(name: string, names: Schema, depth: number): boolean {
    const gaps = new Comparison({}, this.#roots.narrow, this.#use).fit({ const: name }, names, '', depth);
    return gaps.length > 0 && gaps.every(({ unknown }) => !unknown);
  }
}

function numberGaps(narrow: NumberShape, wide: NumberShape, path: string): SchemaGap[] {
  const { multipleOf } = wide;
  const fits =
    isAsTight(lowest(narrow), lowest(wide)) &&
    isAsTight(highest(narrow), highest(wide)) &&
    (narrow.integer || !wide.integer) &&
    (multipleOf === undefined ||
      multipleOf === narrow.multipleOf ||
      (narrow.integer && multipleOf === 1) ||
      (Number.isInteger(multipleOf) && Number.isInteger((narrow.multipleOf ?? Number.NaN) / multipleOf)));
  return fits ? [] : [gap(path, shapeText(narrow), shapeText(wide))];
}

/** An end of a range, told as how far it reaches: less is tighter. */
interface End {
  readonly reach: number;
  readonly exclusive: boolean;
}

function lowest({ integer, minimum, exclusiveMinimum }: NumberShape): End {
  if (integer) return { reach: -Math.max(Math.ceil(minimum), Math.floor(exclusiveMinimum) + 1), exclusive: false };
  const exclusive = exclusiveMinimum >= minimum && exclusiveMinimum > -Infinity;
  return { reach: -Math.max(minimum, exclusiveMinimum), exclusive };
}

function highest({ integer, maximum, exclusiveMaximum }: NumberShape): End {
  if (integer) return { reach: Math.min(Math.floor(maximum), Math.ceil(exclusiveMaximum) - 1), exclusive: false };
  const exclusive = exclusiveMaximum <= maximum && exclusiveMaximum < Infinity;
  return { reach: Math.min(maximum, exclusiveMaximum), exclusive };
}

function isAsTight(narrow: End, wide: End): boolean {
  return narrow.reach < wide.reach || (narrow.reach === wide.reach && (narrow.exclusive || !wide.exclusive));
}

/** zod names a format for these too, but their pattern says it all. */
const formatsOfPatterns = new Set(['starts_with', 'ends_with', 'includes', 'lowercase', 'uppercase', 'regex']);

function stringGaps(narrow: StringShape, wide: StringShape, path: string): SchemaGap[] {
  const fits =
    narrow.minLength >= wide.minLength &&
    narrow.maxLength <= wide.maxLength &&
    wide.patterns.every((pattern) => narrow.patterns.includes(pattern)) &&
    wide.formats.every(
      (format) => narrow.formats.includes(format) || (formatsOfPatterns.has(format) && wide.patterns.length > 0),
    );
  return fits ? [] : [gap(path, shapeText(narrow), shapeText(wide))];
}

/** What a `$ref` leads to in its own document; the schema itself when it is none. */
function deref(schema: Schema, root: unknown): Schema {
  if (typeof schema === 'boolean' || !('$ref' in schema)) return schema;
  if (Object.keys(schema).some((keyword) => keyword !== '$ref' && !isAnnotation(keyword))) return schema;
  return resolve(String(schema['$ref']), root);
}

function resolve(ref: string, root: unknown): Schema {
  if (!ref.startsWith('#')) throw new UnknownSchema(`$ref ${ref}`);
  const parts = ref.split('/').slice(1);
  let found: unknown = root;
  for (const part of parts) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    found = isRecord(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  if (typeof found === 'boolean' || isRecord(found)) return found;
  throw new UnknownSchema(`$ref ${ref}, which leads nowhere`);
}

function sameWithoutReferences(narrow: Schema, wide: Schema): boolean {
  const text = canonicalJson(narrow);
  return text === canonicalJson(wide) && !text.includes('"$ref"');
}

/** Names of members are always texts. */
function textNames(names: Schema): Schema {
  return names === true ? { type: 'string' } : names;
}

function isNever(schema: Schema): boolean {
  return schema === false || (schema !== true && canonicalJson(schema) === '{"not":{}}');
}

function gap(path: string, narrow: string, wide: string): SchemaGap {
  return { path, narrow, wide, unknown: false };
}

function unknownGap(path: string, what: string): SchemaGap {
  return { path, narrow: what, wide: what, unknown: true };
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function mostText(items: number): string {
  return items === Infinity ? 'any number of items' : `at most ${items} items`;
}
