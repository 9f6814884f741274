import { lazy, Suspense } from 'react';
import type { ComponentProps, ReactElement } from 'react';
import { Loading } from '../states/answer-view.tsx';

const PlanGraph = lazy(() => import('./plan-graph.tsx'));

/** The graph of a plan; what draws it is loaded when it is first shown. */
export function LazyPlanGraph(props: ComponentProps<typeof PlanGraph>): ReactElement {
  return (
    <Suspense fallback={<Loading />}>
      <PlanGraph {...props} />
    </Suspense>
  );
}
