import * as z from 'zod';

import { grantName, limitedGrant } from '../model/grant.ts';
import { capabilities } from '../model/skill.ts';

export { skillFolder } from '../model/names.ts';

/** What the infrastructure reads of a `skills/<folder>/skill.ts`. */
export const skillModule = z.object({
  default: z.object({
    kind: z.literal('skill'),
    id: z.string(),
    settings: z.array(z.string()),
    secrets: z.array(z.string()).default([]),
    network: z.array(z.string()).default([]),
    dependency: z.string().optional(),
    uses: z.array(z.enum(capabilities)).default([]),
    actions: z.record(
      z.string(),
      z.object({ timeoutSeconds: z.number().positive(), effect: z.object({ class: z.string() }) }),
    ),
  }),
});

/** What the infrastructure reads of an `agents/<name>/agent.ts`. */
export const agentModule = z.object({
  default: z.object({
    kind: z.literal('agent'),
    name: z.string(),
    grants: z.array(z.union([grantName, limitedGrant])),
    extends: z.array(z.string()).optional(),
    models: z.array(z.string()).optional(),
  }),
});
