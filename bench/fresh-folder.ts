import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Gives `body` a new folder and removes it afterwards. It lies under the repository, not in the temporary folder of
 * the system: that may be memory, where a sync costs nothing.
 */
export async function inFreshFolder<T>(name: string, body: (folder: string) => Promise<T>): Promise<T> {
  const parent = join(import.meta.dirname, '..', '.holdfast');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, `bench-${name}-`));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
