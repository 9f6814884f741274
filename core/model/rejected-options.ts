import * as z from 'zod';
import { skillId } from './names.ts';

/** What kept a skill from being offered to a planner, whatever the planner would have thought of it. */
const rejectionReasons = ['grant', 'version', 'shortlist'] as const;
export type RejectionReason = (typeof rejectionReasons)[number];

/** The most skills that are named for one reason; the others are counted. */
export const namedSkills = 20;

/**
 * Skills that a planner was not offered, by the reason. `grant`: the agent has none for it. `version`: it is deprecated and
 * its successor was offered. `shortlist`: others fit the goal better.
 */
export const rejectedOptions = z.object({
  offered: z.array(skillId),
  rejected: z.array(
    z.object({
      reason: z.enum(rejectionReasons),
      skills: z.array(skillId),
      /** All of them, also those that are not named. */
      count: z.int().positive(),
    }),
  ),
});
export type RejectedOptions = z.infer<typeof rejectedOptions>;
