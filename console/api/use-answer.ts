import { useCallback, useEffect, useEffectEvent, useState } from 'react';
import { isLasting, wasGivenUp } from './api.ts';

/** What a question to the API has come to so far. */
export type Answer<Value> =
  | { readonly state: 'loading'; readonly again: () => void }
  | { readonly state: 'failed'; readonly error: unknown; readonly again: () => void }
  /** `error`: the last attempt to hear something newer has failed. */
  | { readonly state: 'loaded'; readonly value: Value; readonly error: unknown; readonly again: () => void };

type Held<Value> = { readonly key: string; readonly value?: { readonly of: Value }; readonly error?: unknown };

/**
 * Asks the API, and asks again every now and then while somebody looks. An answer stays until the next one has come.
 *
 * @param key what is asked for; another key is another question
 * @param everyMs how long after an answer it is asked again; undefined for never. May depend on the answer.
 */
export function useAnswer<Value>(
  key: string,
  ask: (signal: AbortSignal) => Promise<Value>,
  everyMs?: number | ((value: Value) => number | undefined),
): Answer<Value> {
  const [held, setHeld] = useState<Held<Value>>({ key });
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((before) => before + 1), []);
  const askNow = useEffectEvent(ask);
  const pauseAfter = useEffectEvent((value: Value) => (typeof everyMs === 'function' ? everyMs(value) : everyMs));
  const pauseOfFailure = useEffectEvent((error: unknown) =>
    everyMs === undefined || isLasting(error) ? undefined : afterFailureMs,
  );

  useEffect(() => {
    const given = new AbortController();
    const { signal } = given;
    const loop = async (): Promise<void> => {
      for (;;) {
        let pauseMs: number | undefined;
        try {
          const value = await askNow(signal);
          if (signal.aborted) return;
          setHeld({ key, value: { of: value } });
          pauseMs = pauseAfter(value);
        } catch (error) {
          if (signal.aborted || wasGivenUp(error)) return;
          setHeld((before) => ({ ...(before.key === key ? before : {}), key, error }));
          pauseMs = pauseOfFailure(error);
        }
        if (pauseMs === undefined) return;
        await lookedAt(pauseMs, signal);
        if (signal.aborted) return;
      }
    };
    void loop();
    return () => given.abort();
  }, [key, round]);

  if (held.key !== key || (held.value === undefined && held.error === undefined)) return { state: 'loading', again };
  if (held.value === undefined) return { state: 'failed', error: held.error, again };
  return { state: 'loaded', value: held.value.of, error: held.error, again };
}

const afterFailureMs = 5_000;

/** Waits, and longer while nobody sees the page. */
function lookedAt(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', whenSeen);
      signal.removeEventListener('abort', settle);
      resolve();
    };
    let isDue = false;
    const whenSeen = (): void => {
      if (isDue && !document.hidden) settle();
    };
    const timer = setTimeout(() => {
      isDue = true;
      whenSeen();
    }, milliseconds);
    document.addEventListener('visibilitychange', whenSeen);
    signal.addEventListener('abort', settle);
  });
}
