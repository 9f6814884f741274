import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Takes a data directory for this process alone. The lock is an exclusive SQLite transaction, so the operating system
 * gives it back however the process ends. Throws when another process holds it.
 *
 * @returns gives the directory back
 */
export function lockDataDirectory(dataDirectory: string): () => void {
  mkdirSync(dataDirectory, { recursive: true });
  const database = new DatabaseSync(join(dataDirectory, 'lock.sqlite'));
  try {
    database.exec('PRAGMA busy_timeout = 2000; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw new Error(
      `Another platform is using ${dataDirectory}. Stop it first, or choose another directory with --data.`,
      { cause: error },
    );
  }
  return () => database.close();
}
