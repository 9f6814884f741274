import type { Json } from 'holdfast';
import { expect, test } from 'vitest';
import pace from '../../skills/pace-v1/skill.ts';
import { paceNext } from './pace.ts';
import type { PaceInput } from './pace.ts';

/** Runs the playbook as the engine would: revision by revision, each step once all it refers to is over. */
async function run(input: PaceInput): Promise<{ revisions: number[]; output: Json | undefined }> {
  const revisions: number[] = [];
  let outputs: Record<string, Json> = {};
  for (let count = 0; ;) {
    const next = paceNext(input, { count, revision: revisions.length, outputs, carry: null });
    const own: Record<string, Json> = {};
    const resolved = (value: Json): Json => {
      const stepId = /^\$\{steps\.(\w+)\.output\.sum\}$/.exec(typeof value === 'string' ? value : '')?.[1];
      return stepId === undefined ? value : (own[stepId] as { sum: number }).sum;
    };
    for (const { id, input: given = {} } of next.steps) {
      const rendered = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, resolved(value)]));
      own[id] = await pace.actions.step.run(pace.actions.step.input.parse(rendered), {} as never);
    }
    revisions.push(next.steps.length);
    count += next.steps.length;
    outputs = own;
    if (!next.done) continue;
    const output = next.output as { steps: number; sums: Json[] };
    return { revisions, output: { ...output, sums: output.sums.map(resolved) } };
  }
}

test.each<[PaceInput, number[], number]>([
  [{ steps: 1 }, [1], 1],
  [{ steps: 250 }, [100, 100, 50], 31_375],
  [{ steps: 7, width: 40 }, [7], 28],
  [{ steps: 25, width: 4, chunk: 10 }, [8, 8, 8, 1], 325],
  [{ steps: 85, width: 40, chunk: 1 }, [40, 40, 5], 3_655],
])('%j makes revisions of %j steps, and its sums add up to %i', async (input, expected, total) => {
  const { revisions, output } = await run(input);
  expect(revisions).toEqual(expected);
  const { steps, sums } = output as { steps: number; sums: number[] };
  expect(steps).toBe(input.steps);
  expect(sums).toHaveLength(Math.min(input.width ?? 1, input.steps));
  expect(sums.reduce((sum, lane) => sum + lane, 0)).toBe(total);
});

test('steps of one wave do not wait for each other', () => {
  const { steps } = paceNext({ steps: 6, width: 3 }, { count: 0, revision: 0, outputs: {}, carry: null });
  expect(steps.map(({ input }) => input?.['previous'])).toEqual([
    0,
    0,
    0,
    '${steps.s1.output.sum}',
    '${steps.s2.output.sum}',
    '${steps.s3.output.sum}',
  ]);
});
