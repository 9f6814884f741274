import * as z from 'zod';
import { json } from '../model/json.ts';
import { actionName, skillId } from '../model/names.ts';
import { endorsements } from '../model/skill.ts';
import { page } from './api-parts.ts';

export const effectView = z.discriminatedUnion('class', [
  z.strictObject({ class: z.literal('P') }),
  z.strictObject({ class: z.literal('K'), keyTtlMs: z.int() }),
  z.strictObject({ class: z.literal('Q'), settleMs: z.int() }),
  z.strictObject({ class: z.literal('N') }),
]);
/** JSON Schema 2020-12. */
export const jsonSchema = z.record(z.string(), json);

const actionSummary = z.strictObject({
  name: actionName,
  description: z.string(),
  effect: effectView,
  timeoutSeconds: z.int().positive(),
  maxAttempts: z.int().positive(),
});
const skillBase = {
  id: skillId,
  release: z.string(),
  description: z.string(),
  /** What its SKILL.md says: what it does and when to use it. */
  whenToUse: z.string().optional(),
  /** Still works; what to use instead. */
  deprecated: z.strictObject({ replacedBy: skillId }).optional(),
};
export const skillSummary = z.strictObject({
  ...skillBase,
  /** In an answer to a search: the words of the search that the skill answers to, what counted most first. */
  matched: z.array(z.string()).optional(),
  actions: z.array(actionSummary),
});
export const skillPage = page(skillSummary);
export type SkillPage = z.infer<typeof skillPage>;
export const skillView = z.strictObject({
  ...skillBase,
  skillHash: z.string(),
  actions: z.array(
    actionSummary.extend({
      input: jsonSchema,
      output: jsonSchema,
      /** Arguments, by path, that must be trusted or approved by a person. */
      sensitive: z.array(z.string()).optional(),
      /** The most that its answers may be believed. */
      trust: z.enum(['model', 'untrusted']).optional(),
      /** Members of the answer, by path, that may be believed all the same. */
      endorses: z.record(z.string(), z.enum(endorsements)).optional(),
      /** Actions that may take its place. */
      alternatives: z.array(z.string()).optional(),
      /** It can undo its effect. */
      compensates: z.literal(true).optional(),
    }),
  ),
});
export type SkillView = z.infer<typeof skillView>;
