import { checkDocument, checkDocumentKey, checkDocumentQuery } from '../../model/document-bounds.ts';
import type { Json } from '../../model/json.ts';
import type { DocumentStore, KeptDocument } from '../../model/skill.ts';
import type { DocumentStores } from '../../ports/index.ts';

/** What skills keep, in memory. */
export class MemoryDocumentStores implements DocumentStores {
  readonly #documents = new Map<string, Map<string, KeptDocument>>();
  #version = 0;

  of(tenantId: string, skillId: string): DocumentStore {
    const owner = `${tenantId}#${skillId}`;
    const documents = this.#documents.get(owner) ?? new Map<string, KeptDocument>();
    this.#documents.set(owner, documents);
    return {
      get: async (key) => {
        checkDocumentKey(key);
        return structuredClone(documents.get(key));
      },
      put: async (key, value, ifVersion) => {
        checkDocument(key, value);
        const current = documents.get(key);
        if (ifVersion !== undefined && ifVersion !== (current?.version ?? 'absent')) {
          return { written: false, current: structuredClone(current) };
        }
        this.#version += 1;
        const version = String(this.#version);
        documents.set(key, { key, value: JSON.parse(JSON.stringify(value)) as Json, version });
        return { written: true, version };
      },
      remove: async (key, ifVersion) => {
        checkDocumentKey(key);
        const current = documents.get(key);
        if (current && ifVersion !== undefined && ifVersion !== current.version) return false;
        documents.delete(key);
        return true;
      },
      list: async (query = {}) => {
        const { prefix, limit, after } = checkDocumentQuery(query);
        const found = [...documents.values()]
          .filter(({ key }) => key.startsWith(prefix) && (after === undefined || key > after))
          .toSorted((a, b) => (a.key < b.key ? -1 : 1));
        return { documents: structuredClone(found.slice(0, limit)), more: found.length > limit };
      },
    };
  }
}
