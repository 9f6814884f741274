import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { consoleFileType } from '../../core/contract/console-files.ts';

export interface ConsoleFile {
  readonly type: string;
  /** Its name holds a hash of its content: what was fetched once is right for ever. */
  readonly unchanging: boolean;
  readonly read: () => Uint8Array<ArrayBuffer>;
}

/**
 * The files of a built console by their path, `/index.html`; none when it was not built. Only what was there when this was
 * asked for is ever read, so that no path of a request reaches the disk.
 */
export function consoleFiles(directory: string): ReadonlyMap<string, ConsoleFile> {
  const paths = globSync('**/*', { cwd: directory, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    paths.map((path) => {
      const address = path.slice(directory.length).replaceAll('\\', '/');
      const type = consoleFileType(path);
      const read = (): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(path));
      return [address, { type, read, unchanging: address.startsWith('/assets/') }];
    }),
  );
}
