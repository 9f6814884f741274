import { useEffect, useEffectEvent, useState } from 'react';
import { wasGivenUp } from '../../api/api.ts';
import type { Revision } from '../../plan/plan-at.ts';
import { useApi } from '../../session/session-context.ts';

export interface Revisions {
  /** Oldest first. */
  readonly items: readonly Revision[];
  readonly error: unknown;
}

const onPage = 100;

/** All plan revisions of a run. They never change, so each is read once. @param newest number of the newest one */
export function useRevisions(runId: string, newest: number): Revisions {
  const api = useApi();
  const [revisions, setRevisions] = useState<Revisions>({ items: [], error: undefined });
  const lastKnown = useEffectEvent(() => revisions.items.at(-1)?.revision ?? 0);

  useEffect(() => {
    const given = new AbortController();
    const read = async (): Promise<void> => {
      const known = lastKnown();
      const fresh: Revision[] = [];
      let cursor: string | undefined;
      if (newest <= known) return;
      for (;;) {
        const page = await api.get(
          '/v1/runs/{runId}/plan',
          { runId },
          {
            query: { limit: onPage, cursor },
            signal: given.signal,
          },
        );
        const unknown = page.items.filter(({ revision }) => revision > known);
        fresh.push(...unknown);
        cursor = page.nextCursor ?? undefined;
        if (cursor === undefined || unknown.length < page.items.length) break;
      }
      if (given.signal.aborted) return;
      setRevisions((before) => ({ items: inOrder([...before.items, ...fresh]), error: undefined }));
    };
    read().catch((error: unknown) => {
      if (!wasGivenUp(error)) setRevisions((before) => ({ ...before, error }));
    });
    return () => given.abort();
  }, [api, runId, newest]);

  return revisions;
}

/** Each once, oldest first. */
function inOrder(revisions: readonly Revision[]): readonly Revision[] {
  const byNumber = new Map(revisions.map((revision) => [revision.revision, revision]));
  return [...byNumber.values()].toSorted((a, b) => a.revision - b.revision);
}
