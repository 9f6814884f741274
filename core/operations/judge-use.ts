import type { ApprovedUse } from '../model/approval.ts';
import { anyApprover } from '../model/approvers.ts';
import type { Approvers } from '../model/approvers.ts';
import { approvalBinding, standingOf } from '../model/approval.ts';
import type { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import type { Clock, EffectLedger } from '../ports/index.ts';

/** One use of an action as it is about to be made: nothing in it is a reference any more. */
export interface Use extends ApprovedUse {
  readonly agent: string;
  readonly occurrence: number;
  readonly input: Json;
  /** Sensitive arguments, by path, that are not trusted. */
  readonly doubted: readonly string[];
}

export type UseVerdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'denied'; readonly failure: Failure }
  /** Only a person can allow it. `reasons` are those of the policies that ask for it. */
  | {
      readonly kind: 'unapproved';
      readonly binding: string;
      readonly reasons: readonly string[];
      readonly approvers: Approvers;
    };

export interface Judges {
  readonly authorizer: Authorizer;
  readonly ledger: Pick<EffectLedger, 'readApproval'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Whether a use may be made: policies decide, sensitive arguments must be trusted, and what either leaves to a person
 * needs an approval of exactly these bytes. Asked by Decide before a dispatch, and by the skill host before it sends.
 * Throws StoreUnavailable.
 */
export async function judgeUse(use: Use, { authorizer, ledger, clock }: Judges): Promise<UseVerdict> {
  const { tenantId, agent, skill, action, input } = use;
  const {
    verdict,
    reasons,
    approvers = anyApprover,
  } = authorizer.authorize({
    tenantId,
    agent,
    skillId: skill,
    action,
    input,
    nowMs: clock.now(),
  });
  if (verdict === 'deny') {
    const message = deniedText(agent, `${skill}/${action}`, reasons);
    return { kind: 'denied', failure: { class: 'denied', message } };
  }
  if (verdict === 'allow' && use.doubted.length === 0) return { kind: 'allowed' };

  const binding = approvalBinding(use);
  const approval = await ledger.readApproval(use, binding);
  switch (standingOf(approval, use.occurrence, approvers.quorum)) {
    case 'approved':
      return { kind: 'allowed' };
    case 'rejected': {
      const by = approval?.by ?? 'somebody';
      const message = `${by} rejected ${skill}/${action}: ${approval?.reason ?? ''}`;
      return { kind: 'denied', failure: { class: 'denied', message, rejectedBy: by } };
    }
    case 'open':
      return { kind: 'unapproved', binding, reasons: verdict === 'allow' ? [] : reasons, approvers };
  }
}

/** For the plan gate: why policies deny a use whose arguments are all known, whoever might approve it. */
export function denialOf(
  who: { readonly tenantId: string; readonly agent: string },
  authorizer: Authorizer,
  clock: Pick<Clock, 'now'>,
): (skill: string, action: string, input: Json) => string | undefined {
  return (skillId, action, input) => {
    const { verdict, reasons } = authorizer.authorize({ ...who, skillId, action, input, nowMs: clock.now() });
    return verdict === 'deny' ? deniedText(who.agent, `${skillId}/${action}`, reasons) : undefined;
  };
}

function deniedText(agent: string, use: string, reasons: readonly string[]): string {
  return `agent '${agent}' may not use ${use} so: ${reasons.join(' ').replace(/\.$/, '')}`;
}
