import type { DocumentStore } from '../model/skill.ts';

/** What skills keep between runs. */
export interface DocumentStores {
  /** The documents of one skill version for one tenant. */
  of(tenantId: string, skillId: string): DocumentStore;
}
