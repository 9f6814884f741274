import { extname } from 'node:path';

/**
 * Address of a module beside the importing one, for what takes a file instead of an import, such as a worker.
 * In this repository both end in `.ts`, in the built package in `.js`.
 *
 * @param importer its `import.meta.url`
 * @param name without its extension
 */
export function siblingModule(importer: string, name: string): URL {
  return new URL(`./${name}${extname(new URL(importer).pathname)}`, importer);
}
