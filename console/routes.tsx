import { createBrowserRouter, Navigate } from 'react-router';
import { BrokenPage } from './frame/broken-page.tsx';
import { Frame } from './frame/frame.tsx';
import { NotFound } from './frame/not-found.tsx';
import { Loading } from './states/answer-view.tsx';

/** Addresses of the console. Each page is loaded when it is first opened; its module exports `Component`. */
export const createRouter = () =>
  createBrowserRouter([
    {
      element: <Frame />,
      HydrateFallback: Loading,
      children: [
        {
          ErrorBoundary: BrokenPage,
          children: [
            { index: true, element: <Navigate to="/runs" replace /> },
            { path: 'runs', lazy: () => import('./pages/runs/index.tsx') },
            { path: 'runs/:runId', lazy: () => import('./pages/run/index.tsx') },
            { path: 'start', lazy: () => import('./pages/start-run/index.tsx') },
            { path: 'inbox', lazy: () => import('./pages/inbox/index.tsx') },
            { path: 'inbox/:escalationId', lazy: () => import('./pages/inbox/escalation.tsx') },
            { path: 'skills', lazy: () => import('./pages/skills/index.tsx') },
            { path: 'skills/:skillId', lazy: () => import('./pages/skills/skill.tsx') },
            { path: 'breakers', lazy: () => import('./pages/breakers/index.tsx') },
            { path: 'spend', lazy: () => import('./pages/spend/index.tsx') },
            { path: 'problems/:code', lazy: () => import('./pages/problem/index.tsx') },
            { path: '*', element: <NotFound /> },
          ],
        },
      ],
    },
  ]);
