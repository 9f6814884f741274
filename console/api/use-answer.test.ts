// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { mountHook } from '../mounted/mount-hook.tsx';
import { ApiFailure } from './api-failure.ts';
import { useAnswer } from './use-answer.ts';

const gone = new ApiFailure({
  kind: 'problem',
  problem: { type: '', title: '', status: 404, detail: 'gone', code: 'unknown-run' },
});

const asking = (answers: readonly (() => Promise<string>)[], everyMs?: number) => {
  const asked: AbortSignal[] = [];
  const useAsked = (key: string) =>
    useAnswer(
      key,
      (signal) => {
        asked.push(signal);
        return answers[asked.length - 1]?.() ?? Promise.reject(new Error('asked too often'));
      },
      everyMs,
    );
  return { asked, useAsked };
};

it('asks again and again, and keeps what was heard while nothing newer can be had', async () => {
  const unreachable = new ApiFailure({ kind: 'unreachable' });
  const { useAsked } = asking(
    [() => Promise.resolve('one'), () => Promise.resolve('two'), () => Promise.reject(unreachable)],
    5,
  );
  const mounted = await mountHook<string, ReturnType<typeof useAsked>>(useAsked, 'a');
  await mounted.pass(60);
  expect(mounted.result()).toMatchObject({ state: 'loaded', value: 'two', error: unreachable });
  await mounted.unmount();
});

it('asks no more when the answer cannot change, and again when it is told to', async () => {
  const { useAsked, asked } = asking([() => Promise.reject(gone), () => Promise.resolve('there')], 5);
  const mounted = await mountHook<string, ReturnType<typeof useAsked>>(useAsked, 'a');
  await mounted.pass(40);
  expect(mounted.result()).toMatchObject({ state: 'failed', error: gone });
  expect(asked).toHaveLength(1);
  await mounted.act(() => mounted.result().again());
  await mounted.pass(20);
  expect(mounted.result()).toMatchObject({ state: 'loaded', value: 'there' });
  await mounted.unmount();
});

it('never shows the answer to one question for another, however late it comes', async () => {
  const late = Promise.withResolvers<string>();
  const { useAsked, asked } = asking([() => late.promise, () => Promise.resolve('of b')]);
  const mounted = await mountHook<string, ReturnType<typeof useAsked>>(useAsked, 'a');
  await mounted.give('b');
  expect(mounted.result()).toMatchObject({ state: 'loaded', value: 'of b' });
  expect(asked[0]?.aborted).toBe(true);
  late.resolve('of a');
  await mounted.pass(5);
  expect(mounted.result()).toMatchObject({ state: 'loaded', value: 'of b' });
  await mounted.unmount();
});

it('asks for nothing any more once nobody looks', async () => {
  const { useAsked, asked } = asking([() => Promise.resolve('one')], 5);
  const mounted = await mountHook<string, ReturnType<typeof useAsked>>(useAsked, 'a');
  await mounted.unmount();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(asked).toHaveLength(1);
  expect(asked[0]?.aborted).toBe(true);
});
