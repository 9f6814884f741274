import * as z from 'zod';
import { name } from '../model/names.ts';

/** A place in a list, newest first: everything before this sort key of the index is still to come. */
const position = z.strictObject({
  list: z.enum(['runs', 'escalations']),
  before: z.string().regex(/^\d{15}#(run|esc)-[0-9a-z]{20,26}$/),
});
/** A place in a list of agents by name. */
const agentPosition = z.strictObject({ list: z.literal('grants'), after: name });
type List = z.infer<typeof position>['list'];

/** Thrown for a cursor that no list of ours has given out; a mistake of the caller. */
export class InvalidCursor extends Error {
  constructor(cursor: string) {
    super(
      `The cursor '${cursor.slice(0, 80)}' is not one that this list has given out. ` +
        `Pass the 'nextCursor' of the previous page unchanged, or none for the first page.`,
    );
    this.name = 'InvalidCursor';
  }
}

/** The opaque text of a place in a list. */
export function encodeCursor(list: List, before: string): string {
  return Buffer.from(JSON.stringify({ list, before })).toString('base64url');
}

/** The sort key before which a page begins; undefined for the first page. Throws InvalidCursor. */
export function decodeCursor(list: List, cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const parsed = position.safeParse(parsedJson(cursor));
  if (!parsed.success || parsed.data.list !== list) throw new InvalidCursor(cursor);
  return parsed.data.before;
}

/** The opaque text of a place in a list of agents. */
export function encodeAgentCursor(after: string): string {
  return Buffer.from(JSON.stringify({ list: 'grants', after })).toString('base64url');
}

/** The agent after which a page begins; undefined for the first page. Throws InvalidCursor. */
export function decodeAgentCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const parsed = agentPosition.safeParse(parsedJson(cursor));
  if (!parsed.success) throw new InvalidCursor(cursor);
  return parsed.data.after;
}

function parsedJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw new InvalidCursor(cursor);
  }
}
