import type { Breaker } from '../model/breaker.ts';
import type { Written } from './run-store.ts';

/** Breakers, which everybody who calls a dependency has in common. */
export interface BreakerStore {
  /** A strongly consistent read. Throws StoreUnavailable. */
  read(dependency: string): Promise<Breaker | undefined>;
  /** Consistent reads, in no particular order; those that nobody wrote are left out. Throws StoreUnavailable. */
  readMany(dependencies: readonly string[]): Promise<Breaker[]>;
  /**
   * Writes `next` if the stored breaker has `seenWriteToken`, or if there is none with `undefined`. A stored breaker that
   * carries `next.writeToken` is this very write and counts as written. Throws StoreUnavailable when it is not known.
   */
  write(next: Breaker, seenWriteToken: string | undefined): Promise<Written<Breaker>>;
}
