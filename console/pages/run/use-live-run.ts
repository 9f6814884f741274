import { useEffect, useEffectEvent, useState } from 'react';
import type { RunView } from '../../../core/contract/api.ts';
import type { RunStatus } from '../../../core/model/run.ts';
import { addressOf, isLasting } from '../../api/api.ts';
import { messagesOf } from '../../api/event-stream.ts';
import type { Answer } from '../../api/use-answer.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { useApi } from '../../session/session-context.ts';

/** How often a run is asked for: with a stream that tells of changes only to be sure. */
const everyMs = { streamed: 20_000, polled: 2_000 } as const;
const reconnectMs = [1_000, 2_000, 5_000, 10_000] as const;
/** Several events of one moment are one reason to look. */
const gatherMs = 700;

const over = new Set<RunStatus>(['completed', 'declined', 'failed', 'canceled']);

/** A run that stays up to date: by server-sent events where the API has them, else by asking. */
export function useLiveRun(runId: string): Answer<RunView> {
  const api = useApi();
  const [isStreamed, setIsStreamed] = useState(false);
  const answer = useAnswer(
    runId,
    (signal) => api.get('/v1/runs/{runId}', { runId }, { query: { outputs: 'false' }, signal }),
    ({ status }) => (over.has(status) ? undefined : isStreamed ? everyMs.streamed : everyMs.polled),
  );
  const isOver = answer.state === 'loaded' && over.has(answer.value.status);
  const look = useEffectEvent(answer.again);

  useEffect(() => {
    if (isOver) return undefined;
    const given = new AbortController();
    const { signal } = given;
    let gathering: ReturnType<typeof setTimeout> | undefined;
    const listen = async (): Promise<void> => {
      let since: string | undefined;
      for (let failures = 0; !signal.aborted; failures += 1) {
        try {
          const stream = await api.events(addressOf('/v1/runs/{runId}/events', { runId }, { since }), signal);
          failures = 0;
          setIsStreamed(true);
          for await (const { id } of messagesOf(stream)) {
            since = id ?? since;
            gathering ??= setTimeout(() => {
              gathering = undefined;
              look();
            }, gatherMs);
          }
        } catch (error) {
          if (signal.aborted) return;
          setIsStreamed(false);
          // A front door that does not stream will not begin to.
          if (isLasting(error)) return;
        }
        await pause(reconnectMs[Math.min(failures, reconnectMs.length - 1)] ?? 10_000, signal);
      }
    };
    void listen();
    return () => {
      clearTimeout(gathering);
      given.abort();
    };
  }, [api, runId, isOver]);

  return answer;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
