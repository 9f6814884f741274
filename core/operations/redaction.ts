import type { Json } from '../model/json.ts';

/** Shorter ones would be found by chance in texts that have nothing to do with them. */
export const leastSecretCharacters = 8;

/**
 * Takes the secrets that an action was given out of everything that leaves it: as they are, and in the forms in which
 * libraries and providers repeat them.
 */
export class Redaction {
  #forms = new Map<string, string>();

  remember(name: string, value: string): void {
    const mark = `[secret ${name}]`;
    const bytes = Buffer.from(value);
    const hex = bytes.toString('hex');
    for (const form of [
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      new URLSearchParams([['', value]]).toString().slice(1),
      hex,
      hex.toUpperCase(),
      ...within(bytes, 'base64'),
      ...within(bytes, 'base64url'),
    ]) {
      if (form.length >= leastSecretCharacters) this.#forms.set(form, mark);
    }
    // The longest first: a secret may be a part of another one, whose rest would stay.
    this.#forms = new Map([...this.#forms].toSorted(([a], [b]) => b.length - a.length));
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

/**
 * What base64 makes of some bytes, by themselves and after one or two others, such as those of `user:` in Basic
 * authentication: the characters that depend on these bytes alone.
 */
function within(bytes: Buffer, encoding: 'base64' | 'base64url'): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding);
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
}
