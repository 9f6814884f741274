import type { Completed, Json, NextSteps, PlanStepInput } from 'holdfast';
import * as z from 'zod';

export const paceInput = z.strictObject({
  steps: z.int().min(1).max(1_000_000),
  width: z.int().min(1).max(40).optional(),
  chunk: z.int().min(1).max(100).optional(),
  payloadBytes: z.int().min(0).max(65_536).optional(),
});
export type PaceInput = z.infer<typeof paceInput>;

const stepOutput = z.object({ sum: z.int() });
const defaultChunk = 100;

/** Step n, counted from 1, adds n to the sum of the step before it in its lane; there are as many lanes as a wave is wide. */
export function paceNext(
  { steps, width = 1, chunk = defaultChunk, payloadBytes }: PaceInput,
  completed: Completed,
): NextSteps {
  const first = completed.count + 1;
  const last = Math.min(steps, completed.count + Math.max(width, chunk - (chunk % width)));

  /** The sum after step n: a reference within this revision, a number from the revision before. */
  const sumAfter = (number: number): Json => {
    if (number < 1) return 0;
    if (number >= first) return `\${steps.${idOf(number)}.output.sum}`;
    return stepOutput.parse(completed.outputs[idOf(number)]).sum;
  };
  const planned = Array.from({ length: last - first + 1 }, (_, index): PlanStepInput => {
    const number = first + index;
    return {
      id: idOf(number),
      skill: 'Pace:v1',
      action: 'step',
      input: { number, previous: sumAfter(number - width), ...(payloadBytes === undefined ? {} : { payloadBytes }) },
    };
  });
  if (last < steps) return { steps: planned };
  const lanes = Array.from({ length: Math.min(width, steps) }, (_, index) => sumAfter(last - index));
  return { steps: planned, done: true, output: { steps, sums: lanes.toReversed() } };
}

function idOf(number: number): string {
  return `s${number}`;
}
