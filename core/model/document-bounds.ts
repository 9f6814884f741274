import { ActionError } from './failure.ts';
import { jsonSizeBytes } from './json.ts';

export const mostDocumentBytes = 64 * 1024;
const keyPattern = /^[A-Za-z0-9._:/@+=-]{1,200}$/;
const mostListed = 100;
const usuallyListed = 50;

/** Throws ActionError for a key that no document can have. */
export function checkDocumentKey(key: string): void {
  if (typeof key === 'string' && keyPattern.test(key)) return;
  throw outOfBounds(`the key ${JSON.stringify(key)} must have 1 to 200 characters of A-Z, a-z, 0-9 and ._:/@+=-`);
}

/** Throws ActionError for a key or a value that cannot be kept. */
export function checkDocument(key: string, value: unknown): void {
  checkDocumentKey(key);
  const sizeBytes = jsonSizeBytes(value);
  if (sizeBytes <= mostDocumentBytes) return;
  throw outOfBounds(`the document '${key}' has ${sizeBytes} bytes as JSON; ${mostDocumentBytes} are allowed`);
}

/** A query with its defaults. Throws ActionError for what is out of bounds. */
export function checkDocumentQuery(query: {
  readonly prefix?: string;
  readonly limit?: number;
  readonly after?: string;
}): { readonly prefix: string; readonly limit: number; readonly after: string | undefined } {
  const { prefix = '', limit = usuallyListed, after } = query;
  if (prefix !== '') checkDocumentKey(prefix);
  if (after !== undefined) checkDocumentKey(after);
  if (Number.isInteger(limit) && limit >= 1 && limit <= mostListed) return { prefix, limit, after };
  throw outOfBounds(`the limit of a list must be a whole number from 1 to ${mostListed}; it is ${limit}`);
}

function outOfBounds(message: string): ActionError {
  return new ActionError(message, { class: 'bug', sendOutcome: 'notDone' });
}
