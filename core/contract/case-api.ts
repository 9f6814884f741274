import * as z from 'zod';
import { considered } from '../model/answer-parts.ts';
import { evidenceKinds } from '../model/effect.ts';
import { json } from '../model/json.ts';
import { actionName, runId, runStepId, skillId, stepId } from '../model/names.ts';
import { diagnosedDecisions } from '../model/recovery.ts';
import { resolutions } from '../model/resolution.ts';
import { runStatus } from '../model/run.ts';
import { stepStatus } from '../model/step.ts';
import { moment } from './api-parts.ts';

const trick = z.strictObject({ path: z.string(), name: z.string(), why: z.string() });

/** All that a person needs to decide about an inbox item without opening anything else. Long texts are cut. */
export const caseView = z.strictObject({
  goal: z.string(),
  run: z.strictObject({ status: runStatus, requestedBy: z.string(), createdAt: moment, deadline: moment }),
  plan: z.strictObject({
    revision: z.int().nonnegative(),
    /** Of the open window, in plan order. */
    steps: z.array(
      z.strictObject({
        id: runStepId,
        uses: z.string(),
        why: z.string(),
        status: stepStatus,
        /** Said of the step that the item is about. */
        asked: z.literal(true).optional(),
      }),
    ),
    /** Steps that are left out here, because there are too many. */
    more: z.int().nonnegative(),
  }),
  /** The step that the item is about. */
  step: z
    .strictObject({
      id: runStepId,
      skill: skillId,
      action: actionName,
      undoes: stepId.optional(),
      effectClass: z.enum(['P', 'K', 'Q', 'N']).optional(),
      /** The exact arguments; left out when they are very long. */
      arguments: json.optional(),
      /** The same as pretty JSON in which every character that tricks the eye is escaped. */
      shown: z.string().optional(),
      /** Why they cannot be told yet, for example because an earlier step is not done. */
      unknown: z.string().optional(),
      tricks: z.array(trick),
      /** Departures for the provider under its key, and those of which nobody knows the outcome. */
      sends: z.int().nonnegative(),
      unknownSends: z.int().nonnegative(),
      /** What is on record of its attempts, oldest first: failures with their class, lookups, what people said. */
      evidence: z.array(z.strictObject({ at: moment, kind: z.enum(evidenceKinds), detail: z.string() })),
    })
    .optional(),
  /** What a model has found out about the failure, in its own words. */
  diagnosis: z
    .strictObject({
      decision: z.enum(diagnosedDecisions),
      cause: z.string(),
      reasoning: z.string(),
      options: considered.options,
    })
    .optional(),
  /** Every resolution, with what it would do here, or why it is not to be had. */
  resolutions: z.array(
    z.discriminatedUnion('may', [
      z.strictObject({ resolution: z.enum(resolutions), may: z.literal(true), does: z.string() }),
      z.strictObject({ resolution: z.enum(resolutions), may: z.literal(false), why: z.string() }),
    ]),
  ),
  /** Who is asked, in this order, and what happens if nobody answers. */
  asked: z.strictObject({
    contacts: z.array(z.string()),
    next: z.strictObject({ what: z.enum(['announce', 'remind', 'handOver', 'lapse']), at: moment }).optional(),
    /** From then on nobody's answer decides. */
    lapsesAt: moment.optional(),
  }),
  /** Paths of this API, and the page that explains the failure. */
  links: z.strictObject({
    run: z.string(),
    plan: z.string(),
    resolve: z.string(),
    skill: z.string().optional(),
    explained: z.string().optional(),
  }),
  /** Of the run above, where this one is a part of it. */
  parent: z.strictObject({ runId, stepId }).optional(),
});
export type CaseView = z.infer<typeof caseView>;
