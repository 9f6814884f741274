import { registerHooks } from 'node:module';
import type { Mutant, Replacement } from './mutant.ts';
import { mutated } from './mutant.ts';

const root = new URL('../../', import.meta.url).href;

/**
 * Loads with the bug what is imported from now on, in this thread alone; the repository is never changed.
 * Returns a check that throws when a source with the bug was never loaded, so that the bug had no effect.
 */
export function loadWith(mutant: Mutant | undefined): () => void {
  const pending = new Map<string, Replacement[]>();
  for (const replacement of mutant?.replacements ?? []) {
    const url = root + replacement.file;
    pending.set(url, [...(pending.get(url) ?? []), replacement]);
  }
  if (pending.size > 0) {
    registerHooks({
      load(url, context, next) {
        const loaded = next(url, context);
        const replacements = pending.get(url);
        if (!replacements) return loaded;
        pending.delete(url);
        const { source: original } = loaded;
        if (original === undefined) throw new Error(`${url} has no source.`);
        const text = typeof original === 'string' ? original : Buffer.from(original as Uint8Array).toString();
        return { ...loaded, source: replacements.reduce(mutated, text) };
      },
    });
  }
  return () => {
    if (pending.size > 0) {
      throw new Error(`${[...pending.keys()].join(', ')} was not loaded; the mutant has no effect.`);
    }
  };
}
