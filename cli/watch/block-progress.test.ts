import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import type { RunView, StepView } from '../../core/contract/api.ts';
import { safe } from '../escape.ts';
import { BlockProgress } from './block-progress.ts';

function terminal(rows: number): { stream: Writable & { rows: number }; written: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return { stream: Object.assign(stream, { rows }), written: () => text.split('\u001b[?7l').at(-1) ?? '' };
}

const step = (id: string, status: StepView['status']): StepView => ({
  ...{ id, status, revision: 1, skill: 'HotelBooking:v1', action: 'book', why: '', optional: false, attempts: 1 },
});
const run = (window: readonly StepView[]) =>
  ({ runId: 'run-1', agent: 'a', status: 'running', steps: { total: 9, over: 2, window } }) as unknown as RunView;

it('draws the block again where it stood, however many lines it had', () => {
  const { stream, written } = terminal(24);
  const progress = new BlockProgress(stream, () => 0);
  progress.update(run([step('a', 'running'), step('b', 'pending')]));
  progress.update(run([step('a', 'completed')]));
  expect(written().startsWith('\u001b[3A\r\u001b[0J')).toBe(true);
  expect(written()).toContain('2 of 9 steps over, 0.0 s');
  progress.update(run([]));
  expect(written().startsWith('\u001b[2A\r\u001b[0J')).toBe(true);
});

it('a note stays, and the next block is drawn below it', () => {
  const { stream, written } = terminal(24);
  const progress = new BlockProgress(stream, () => 0);
  progress.update(run([]));
  progress.note(safe`away`);
  expect(written().endsWith('\u001b[1A\r\u001b[0Jaway\n')).toBe(true);
  progress.update(run([]));
  expect(written().startsWith('\u001b[0J')).toBe(true);
});

it('never draws more lines than the terminal has, and keeps the steps that move or went wrong', () => {
  const { stream, written } = terminal(8);
  const steps = [
    ...['a', 'b', 'c', 'd'].map((id) => step(id, 'completed')),
    ...['e', 'f', 'g'].map((id) => step(id, 'pending')),
    step('h', 'running'),
    step('i', 'failed'),
  ];
  new BlockProgress(stream, () => 0).update(run(steps));
  const lines = written().split('\n').slice(0, -1);
  expect(lines.length).toBeLessThanOrEqual(7);
  expect(lines.slice(1).map((line) => /^ +\w+ +(\w) /.exec(line)?.[1])).toEqual(['e', 'f', 'h', 'i', undefined]);
  expect(lines.at(-1)).toContain('and 5 more steps');
});
