import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import type { SecretStore } from '../../ports/index.ts';

const secrets = z.record(z.string(), z.string());
const othersMayRead = 0o077;

/** The secrets of a laptop: a JSON object from name to value, in a file that only its owner can read. */
export class FileSecretStore implements SecretStore {
  readonly #path: string;
  #seen: { readonly state: string; readonly values: ReadonlyMap<string, string> } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async read(name: string): Promise<string> {
    const state = await stateOf(this.#path);
    if (this.#seen?.state !== state) this.#seen = { state, values: await readSecretsFile(this.#path) };
    const value = this.#seen.values.get(name);
    if (value !== undefined) return value;
    throw new Error(
      `There is no secret '${name}' in ${this.#path}. Write it there with 'holdfast secrets set ${name}', which reads the value from standard input.`,
    );
  }
}

/**
 * Every secret of a file by name; none when there is no file. Throws an Error, without any of what the file holds, when
 * others may read it or when it is no JSON object of texts.
 */
export async function readSecretsFile(path: string): Promise<ReadonlyMap<string, string>> {
  const found = await fileAt(path);
  if (!found) return new Map();
  if ((found.mode & othersMayRead) !== 0) {
    throw new Error(
      `${path} holds secrets, and others may read it (mode ${(found.mode & 0o777).toString(8)}). Run: chmod 600 '${path}'`,
    );
  }
  const text = await readFile(path, 'utf8');
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // The parser's message shows a piece of the text, which may be a secret: it is no cause either.
    throw malformed(path, 'it is not JSON');
  }
  const parsed = secrets.safeParse(content);
  if (!parsed.success) throw malformed(path, 'it is not an object from names to texts');
  return new Map(Object.entries(parsed.data));
}

/** Changes whenever the file does. */
async function stateOf(path: string): Promise<string> {
  const found = await fileAt(path);
  return found ? [found.mtimeMs, found.ctimeMs, found.size, found.ino].join(' ') : 'absent';
}

async function fileAt(path: string): Promise<(Awaited<ReturnType<typeof stat>> & { mode: number }) | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function malformed(path: string, why: string): Error {
  return new Error(
    `${path} cannot be used: ${why}. It must look like { "HOTEL_API_KEY": "value" }; correct it, or remove it and set the secrets again.`,
  );
}
