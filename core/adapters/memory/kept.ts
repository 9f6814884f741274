import type * as z from 'zod';

/** What has been written, as a value nobody can change: a frozen copy that went through JSON, as in a real store. */
export function kept<T>(schema: z.ZodType<T>, value: T): T {
  return frozen(schema.parse(JSON.parse(JSON.stringify(value))));
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
