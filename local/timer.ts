export interface Timer {
  /** Resolves once what was under way has ended; nothing begins any more. */
  stop(): Promise<void>;
}

/** Calls `perform` again and again, with `everyMs` between the end of one call and the next, as a rule on a schedule does. */
export function startTimer(everyMs: number, perform: () => Promise<void>, onError: (error: Error) => void): Timer {
  let isStopped = false;
  let underWay = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    timer = setTimeout(() => {
      underWay = perform()
        .catch((error: unknown) => onError(error instanceof Error ? error : new Error(String(error))))
        .then(() => {
          if (!isStopped) wait();
        });
    }, everyMs);
  };
  wait();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
