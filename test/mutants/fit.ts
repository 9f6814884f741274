import { readFileSync } from 'node:fs';
import { mutated } from './mutant.ts';
import type { Mutant } from './mutant.ts';

const root = new URL('../../', import.meta.url);

/** Why bugs no longer fit the sources that they were written for; empty when all do. */
export function misfits(mutants: readonly Mutant[]): string[] {
  return mutants.flatMap(({ name, replacements }) => {
    const sources = new Map<string, string>();
    try {
      for (const replacement of replacements) {
        const { file } = replacement;
        const source = sources.get(file) ?? readFileSync(new URL(file, root), 'utf8');
        sources.set(file, mutated(source, replacement));
      }
      return [];
    } catch (error) {
      return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
    }
  });
}
