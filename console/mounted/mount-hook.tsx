import { act, Fragment } from 'react';
import type { ComponentType, ReactNode } from 'react';
import { createRoot } from 'react-dom/client';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

export interface MountedHook<Given, Result> {
  /** What the hook gave last. */
  readonly result: () => Result;
  readonly give: (given: Given) => Promise<void>;
  /** Does something that the component is to take notice of. */
  readonly act: (action: () => void) => Promise<void>;
  /** Lets promises and timers of so many milliseconds come to their end. */
  readonly pass: (milliseconds: number) => Promise<void>;
  readonly unmount: () => Promise<void>;
}

/**
 * For tests of hooks: a component that does nothing but call one. Needs a document.
 *
 * @param Within what is around the component, e.g. a context
 */
export async function mountHook<Given, Result>(
  hook: (given: Given) => Result,
  first: Given,
  Within: ComponentType<{ readonly children: ReactNode }> = Fragment,
): Promise<MountedHook<Given, Result>> {
  const results: Result[] = [];
  function Caller({ given }: { readonly given: Given }): null {
    results.push(hook(given));
    return null;
  }
  const root = createRoot(document.createElement('div'));
  const give = (given: Given): Promise<void> =>
    act(async () =>
      root.render(
        <Within>
          <Caller given={given} />
        </Within>,
      ),
    );
  await give(first);
  return {
    give,
    result: () => results[results.length - 1] as Result,
    act: (action) => act(async () => action()),
    pass: (milliseconds) => act(() => new Promise<void>((resolve) => void setTimeout(resolve, milliseconds))),
    unmount: () => act(async () => root.unmount()),
  };
}
