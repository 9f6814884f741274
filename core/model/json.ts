import { hash } from 'node:crypto';
import * as z from 'zod';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Any JSON value. */
export const json: z.ZodType<Json, Json> = z.json();

export type JsonObject = { [key: string]: Json };

/**
 * JSON text with object keys in code-unit order, so that equal values have equal bytes.
 * `undefined` members are left out, as JSON.stringify does.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

/** Lower-case hexadecimal SHA-256 of a text's UTF-8 bytes. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Hash of a JSON value that does not depend on the order of object keys. */
export function jsonHash(value: unknown): string {
  return sha256(canonicalJson(value));
}

/** Size in bytes of a value as JSON text in UTF-8. */
export function jsonSizeBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value ?? null));
}
