import type * as z from 'zod';
import type { ProblemItem } from '../../core/contract/problems.ts';

/** Issues of a schema as problems, each with its place and the names or values that are allowed. */
export function problemItems(error: z.ZodError): ProblemItem[] {
  return error.issues.flatMap((issue): ProblemItem[] => {
    const path = issue.path.join('.');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...issue.path, key].join('.'),
        message: 'there is no member of this name',
      }));
    }
    if (issue.code === 'invalid_key') {
      return issue.issues.map(({ message }) => ({ path, message: `the name ${message}` }));
    }
    return [path === '' ? { message: issue.message } : { path, message: issue.message }];
  });
}
