import * as z from 'zod';

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  md: 'text/plain; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};

/** Media type of a file of the console, by its name. */
export function consoleFileType(path: string): string {
  const extension = /\.([a-z0-9]+)$/.exec(path)?.[1] ?? '';
  return (Object.hasOwn(types, extension) ? types[extension] : undefined) ?? 'application/octet-stream';
}

/**
 * How long a file of the console may be kept: for ever where its name holds a hash of its content, and else not without asking
 * again.
 *
 * @param address path from the root, `/assets/main-1a2b.js`
 */
export function consoleCacheControl(address: string): string {
  return address.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/** What a deployment asks the function for that writes the console into its bucket. */
export const publishRequest = z.object({
  bucket: z.string().min(1),
  /** The content of the configuration, as JSON text. */
  config: z.string().min(1),
});
export type PublishRequest = z.infer<typeof publishRequest>;
