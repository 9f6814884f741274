import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import type { RunStatus } from '../../../core/model/run.ts';
import { runStatusTexts } from '../../strings/statuses.ts';
import type { RunsFilter } from './read-runs.ts';

export const allStatuses = Object.keys(runStatusTexts) as readonly RunStatus[];

/** Filters as the address holds them, so that a view can be kept, shared and gone back to. */
export function useFilters(): readonly [RunsFilter, (change: Partial<RunsFilter>) => void] {
  const [search, setSearch] = useSearchParams();
  const asked = search.get('status')?.split(',') ?? [];
  const filter: RunsFilter = {
    statuses: allStatuses.filter((status) => asked.includes(status)),
    agent: search.get('agent') ?? undefined,
  };
  const change = useCallback(
    (changed: Partial<RunsFilter>) =>
      setSearch(
        (before) => {
          const next = new URLSearchParams(before);
          if (changed.statuses) write(next, 'status', changed.statuses.join(','));
          if ('agent' in changed) write(next, 'agent', changed.agent ?? '');
          return next;
        },
        { replace: true },
      ),
    [setSearch],
  );
  return [filter, change];
}

function write(search: URLSearchParams, name: string, value: string): void {
  if (value === '') search.delete(name);
  else search.set(name, value);
}
