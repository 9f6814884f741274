import Box from '@cloudscape-design/components/box';
import type { ReactElement } from 'react';
import { use, useState, Suspense } from 'react';
import { RouterProvider } from 'react-router/dom';
import { createApi } from '../api/api.ts';
import { createRouter } from '../routes.tsx';
import { openSession } from '../session/session.ts';
import { SessionContext } from '../session/session-context.ts';
import { Loading } from '../states/answer-view.tsx';
import { FailureNotice } from '../states/failure-notice.tsx';
import { frame } from '../strings/frame.ts';

type Opened = Awaited<ReturnType<typeof open>>;

async function open() {
  try {
    const session = await openSession();
    return { session, api: createApi(session.apiBase, session.tokens), router: createRouter() };
  } catch (error) {
    return { error };
  }
}

/** Signs in and shows the pages; a failure can be tried again. */
export function Opening(): ReactElement {
  const [opening, setOpening] = useState(open);
  return (
    <Suspense fallback={<Loading text={frame.opening} />}>
      <Opened opening={opening} again={() => setOpening(open())} />
    </Suspense>
  );
}

function Opened({ opening, again }: { readonly opening: Promise<Opened>; readonly again: () => void }): ReactElement {
  const opened = use(opening);
  if ('error' in opened) {
    return (
      <Box padding="xxl">
        <FailureNotice error={opened.error} again={again} />
      </Box>
    );
  }
  return (
    <SessionContext value={opened}>
      <RouterProvider router={opened.router} />
    </SessionContext>
  );
}
