import type { Authorization, Holding, Survey, SurveyedPolicy } from '../../ports/authorizer.ts';
import { cedarEngine } from './engine.ts';
import type { PolicyDesk } from './policy-desk.ts';

/** The action that is wondered about, for whom and when. */
export interface SurveyQuestion {
  readonly tenantId: string;
  readonly agent: string;
  readonly action: string;
  readonly nowMs: number;
}

/**
 * What a desk would decide while nothing is known of the arguments: the engine evaluates each policy as far as it can.
 * Throws an Error when it cannot.
 */
export function surveyDesk(desk: PolicyDesk, question: SurveyQuestion): Survey {
  const unapproved = holdingsOf(desk, question, false);
  const approved = desk.asksForApproval ? holdingsOf(desk, question, true) : unapproved;
  const view = (effect: SurveyedPolicy['effect'], { id, inWords }: Pick<SurveyedPolicy, 'id' | 'inWords'>) => ({
    ...{ id, effect, inWords },
    unapproved: unapproved(id),
    approved: approved(id),
  });
  const policies = [
    ...desk.grants.map((grant) => view('permits', grant)),
    ...desk.prohibitions.map((policy) => view('forbids', policy)),
  ];
  const asking = new Set(
    [...desk.grants, ...desk.prohibitions].flatMap((one) => (one.asksForApproval ? [one.id] : [])),
  );
  return {
    mayBe: verdictsOf(
      policies,
      policies.some((policy) => asking.has(policy.id) && isOpen(policy)),
    ),
    policies,
  };
}

function holdingsOf(
  { parsed, entities, asked }: PolicyDesk,
  { tenantId, agent, action, nowMs }: SurveyQuestion,
  approved: boolean,
): (id: string) => Holding {
  const others = entities.filter(({ uid }) => !('id' in uid && uid.id === action));
  const answer = cedarEngine().isAuthorizedPartial({
    principal: { type: 'Agent', id: agent },
    action: { type: 'Action', id: action },
    resource: { type: 'Tenant', id: tenantId },
    context: { now: nowMs, approved, input: { __extn: { fn: 'unknown', arg: 'input' } } },
    policies: { staticPolicies: Object.fromEntries(parsed) },
    entities: [asked, ...others],
  });
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
  const [satisfied, errored, open] = [
    new Set(answer.response.satisfied),
    new Set(answer.response.errored),
    new Set(answer.response.nontrivialResiduals),
  ];
  return (id) => {
    if (errored.has(id)) return 'fails';
    if (satisfied.has(id)) return 'always';
    return open.has(id) ? 'depends' : 'never';
  };
}

/** Whether an approval may change what a policy says that asks for one. */
function isOpen({ unapproved, approved }: SurveyedPolicy): boolean {
  return unapproved !== approved || unapproved === 'depends';
}

/**
 * Every verdict that there may be. A prohibition that depends on the arguments may also fail on them, in sums that leave the
 * range of numbers, and then everything is denied; policies of grants compare only and never fail.
 */
function verdictsOf(policies: readonly SurveyedPolicy[], asksForApproval: boolean): Authorization['verdict'][] {
  const unapproved = answerOf(policies, 'unapproved');
  const approved = asksForApproval ? answerOf(policies, 'approved') : 'no';
  const mayFail = policies.some((policy) => policy.effect === 'forbids' && policy.unapproved === 'depends');
  if (unapproved === 'fails') return ['deny'];
  if (unapproved === 'yes') return ['allow'];
  const mayBeApproved = approved === 'yes' || approved === 'depends';
  return [
    ...(unapproved === 'depends' ? (['allow'] as const) : []),
    ...(mayBeApproved ? (['allowWithApproval'] as const) : []),
    ...(approved !== 'yes' || mayFail ? (['deny'] as const) : []),
  ];
}

function answerOf(
  policies: readonly SurveyedPolicy[],
  when: 'unapproved' | 'approved',
): 'yes' | 'no' | 'depends' | 'fails' {
  const some = (effect: SurveyedPolicy['effect'], holding: Holding): boolean =>
    policies.some((policy) => policy.effect === effect && policy[when] === holding);
  if (policies.some((policy) => policy[when] === 'fails')) return 'fails';
  if (some('forbids', 'always')) return 'no';
  if (!some('permits', 'always') && !some('permits', 'depends')) return 'no';
  return some('permits', 'always') && !some('forbids', 'depends') ? 'yes' : 'depends';
}
