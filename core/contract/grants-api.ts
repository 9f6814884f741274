import * as z from 'zod';
import { json } from '../model/json.ts';
import { actionName, name, skillId } from '../model/names.ts';
import { page } from './api-parts.ts';
import { problemItem } from './problems.ts';

/** What an agent may do with an action. `depends` is said of what only the arguments decide. */
export const grantDecisions = ['allowed', 'approval', 'denied', 'depends'] as const;

/**
 * When a policy applies: whatever the arguments are, as they are, only while nobody has approved the use, or only once
 * somebody has. `never`: not for this tenant, or not any more. `fails`: it cannot be evaluated, so everything is denied.
 */
const policyHoldings = ['always', 'depends', 'untilApproved', 'onceApproved', 'never', 'fails'] as const;

const decidingPolicy = z.strictObject({
  /** As in the answer of `POST /v1/policy/explain`. */
  id: z.string(),
  effect: z.enum(['permits', 'forbids']),
  applies: z.enum(policyHoldings),
  /** Of a grant that another agent was given, which this one extends. */
  inheritedFrom: name.optional(),
  /** The limits of a grant, or what a rule says. */
  inWords: z.array(z.string()),
});
export type DecidingPolicy = z.infer<typeof decidingPolicy>;

const grantedAction = z.strictObject({
  skill: skillId,
  action: actionName,
  decision: z.enum(grantDecisions),
  /** Of `depends`: what it may come to. */
  mayBe: z.array(z.enum(grantDecisions).exclude(['depends'])).optional(),
  /** Arguments, by path, that wait for an approval unless they are trusted. */
  sensitive: z.array(z.string()).optional(),
  /** The policies that decide. None where no grant of the agent speaks of the action. */
  because: z.array(decidingPolicy),
  /** Why the policies could not be looked into any further. */
  unsaid: z.string().optional(),
});
export type GrantedAction = z.infer<typeof grantedAction>;

/**
 * What an agent may do for the tenant of the token and now, whatever the arguments are, as long as they are of the types of the
 * action: others are refused anyway.
 */
const agentGrants = z.strictObject({
  agent: name,
  extends: z.array(name),
  /** Every action of the project that plans may use, by name. */
  actions: z.array(grantedAction),
});
export const grantsPage = page(agentGrants);
export type GrantsPage = z.infer<typeof grantsPage>;

/** Body of `POST /v1/policy/explain`: a use that somebody wonders about. Names are compared byte for byte. */
export const explainRequest = z.strictObject({
  agent: z.string().min(1).max(200),
  skill: z.string().min(1).max(200),
  action: z.string().min(1).max(200),
  input: json.default({}),
});
export type ExplainRequest = z.output<typeof explainRequest>;

/** Whether an agent may use an action so, for the tenant of the token and now. */
export const explanation = z.strictObject({
  verdict: z.enum(['allow', 'allowWithApproval', 'deny']),
  /** Ids of the policies that decided; empty for a denial because nothing permits it. */
  policies: z.array(z.string()),
  reasons: z.array(z.string()),
  /** Arguments, by path, that need an approval of their own unless they are trusted. */
  sensitive: z.array(z.string()),
  /** What of the input does not fit the action: it would be refused for that, whatever the policies say. */
  problems: z.array(problemItem),
});
export type Explanation = z.infer<typeof explanation>;
