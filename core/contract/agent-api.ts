import * as z from 'zod';
import { actionName, name, skillId } from '../model/names.ts';
import { page } from './api-parts.ts';
import { jsonSchema } from './skill-api.ts';

export const agentView = z.strictObject({
  name,
  description: z.string(),
  grants: z.array(z.string()),
  deadlineSeconds: z.int().positive(),
  playbooks: z.array(
    z.strictObject({
      name: z.string(),
      description: z.string(),
      /** A fixed plan, or a function that plans as the run goes on. */
      kind: z.enum(['fixed', 'function']),
      input: jsonSchema,
    }),
  ),
});
export const agentPage = page(agentView);
export type AgentPage = z.infer<typeof agentPage>;

/** A granted action as a model is told of it. */
const toolView = z.strictObject({
  /** `Billing:v1/refund` */
  name: z.string(),
  skill: skillId,
  action: actionName,
  description: z.string(),
  input: jsonSchema,
  /** Limits of each grant that speaks of it, in words; the action may be used where those of one of them are kept. */
  limits: z.array(z.array(z.string())),
});
export const toolPage = page(toolView);
export type ToolPage = z.infer<typeof toolPage>;
