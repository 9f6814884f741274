import type { SecretStore } from '../../ports/index.ts';

/** Secrets in memory. */
export class MemorySecretStore implements SecretStore {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: Readonly<Record<string, string>> = {}) {
    this.#values = new Map(Object.entries(values));
  }

  async read(name: string): Promise<string> {
    const value = this.#values.get(name);
    if (value === undefined) throw new Error(`There is no secret '${name}'.`);
    return value;
  }
}
