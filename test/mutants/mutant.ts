/** One place of the engine's sources, as it is and as the bug has it. `from` must be there exactly once. */
export interface Replacement {
  /** From the repository's root. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A bug that somebody could have made. */
export interface Mutant {
  readonly name: string;
  readonly replacements: readonly Replacement[];
}

export function mutant(name: string, file: string, from: string, to: string): Mutant {
  return { name, replacements: [{ file, from, to }] };
}

/** The source with the bug. Throws an Error when the source has changed so that the bug no longer fits. */
export function mutated(source: string, { file, from, to }: Replacement): string {
  const parts = source.split(from);
  if (parts.length !== 2) {
    throw new Error(`${file} has '${from}' ${parts.length - 1} times; a mutant needs it once. Correct the mutant.`);
  }
  return parts.join(to);
}
