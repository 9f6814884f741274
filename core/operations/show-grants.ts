import type { HeldGrant } from '../authz/grants.ts';
import { grantsFor, grantsOf } from '../authz/grants.ts';
import type { DecidingPolicy, GrantedAction, GrantsPage } from '../contract/api.ts';
import { decodeAgentCursor, encodeAgentCursor } from '../contract/cursor.ts';
import { Problem } from '../contract/problems.ts';
import { limitsInWords } from '../model/grant.ts';
import { isForPlans } from '../model/model-step.ts';
import type { ActionDefinition, AgentDefinition, Registry } from '../model/skill.ts';
import type { SurveyedPolicy, Surveyor } from '../ports/authorizer.ts';
import type { Clock } from '../ports/index.ts';
import { isoTime } from './iso-time.ts';

/** Actions that some grant speaks of, on one page: each takes the policy engine a millisecond or two. */
const mostSurveys = 400;
/** Actions on one page, of all its agents: about a megabyte. */
const mostActions = 10_000;

export interface GrantsRequest {
  readonly tenantId: string;
  /** Only this one. */
  readonly agent?: string | undefined;
  /** Agents on a page. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface GrantsDependencies {
  readonly registry: Registry;
  readonly authorizer: Surveyor;
  readonly clock: Pick<Clock, 'now'>;
}

interface ProjectAction {
  readonly skillId: string;
  readonly action: string;
  readonly definition: ActionDefinition;
}

/**
 * The matrix of agents and actions for one tenant and now: what is allowed, what waits for an approval, what is denied and
 * what depends on the arguments, with the policies that decide. By name; a page may be short. Nothing is run. Throws the
 * problem `unknown-agent`, and InvalidCursor.
 */
export function listGrants(request: GrantsRequest, dependencies: GrantsDependencies): GrantsPage {
  const { registry } = dependencies;
  const actions = plannedActions(registry);
  const waiting = agentsOf(request, registry);
  const items: GrantsPage['items'] = [];
  let surveys = 0;
  for (const agent of waiting.slice(0, request.limit)) {
    const grants = grantsOf(agent, registry.agents);
    const granted = actions.filter(({ skillId, action }) => grantsFor(grants, skillId, action).length > 0).length;
    const isFull = surveys + granted > mostSurveys || (items.length + 1) * actions.length > mostActions;
    if (items.length > 0 && isFull) break;
    surveys += granted;
    items.push({
      agent: agent.name,
      extends: [...(agent.extends ?? [])],
      actions: actions.map((action) => grantedAction(agent, action, grants, request.tenantId, dependencies)),
    });
  }
  const last = items.at(-1);
  return { items, nextCursor: last && items.length < waiting.length ? encodeAgentCursor(last.agent) : null };
}

/** The agents that are still to come. */
function agentsOf({ agent, cursor }: GrantsRequest, { agents }: Registry): AgentDefinition[] {
  const after = decodeAgentCursor(cursor);
  const known = [...agents.keys()].toSorted();
  if (agent !== undefined && !agents.has(agent)) {
    const there = known.map((name) => `'${name}'`).join(', ') || 'none';
    throw new Problem('unknown-agent', `There is no agent '${agent.slice(0, 80)}'; there is ${there}.`);
  }
  return known.flatMap((name) => {
    const definition = agents.get(name);
    const isAsked = (agent === undefined || name === agent) && (after === undefined || name > after);
    return definition && isAsked ? [definition] : [];
  });
}

function plannedActions({ skills }: Registry): ProjectAction[] {
  return [...skills.keys()].toSorted().flatMap((skillId) =>
    Object.entries(skills.get(skillId)?.actions ?? {})
      .filter(([action]) => isForPlans(skillId, action))
      .map(([action, definition]) => ({ skillId, action, definition })),
  );
}

function grantedAction(
  agent: AgentDefinition,
  { skillId, action, definition }: ProjectAction,
  grants: readonly HeldGrant[],
  tenantId: string,
  { authorizer, clock }: GrantsDependencies,
): GrantedAction {
  const speaking = grantsFor(grants, skillId, action);
  // Only a grant permits anything, so no policy has to be asked.
  if (speaking.length === 0) return { skill: skillId, action, decision: 'denied', because: [] };
  const nowMs = clock.now();
  const survey = authorizer.survey({ tenantId, agent: agent.name, skillId, action, nowMs });
  const sensitive = [...(definition.sensitive ?? [])];
  const mayBe = [
    ...new Set([
      ...survey.mayBe.map((verdict) => decisions[verdict]),
      // What the policies allow still waits for a person where a sensitive argument is not trusted.
      ...(survey.mayBe.includes('allow') && sensitive.length > 0 ? (['approval'] as const) : []),
    ]),
  ].toSorted();
  const [only, ...others] = mayBe;
  const decision = only !== undefined && others.length === 0 ? only : 'depends';
  const byId = new Map(speaking.map((grant) => [grant.policyId, grant]));
  return {
    skill: skillId,
    action,
    decision,
    ...(decision === 'depends' ? { mayBe } : {}),
    ...(sensitive.length > 0 ? { sensitive } : {}),
    because: decidingOf(decision, survey.policies).map((policy) =>
      viewOf(policy, byId.get(policy.id), { agent: agent.name, tenantId, nowMs }),
    ),
    ...(survey.unsaid === undefined ? {} : { unsaid: survey.unsaid }),
  };
}

const decisions = { allow: 'allowed', allowWithApproval: 'approval', deny: 'denied' } as const;

/** Prohibitions first. Where nothing permits it any more, the grants that would have. */
function decidingOf(decision: GrantedAction['decision'], policies: readonly SurveyedPolicy[]): SurveyedPolicy[] {
  const ordered = policies.toSorted((a, b) => (a.effect === b.effect ? 0 : a.effect === 'forbids' ? -1 : 1));
  const applying = ordered.filter((policy) => holdingOf(policy) !== 'never');
  const always = applying.filter((policy) => ['always', 'fails'].includes(holdingOf(policy)));
  if (decision === 'allowed') return always;
  if (decision !== 'denied') return applying;
  const forbidding = always.filter(({ effect, unapproved }) => effect === 'forbids' || unapproved === 'fails');
  if (forbidding.length > 0) return forbidding;
  const permitted = applying.some(({ effect }) => effect === 'permits');
  return permitted ? applying : ordered.filter(({ effect }) => effect === 'permits');
}

function holdingOf({ unapproved, approved }: SurveyedPolicy): DecidingPolicy['applies'] {
  if (unapproved === approved) return unapproved;
  if (unapproved === 'fails' || approved === 'fails') return 'fails';
  if (unapproved === 'never' && approved === 'always') return 'onceApproved';
  return unapproved === 'always' && approved === 'never' ? 'untilApproved' : 'depends';
}

function viewOf(
  policy: SurveyedPolicy,
  grant: HeldGrant | undefined,
  who: { readonly agent: string; readonly tenantId: string; readonly nowMs: number },
): DecidingPolicy {
  return {
    id: policy.id,
    effect: policy.effect,
    applies: holdingOf(policy),
    ...(grant && grant.from !== who.agent ? { inheritedFrom: grant.from } : {}),
    inWords: grant ? grantWords(grant, who) : [policy.inWords],
  };
}

/** Limits as they stand for one tenant, who is not told the names of others. */
function grantWords(grant: HeldGrant, { tenantId, nowMs }: { readonly tenantId: string; readonly nowMs: number }) {
  if (grant.tenants && !grant.tenants.includes(tenantId)) return ['for other tenants'];
  if (grant.expiresAtMs !== undefined && grant.expiresAtMs <= nowMs) {
    return [`over since ${isoTime(grant.expiresAtMs)}`];
  }
  return limitsInWords({ ...grant, tenants: undefined });
}
