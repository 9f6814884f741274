import * as z from 'zod';
import { actionName, skillId } from '../model/names.ts';
import { endorsements } from '../model/skill.ts';
import type { Inspection } from './inspection.ts';
import { isSchema, listed, shown } from './inspection.ts';
import { schemaAt, walkSchema } from './schema-path.ts';

const levels = ['model', 'untrusted'];

/** What an action says about arguments that must be trusted, and about how far its answers may be believed. */
export function inspectTrust(given: Readonly<Record<string, unknown>>, inspection: Inspection): void {
  inspectPaths('sensitive', given['sensitive'], given['input'], 'input', inspection);
  if (given['trust'] !== undefined && !levels.includes(given['trust'] as string)) {
    inspection.add({
      at: 'trust',
      wrong: 'is not a level of trust',
      given: shown(given['trust']),
      allowed: listed(levels),
      remedy: 'Leave it out when answers may be believed as far as the arguments; nothing can raise trust but endorses',
    });
  }
  inspectEndorsements(given['endorses'], given['output'], inspection);
}

/** Other actions that may take the place of one: exact names. */
export function inspectAlternatives(alternatives: unknown, inspection: Inspection): void {
  if (alternatives === undefined) return;
  if (!Array.isArray(alternatives)) {
    inspection.add(notAList('alternatives', alternatives, "['HotelDesk:v1/book']"));
    return;
  }
  alternatives.forEach((one: unknown, index) => {
    const [skill, action, ...rest] = typeof one === 'string' ? one.split('/') : [];
    const named = rest.length === 0 && skillId.safeParse(skill).success && actionName.safeParse(action).success;
    if (named && alternatives.indexOf(one) === index) return;
    inspection.add({
      at: `alternatives.${index}`,
      wrong: named ? 'is named twice' : 'is not the name of an action',
      given: shown(one),
      allowed: "names such as 'HotelDesk:v1/book', each once",
      remedy: 'Name a skill with its version, a slash and an action',
    });
  });
}

/** A list of paths into a schema. */
export function inspectPaths(
  at: string,
  paths: unknown,
  schema: unknown,
  io: 'input' | 'output',
  inspection: Inspection,
): void {
  if (paths === undefined) return;
  if (!Array.isArray(paths)) {
    inspection.add(notAList(at, paths, "['amountCents', 'recipient.iban']"));
    return;
  }
  const described = jsonSchemaOf(schema, io);
  paths.forEach((path: unknown, index) => inspectPath(`${at}.${index}`, path, described, 'argument', inspection));
}

function inspectEndorsements(endorses: unknown, output: unknown, inspection: Inspection): void {
  if (endorses === undefined) return;
  if (typeof endorses !== 'object' || endorses === null || Array.isArray(endorses)) {
    inspection.add({
      at: 'endorses',
      wrong: 'must be an object',
      given: shown(endorses),
      allowed: "members of the answer with 'enum', 'minted' or 'lookup', such as { currency: 'enum' }",
      remedy: 'Name each member and why it may be believed',
    });
    return;
  }
  const schema = jsonSchemaOf(output, 'output');
  for (const [path, how] of Object.entries(endorses)) {
    const at = `endorses.${path}`;
    inspectPath(at, path, schema, 'member of the answer', inspection);
    if (!(endorsements as readonly unknown[]).includes(how)) {
      inspection.add({
        at,
        wrong: 'is no reason to believe a value',
        given: shown(how),
        allowed: listed(endorsements),
        remedy:
          "Write 'enum' for one of a closed set, 'minted' for an id that the action has made, 'lookup' for what comes from a table that nobody outside can write",
      });
    } else if (how === 'enum' && schema !== undefined && !isClosed(schemaAt(schema, path.split('.')))) {
      inspection.add({
        at,
        wrong: 'is not one of a closed set',
        given: `the output schema at '${path}'`,
        allowed: 'z.enum, z.literal and z.boolean',
        remedy: 'Describe it with z.enum, or do not endorse it',
      });
    }
  }
}

function inspectPath(at: string, path: unknown, schema: unknown, what: string, inspection: Inspection): void {
  const parts = typeof path === 'string' ? path.split('.') : [];
  const walkable = parts.length > 0 && parts.every((part) => part !== '' && !/^\d+$/.test(part));
  const walk = walkable && schema !== undefined ? walkSchema(schema, parts) : undefined;
  if (walkable && walk?.found !== false) return;
  inspection.add({
    at,
    wrong: walkable ? `is no ${what}` : 'is not a path',
    given: shown(path),
    allowed:
      walk?.found === false
        ? listed(walk.allowed)
        : 'names of members with dots between them; a list is named as a whole',
    remedy: 'Correct the path',
  });
}

/** True for a schema whose values are all written in it. */
function isClosed(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  if ('const' in schema || 'enum' in schema) return true;
  if ('type' in schema && (schema.type === 'boolean' || schema.type === 'null')) return true;
  const branches = 'anyOf' in schema ? schema.anyOf : 'oneOf' in schema ? schema.oneOf : undefined;
  return Array.isArray(branches) && branches.length > 0 && branches.every(isClosed);
}

function jsonSchemaOf(schema: unknown, io: 'input' | 'output'): unknown {
  if (!isSchema(schema)) return undefined;
  try {
    return z.toJSONSchema(schema, { io });
  } catch {
    // The schema itself is told to be wrong elsewhere.
    return undefined;
  }
}

function notAList(at: string, given: unknown, example: string) {
  return {
    at,
    wrong: 'must be a list',
    given: shown(given),
    allowed: `a list such as ${example}`,
    remedy: 'Write a list',
  };
}
