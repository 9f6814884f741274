import type { RunPage } from '../../../core/contract/api.ts';
import type { RunStatus } from '../../../core/model/run.ts';
import type { Api } from '../../api/api.ts';

export interface RunsFilter {
  readonly statuses: readonly RunStatus[];
  readonly agent: string | undefined;
}

export const runsOnPage = 25;
/** Where few runs fit, the API looks through so many before it gives an answer with what it has found. */
const mostAnswers = 5;

/**
 * A page of runs that fit. The API may give short pages, or empty ones, that lead to others: what is shown is put together from
 * some of them.
 */
export async function readRuns(
  api: Pick<Api, 'get'>,
  { statuses, agent }: RunsFilter,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<RunPage> {
  const items: RunPage['items'] = [];
  let next = cursor;
  for (let answers = 0; answers < mostAnswers; answers += 1) {
    const page = await api.get(
      '/v1/runs',
      {},
      {
        query: {
          ...{ limit: runsOnPage - items.length, cursor: next, agent, goals: 'true' },
          status: statuses.length === 0 ? undefined : statuses.join(','),
        },
        signal,
      },
    );
    items.push(...page.items);
    next = page.nextCursor ?? undefined;
    if (next === undefined || items.length >= runsOnPage) break;
  }
  return { items, nextCursor: next ?? null };
}

/** Those of a page whose goal, id or agent holds every word. */
export function withWords(items: RunPage['items'], text: string): RunPage['items'] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter(({ runId, agent, goal = '' }) => {
    const told = `${runId} ${agent} ${goal}`.toLowerCase();
    return words.every((word) => told.includes(word));
  });
}

/** The id of a run that somebody has typed or pasted; undefined for other words. */
export function runIdIn(text: string): string | undefined {
  return /^\s*(run-[0-9a-z]{20,26})\s*$/.exec(text)?.[1];
}
