import * as z from 'zod';
import { DefinitionError } from './definition-error.ts';
import type { DefinitionProblem } from './definition-error.ts';

const shownCharacters = 80;

/** A value as it is shown in a message: short, and never a whole function or schema. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null) {
    return cut(JSON.stringify(value));
  }
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (isSchema(value)) return 'a zod schema';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return cut(`an object with ${Object.keys(value).join(', ') || 'no members'}`);
}

/** The names, in quotes, for the `allowed` part of a message. */
export function listed(names: Iterable<string>): string {
  return [...names].map((one) => `'${one}'`).join(', ') || 'none';
}

/**
 * Collects what is wrong with one definition, so that an author sees all of it at once. Authors may write plain
 * JavaScript, so nothing that the types promise is taken for granted.
 */
export class Inspection {
  readonly problems: DefinitionProblem[] = [];

  add(problem: DefinitionProblem): void {
    this.problems.push(problem);
  }

  /** Adds the problems of a part, one level down. */
  addAll(at: string, problems: readonly DefinitionProblem[]): void {
    for (const problem of problems) this.add({ ...problem, at: problem.at ? `${at}.${problem.at}` : at });
  }

  /** The members of an object; nothing of it may be missing in `allowed`. Undefined when it is no object. */
  members(at: string, value: unknown, allowed: readonly string[]): Record<string, unknown> | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.add({
        at,
        wrong: 'must be an object',
        given: shown(value),
        allowed: `an object with ${listed(allowed)}`,
        remedy: 'Pass an object',
      });
      return undefined;
    }
    for (const name of Object.keys(value).filter((key) => !allowed.includes(key))) {
      this.add({
        at: at ? `${at}.${name}` : name,
        wrong: 'is not a known member',
        given: `'${name}'`,
        allowed: listed(allowed),
        remedy: 'Remove it, or correct its name',
      });
    }
    return value as Record<string, unknown>;
  }

  /** A text between 1 and `most` characters that is more than white space. */
  text(at: string, value: unknown, most: number): void {
    if (typeof value === 'string' && value.trim() !== '' && value.length <= most) return;
    this.add({
      at,
      wrong: typeof value === 'string' && value.length > most ? 'is too long' : 'must be a text that says something',
      given: typeof value === 'string' && value.length > most ? `${value.length} characters` : shown(value),
      allowed: `1 to ${most} characters`,
      remedy: 'Write what it does and when to use it',
    });
  }

  /** A text of one of the schemas of core/model/names.ts. */
  named(at: string, value: unknown, schema: z.ZodType<string>, remedy: string): void {
    const parsed = schema.safeParse(value);
    if (parsed.success) return;
    this.add({
      at,
      wrong: 'is not a valid name',
      given: shown(value),
      allowed: parsed.error.issues.map((issue) => issue.message).join('; '),
      remedy,
    });
  }

  /** A whole number within bounds, both included. */
  integer(at: string, value: unknown, least: number, most: number, remedy: string): void {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return;
    this.add({
      at,
      wrong: 'must be a whole number within its bounds',
      given: shown(value),
      allowed: `${least} to ${most}`,
      remedy,
    });
  }

  /** One of a few texts, or nothing. */
  oneOf(at: string, value: unknown, allowed: readonly string[], remedy: string): void {
    if (value === undefined || allowed.some((one) => one === value)) return;
    this.add({ at, wrong: 'is none of what is allowed', given: shown(value), allowed: listed(allowed), remedy });
  }

  function(at: string, value: unknown, signature: string): void {
    if (typeof value === 'function') return;
    this.add({ at, wrong: 'must be a function', given: shown(value), allowed: signature, remedy: 'Pass a function' });
  }

  /**
   * A zod schema that can be told to others as JSON Schema, as planners and the HTTP API need it.
   * @param io which side of it: `input` for what authors and callers write, `output` for what comes out of a parse
   */
  schema(at: string, value: unknown, io: 'input' | 'output', mustBeObject: boolean): void {
    if (!isSchema(value)) {
      this.add({
        at,
        wrong: 'must be a schema of zod 4',
        given: shown(value),
        allowed: "z.object({…}) with `import * as z from 'zod'`",
        remedy: 'Describe the value with zod',
      });
      return;
    }
    let described: { type?: unknown };
    try {
      described = z.toJSONSchema(value, { io });
    } catch (error) {
      this.add({
        at,
        wrong: 'cannot be told as JSON Schema',
        given: error instanceof Error ? error.message : String(error),
        allowed: 'what JSON can hold: objects, arrays, texts, numbers, booleans, null and unions of them',
        remedy: 'Use JSON types, such as z.iso.date() instead of z.date()',
      });
      return;
    }
    if (mustBeObject && described.type !== undefined && described.type !== 'object') {
      this.add({
        at,
        wrong: 'must describe an object',
        given: `a schema of ${shown(described.type)}`,
        allowed: 'z.object({…}): a plan gives its values by name',
        remedy: 'Wrap the value in z.object({ … })',
      });
    }
  }

  /** Throws a DefinitionError when anything was found. */
  finish(subject: string): void {
    if (this.problems.length > 0) throw new DefinitionError(subject, this.problems);
  }
}

/** True for a schema of any copy of zod 4. */
export function isSchema(value: unknown): value is z.ZodType {
  return typeof value === 'object' && value !== null && '_zod' in value && 'safeParse' in value;
}

function cut(text: string): string {
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`;
}
