import type { Registry } from '../core/model/skill.ts';

let provided: Registry | undefined;

/** Called once by whatever starts the functions: the generated entry of a Lambda bundle, or the local platform. */
export function provideRegistry(registry: Registry): void {
  provided = registry;
}

/** The skills and agents of the project. Throws when nothing was provided. */
export function registry(): Registry {
  if (!provided) {
    throw new Error('No project was provided to this function: its entry must call provideRegistry() first.');
  }
  return provided;
}
