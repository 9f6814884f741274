import type { Approvers } from '../model/approvers.ts';
import type { Json } from '../model/json.ts';

/** One wish to invoke an action. Everything that a decision depends on is in it. */
export interface AuthorizationRequest {
  readonly tenantId: string;
  readonly agent: string;
  /** `Billing:v1`, compared byte for byte like every name here. */
  readonly skillId: string;
  readonly action: string;
  /** The rendered arguments: no references are left in them. */
  readonly input: Json;
  readonly nowMs: number;
}

/** The answer to: may it be invoked, and may it be invoked without approval? */
export interface Authorization {
  readonly verdict: 'allow' | 'allowWithApproval' | 'deny';
  /** Ids of the policies that decided. Empty for a denial because nothing permits it. */
  readonly policies: readonly string[];
  /** For people: why, and for a denial what is missing. */
  readonly reasons: readonly string[];
  /** Who has to approve, where the use or one of its arguments needs an approval; anybody alone when left out. */
  readonly approvers?: Approvers;
}

/**
 * Decides what an agent may do, outside of any model. Asked when a plan is accepted and again by the skill host
 * before it sends. Never throws: what cannot be judged is denied.
 */
export interface Authorizer {
  authorize(request: AuthorizationRequest): Authorization;
}

/** Whether a policy applies, whatever the arguments are. `fails`: it cannot be evaluated, so that everything is denied. */
export type Holding = 'always' | 'never' | 'depends' | 'fails';

/** What one policy says of an action while no arguments are known, without an approval and with one. */
export interface SurveyedPolicy {
  readonly id: string;
  readonly effect: 'permits' | 'forbids';
  readonly unapproved: Holding;
  readonly approved: Holding;
  readonly inWords: string;
}

export interface Survey {
  /** Every verdict that some arguments of the action's types may get. One alone is the verdict of all of them. */
  readonly mayBe: readonly Authorization['verdict'][];
  readonly policies: readonly SurveyedPolicy[];
  /** Why nothing more could be said. */
  readonly unsaid?: string;
}

/** Says what an authorizer would decide while no arguments are known. Never throws, and never rules out what may happen. */
export interface Surveyor {
  survey(question: Omit<AuthorizationRequest, 'input'>): Survey;
}
