import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyFile } from '../../model/policy.ts';

/** The files `policies/*.cedar` of a project in order of their names; none when there is no such folder. */
export function readPolicyFiles(directory: string): PolicyFile[] {
  const folder = join(directory, 'policies');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.cedar'))
    .toSorted()
    .map((file) => ({ file: `policies/${file}`, text: readFileSync(join(folder, file), 'utf8') }));
}
