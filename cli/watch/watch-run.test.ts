import { expect, it } from 'vitest';
import type { RunView } from '../../core/contract/api.ts';
import { CliError, Unreachable, exitCodes } from '../errors.ts';
import { watchRun } from './watch-run.ts';

const pace = { firstDelayMs: 1, longestDelayMs: 4, patienceMs: 200 };
const running = { status: 'running' } as RunView;
const completed = { status: 'completed' } as RunView;
const away = (): never => {
  throw new Unreachable('refused', 'The platform does not answer.');
};

function watch(answers: readonly (() => RunView)[], signal = new AbortController().signal) {
  const notes: string[] = [];
  const updates: RunView[] = [];
  let asked = 0;
  const showRun = async (): Promise<RunView> => (answers[asked++] ?? answers.at(-1) ?? away)();
  const progress = {
    update: (run: RunView): void => void updates.push(run),
    note: (line: { readonly text: string }): void => void notes.push(line.text),
  };
  return { notes, updates, ended: watchRun({ showRun }, 'run-1', progress, signal, pace) };
}

it('ends with the run once it is over', async () => {
  const { updates, ended } = watch([() => running, () => running, () => completed]);
  await expect(ended).resolves.toBe(completed);
  expect(updates).toEqual([running, running, completed]);
});

it('says once that the platform is away and once that it is back, each time it goes', async () => {
  const { notes, ended } = watch([() => running, away, away, () => running, away, () => completed]);
  await expect(ended).resolves.toBe(completed);
  expect(notes.map((note) => note.includes('answers again'))).toEqual([false, true, false, true]);
});

it('gives up when the platform stays away longer than the patience', async () => {
  await expect(watch([away]).ended).rejects.toBeInstanceOf(Unreachable);
});

it('does not wait for a run that is not there, nor for something that is not Holdfast', async () => {
  const missing = new CliError(exitCodes.rejected, 'unknown-run');
  const strange = new Unreachable('strange', 'not Holdfast');
  for (const error of [missing, strange]) {
    const { notes, ended } = watch([
      () => {
        throw error;
      },
    ]);
    await expect(ended).rejects.toBe(error);
    expect(notes).toEqual([]);
  }
});

it('stops asking when it is told to', async () => {
  const abort = new AbortController();
  const { updates, ended } = watch([() => running], abort.signal);
  setTimeout(() => abort.abort(new Error('enough')), 20);
  await expect(ended).rejects.toThrow('enough');
  const asked = updates.length;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(updates).toHaveLength(asked);
});
