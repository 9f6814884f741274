import * as z from 'zod';
import { answeredStep, anyJson, considered, leftOut, text } from './answer-parts.ts';
import { diagnosedDecisions } from './recovery.ts';

const mostReplacingSteps = 20;
export const mostWaitSeconds = 86_400;

/** The answer to `diagnose`: what has gone wrong, and one thing to do about it. What it changes still has to pass the guard and the gate. */
export const diagnoseAnswer = z
  .strictObject({
    ...considered,
    /** What has gone wrong, in one or two sentences. */
    cause: text(2_000),
    decision: z.enum(diagnosedDecisions),
    /** For `wait`. */
    seconds: leftOut(z.int().min(1).max(mostWaitSeconds)),
    /** For `retryChanged`: arguments of the failed step, by name, with their new values. */
    changes: leftOut(z.record(z.string().min(1).max(100), anyJson)),
    /** For `retryChanged`: arguments to leave out. */
    removes: leftOut(z.array(z.string().min(1).max(100)).max(50)),
    /** For `replace`. */
    steps: leftOut(z.array(answeredStep).max(mostReplacingSteps)),
    /** For `escalate`: what the person should know and do. */
    summary: leftOut(z.string().trim().max(2_000)),
  })
  .superRefine((answer, context) => {
    const { decision, seconds, steps = [], changes = {}, removes = [], summary = '' } = answer;
    const wrong = (path: keyof typeof answer, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (decision === 'wait' && seconds === undefined) wrong('seconds', "decision 'wait' needs the seconds to wait");
    if (decision === 'replace' && steps.length === 0) wrong('steps', "decision 'replace' needs at least one step");
    if (decision === 'retryChanged' && Object.keys(changes).length === 0 && removes.length === 0) {
      wrong('changes', "decision 'retryChanged' needs at least one argument to change or to leave out");
    }
    if (decision === 'escalate' && summary === '') {
      wrong('summary', "decision 'escalate' needs a summary for the person who is asked");
    }
    if (decision !== 'replace' && steps.length > 0) wrong('steps', `decision '${decision}' has no steps`);
    if (decision !== 'retryChanged' && (Object.keys(changes).length > 0 || removes.length > 0)) {
      wrong('changes', `decision '${decision}' changes no arguments`);
    }
  });
export type DiagnoseAnswer = z.infer<typeof diagnoseAnswer>;
