import type * as z from 'zod';
import { tableShape } from '../../contract/keys.ts';
import type { ItemKey } from '../../contract/keys.ts';

/** An item of the table. Flat: whatever has members is JSON text, so that every value comes back exactly as it was. */
export type Item = ItemKey & { readonly [attribute: string]: string | number | boolean };

/** How the values of one kind are kept in items. */
export interface ItemKind<T> {
  /** For messages, e.g. `run head`. */
  readonly name: string;
  readonly schema: z.ZodType<T>;
  /** Members that the key already holds; not stored again. */
  readonly inKey: readonly string[];
  /** Members that are stored as JSON text. */
  readonly asText: readonly string[];
}

const keyAttributes = new Set<string>([
  tableShape.partitionKey,
  tableShape.sortKey,
  tableShape.index.partitionKey,
  tableShape.index.sortKey,
  tableShape.dueIndex.partitionKey,
  tableShape.dueIndex.sortKey,
  tableShape.openIndex.partitionKey,
  tableShape.openIndex.sortKey,
]);

/** The item of a value. Throws when a member with members of its own is not declared as text. */
export function encodeItem<T extends object>(
  kind: ItemKind<T>,
  key: ItemKey,
  value: T,
  indexKey: Readonly<Record<string, string>> = {},
): Item {
  const item: Record<string, string | number | boolean> = {};
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    if (member === undefined || kind.inKey.includes(name)) continue;
    if (kind.asText.includes(name)) item[name] = JSON.stringify(member);
    else if (typeof member === 'string' || typeof member === 'number' || typeof member === 'boolean')
      item[name] = member;
    else throw new Error(`'${name}' of a ${kind.name} is neither text, number nor boolean; declare it in 'asText'.`);
  }
  return { ...item, ...indexKey, ...key };
}

/** The value of an item. Throws an error that names the key when the item is not a whole value of its kind. */
export function decodeItem<T>(kind: ItemKind<T>, item: Item, identity: Readonly<Record<string, string>>): T {
  const value: Record<string, unknown> = { ...identity };
  for (const [name, member] of Object.entries(item)) {
    if (keyAttributes.has(name)) continue;
    value[name] = kind.asText.includes(name) ? parsedText(kind, item, name, member) : member;
  }
  const parsed = kind.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'item'}: ${issue.message}`).join('; ');
  throw brokenItem(kind, item, issues);
}

function parsedText(kind: ItemKind<unknown>, item: Item, name: string, member: Item[string]): unknown {
  try {
    return JSON.parse(String(member));
  } catch (error) {
    throw brokenItem(kind, item, `${name}: ${(error as Error).message}`);
  }
}

function brokenItem(kind: ItemKind<unknown>, item: Item, why: string): Error {
  return new Error(
    `The ${kind.name} at PK '${item.PK}', SK '${item.SK}' is broken (${why}). ` +
      `Repair or restore this item; nothing of it was used.`,
  );
}
