import { createRequire } from 'node:module';

interface IteratorClass {
  readonly prototype: { close(): Promise<void>; return?: () => Promise<void> };
}

/** Of the classes behind `keys()` and `values()` of a LevelDB, by their names in abstract-level. */
const iteratorClasses = ['AbstractKeyIterator', 'AbstractValueIterator'] as const;

/**
 * Lets dynalite end its iterators. Version 4.0.0 calls their method `return`, if there is one, and those of LevelDB
 * have only `close`: every Query and Scan would keep its iterator for good, with all that it has read ahead and the
 * version of the table that it pins. Throws when dynalite no longer stands on these classes.
 */
export function closeIteratorsOfDynalite(): void {
  const own = createRequire(import.meta.url);
  const level = createRequire(createRequire(own.resolve('dynalite')).resolve('level'));
  const abstractLevel = level('abstract-level') as Readonly<Record<string, IteratorClass | undefined>>;
  for (const name of iteratorClasses) {
    const prototype = abstractLevel[name]?.prototype;
    if (!prototype) throw new Error(`abstract-level, on which dynalite stands, has no ${name} any more.`);
    prototype.return ??= function returnByClosing(this: IteratorClass['prototype']): Promise<void> {
      return this.close();
    };
  }
}
