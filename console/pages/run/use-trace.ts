import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { RunView, TracePage } from '../../../core/contract/api.ts';
import { wasGivenUp } from '../../api/api.ts';
import { useApi } from '../../session/session-context.ts';
import type { KnownTrace } from './merge-trace.ts';
import { emptyTrace, readAgainAfter, withPage } from './merge-trace.ts';

const eventsOnPage = 500;
/** A long trace comes in many pages: what is known is shown at once, and then not after each of them. */
const showEveryMs = 1_000;

export interface LiveTrace extends KnownTrace {
  readonly error: unknown;
}

/** The events of a run, read again where something may have changed whenever the run has. */
export function useTrace(run: RunView): LiveTrace {
  const api = useApi();
  const [trace, setTrace] = useState<LiveTrace>({ ...emptyTrace, error: undefined });
  const { runId } = run;
  /** May be ahead of what is shown. */
  const known = useRef<KnownTrace>(emptyTrace);
  const openRevision = useEffectEvent(() =>
    Math.min(run.revision, ...run.steps.window.map(({ revision }) => revision)),
  );
  const state = stateOf(run);

  useEffect(() => {
    const given = new AbortController();
    const read = async (): Promise<void> => {
      let current = known.current;
      let after = readAgainAfter(current, openRevision());
      let shownAtMs = Number.NEGATIVE_INFINITY;
      for (;;) {
        const page = await api.get(
          '/v1/runs/{runId}/trace',
          { runId },
          {
            query: { after, limit: eventsOnPage },
            signal: given.signal,
          },
        );
        // It is asked for as JSON, and not as spans.
        current = withPage(current, after, page as TracePage);
        known.current = current;
        const nowMs = performance.now();
        if (current.isWhole || nowMs - shownAtMs >= showEveryMs) {
          setTrace({ ...current, error: undefined });
          shownAtMs = nowMs;
        }
        if (current.isWhole) return;
        after = current.events.at(-1)?.seq ?? after;
      }
    };
    read().catch((error: unknown) => {
      if (!wasGivenUp(error)) setTrace((before) => ({ ...before, error }));
    });
    return () => given.abort();
  }, [api, runId, state]);

  return trace;
}

/** Equal for a run about which nothing new can be told. */
function stateOf({ status, revision, updatedAt, generation, steps }: RunView): string {
  const window = steps.window.map(({ id, status: of, attempts }) => `${id} ${of} ${attempts}`);
  return [status, revision, updatedAt, generation, steps.over, ...window].join('|');
}
