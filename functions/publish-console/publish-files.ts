import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { SiteBucket } from '../../core/adapters/s3/site-bucket.ts';
import { consoleConfigPath } from '../../core/contract/console-config.ts';
import { consoleCacheControl, consoleFileType } from '../../core/contract/console-files.ts';

const page = '/index.html';

/**
 * Writes the files of a folder and the configuration into the bucket of the console, the page last: whoever opens it finds all
 * that it names. Files of earlier deployments stay, for tabs that are open. Throws an Error for a folder without a page.
 * Gives back how many files were written.
 */
export async function publishFiles(
  directory: string,
  config: string,
  bucket: Pick<SiteBucket, 'put'>,
): Promise<number> {
  const addresses = globSync('**/*', { cwd: directory, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `/${relative(directory, join(entry.parentPath, entry.name)).replaceAll('\\', '/')}`);
  if (!addresses.includes(page)) throw new Error(`There is no console in ${directory}: it has no index.html.`);
  const put = (address: string, content: Uint8Array | string): Promise<void> =>
    bucket.put({
      ...{ key: address.slice(1), content },
      ...{ type: consoleFileType(address), cacheControl: consoleCacheControl(address) },
    });
  const before = addresses.filter((address) => address !== page).toSorted();
  for (const address of before) await put(address, readFileSync(join(directory, address)));
  await put(consoleConfigPath, config);
  await put(page, readFileSync(join(directory, page)));
  return before.length + 2;
}
