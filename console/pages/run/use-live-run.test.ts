// @vitest-environment happy-dom
import { createElement } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { expect, it } from 'vitest';
import type { RunView } from '../../../core/contract/api.ts';
import { ApiFailure } from '../../api/api-failure.ts';
import type { Api } from '../../api/api.ts';
import { mountHook } from '../../mounted/mount-hook.tsx';
import type { Session } from '../../session/session.ts';
import { SessionContext } from '../../session/session-context.ts';
import { useLiveRun } from './use-live-run.ts';

const runId = 'run-01k9zcy3v6hfb0v5x8m2q4t7na';
const running = { runId, status: 'running', revision: 1 } as RunView;
const completed = { ...running, status: 'completed' } as RunView;

/** An API whose runs and streams a test writes. */
const scripted = (runs: readonly RunView[], streams: readonly (() => ReadableStream<Uint8Array>)[]) => {
  const asked: string[] = [];
  let looks = 0;
  let connections = 0;
  const api = {
    get: () => {
      asked.push('run');
      looks += 1;
      return Promise.resolve(runs[Math.min(looks, runs.length) - 1]);
    },
    events: async (path: string) => {
      asked.push(path);
      connections += 1;
      const stream = streams[connections - 1];
      if (stream) return stream();
      throw new ApiFailure({ kind: 'problem', problem: { ...none, status: 501 } });
    },
  } as unknown as Api;
  const within = ({ children }: { readonly children: ReactNode }): ReactElement =>
    createElement(SessionContext, { value: { api, session: {} as Session } }, children);
  return { asked, within };
};
const none = { type: '', title: '', status: 404, detail: '', code: 'unknown-route' } as const;

const streamOf = (text: string, ends: boolean) => (): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode(text));
      if (ends) controller.close();
    },
  });

it('looks again when something has happened, once for several events, and no more when the run is over', async () => {
  const { asked, within } = scripted([running, completed], [streamOf('id: 1\ndata: {}\n\nid: 2\ndata: {}\n\n', false)]);
  const mounted = await mountHook<string, ReturnType<typeof useLiveRun>>(useLiveRun, runId, within);
  expect(mounted.result()).toMatchObject({ state: 'loaded', value: running });
  await mounted.pass(900);
  expect(mounted.result()).toMatchObject({ state: 'loaded', value: completed });
  await mounted.pass(100);
  expect(asked).toEqual(['run', `/v1/runs/${runId}/events`, 'run']);
  await mounted.unmount();
});

it('takes a stream that has broken up again, behind what it was told last', async () => {
  const { asked, within } = scripted(
    [running],
    [streamOf('id: 7\ndata: {}\n\n', true), streamOf(': quiet\n\n', false)],
  );
  const mounted = await mountHook<string, ReturnType<typeof useLiveRun>>(useLiveRun, runId, within);
  await mounted.pass(1_300);
  expect(asked.filter((one) => one !== 'run')).toEqual([
    `/v1/runs/${runId}/events`,
    `/v1/runs/${runId}/events?since=7`,
  ]);
  await mounted.unmount();
});

it('asks by itself where nothing streams, and does not try to be told for ever', async () => {
  const { asked, within } = scripted([running], []);
  const mounted = await mountHook<string, ReturnType<typeof useLiveRun>>(useLiveRun, runId, within);
  await mounted.pass(2_300);
  expect(asked).toEqual(['run', `/v1/runs/${runId}/events`, 'run']);
  await mounted.unmount();
});
