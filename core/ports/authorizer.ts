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
