import type { Json } from '../model/json.ts';

/** Shorter ones would be found by chance in texts that have nothing to do with them. */
export const leastSecretCharacters = 8;

/**
 * Takes the secrets that an action was given out of everything that leaves it: as they are, and in the forms in which
 * libraries and providers repeat them.
 */
export class Redaction {
  readonly #forms = new Map<string, string>();

  remember(name: string, value: string): void {
    const mark = `[secret ${name}]`;
    const bytes = Buffer.from(value);
    for (const form of [
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      bytes.toString('base64'),
      bytes.toString('base64url'),
      bytes.toString('hex'),
    ]) {
      if (form.length >= leastSecretCharacters) this.#forms.set(form, mark);
    }
  }

  text(text: string): string {
    let clean = text;
    for (const [form, mark] of this.#forms) clean = clean.replaceAll(form, mark);
    return clean;
  }

  /** A copy in which texts and names of members are clean. */
  value(value: Json): Json {
    if (this.#forms.size === 0) return value;
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.value(item));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [this.text(key), this.value(member)]));
    }
    return value;
  }
}
