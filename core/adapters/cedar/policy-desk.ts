import type { EntityJson, PolicyJson } from '@cedar-policy/cedar-wasm/web';
import type { ArgumentValue } from '../../model/argument-type.ts';
import type { JsonObject } from '../../model/json.ts';
import type { GrantPolicy } from '../../model/policy.ts';
import { actionEntity, withGroups } from './action-entities.ts';
import { cedarEngine } from './engine.ts';
import type { HandWrittenPolicy } from './hand-written.ts';
import { mayBeAction } from './hand-written.ts';
import type { Reads } from './policy-reads.ts';
import { actionsNamedIn, readsOf, visiblePart } from './policy-reads.ts';

/**
 * The policies that can decide about one agent and one action, parsed: the time of a decision does not grow with the
 * project. The engine is not given the schema with each question, which would take longer than the question: it gets
 * the groups of the actions from here, and whoever asks has made sure that the request fits the schema.
 */
export interface PolicyDesk {
  /** Under which the engine knows them. */
  readonly policySetId: string;
  readonly grants: readonly GrantPolicy[];
  readonly prohibitions: readonly HandWrittenPolicy[];
  /** All of them as the engine reads them, by policy id. */
  readonly parsed: ReadonlyMap<string, PolicyJson>;
  /** In words, by policy id. */
  readonly inWords: ReadonlyMap<string, string>;
  /** An approval can make a difference. */
  readonly asksForApproval: boolean;
  /** Moments at which a decision may change; undefined when it may at any. */
  readonly turnsMs: readonly number[] | undefined;
  /** As much of the context is passed on: most of the time of a question is that of its arguments. */
  readonly reads: Reads;
  readonly entities: EntityJson[];
  /** The action itself, with its groups. */
  readonly asked: EntityJson;
}

export interface Answer {
  readonly allowed: boolean;
  readonly policies: readonly string[];
}

/** The engine keeps parsed policies by name for as long as it lives, so names are never used twice. */
let names = 0;

/**
 * Parses policies for `action`, which is one of `actions`: all those of a Cedar schema. Throws an Error when they are
 * not valid or the schema is not understood.
 */
export function openDesk(
  actions: JsonObject,
  action: string,
  grants: readonly GrantPolicy[],
  prohibitions: readonly HandWrittenPolicy[],
): PolicyDesk {
  const all = [...grants, ...prohibitions.map((policy) => ({ ...policy, text: policy.source.text }))];
  const policySetId = `policies-${names++}`;
  const groups = withGroups(actions, action);
  const parsed = new Map(all.map(({ id, text }) => [id, withoutGroups(parsedPolicy(text), groups)]));
  const answer = cedarEngine().preparsePolicySet(policySetId, { staticPolicies: Object.fromEntries(parsed) });
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
  const turns = new Set(grants.flatMap(({ expiresAtMs }) => (expiresAtMs === undefined ? [] : [expiresAtMs])));
  return {
    policySetId,
    grants,
    prohibitions,
    parsed,
    inWords: new Map(all.map(({ id, inWords }) => [id, inWords])),
    asksForApproval: all.some(({ asksForApproval }) => asksForApproval),
    turnsMs: prohibitions.some(({ readsTime }) => readsTime) ? undefined : [...turns],
    reads: readsOf([...parsed.values()]),
    entities: entitiesFor(actions, action, [...parsed.values()]),
    asked: actionEntity(actions, action),
  };
}

/**
 * What the schema says of the actions that conditions may look for in a group. They come to an action by no other way
 * than naming it, scopes with groups are gone, and nothing else is in anything.
 */
function entitiesFor(actions: JsonObject, asked: string, policies: readonly PolicyJson[]): EntityJson[] {
  const lookedFor = new Set(policies.flatMap(({ conditions }) => actionsNamedIn(conditions, asked)));
  return [...lookedFor].filter((id) => Object.hasOwn(actions, id)).map((id) => actionEntity(actions, id));
}

/**
 * A policy of a group that the action is in is one of all actions here, where no other action is asked about. The
 * engine then needs to be told of the group no more, which it would have to be with each question.
 */
function withoutGroups(policy: PolicyJson, groups: ReadonlySet<string>): PolicyJson {
  return policy.action.op === 'in' && mayBeAction(policy, groups) ? { ...policy, action: { op: 'All' } } : policy;
}

function parsedPolicy(text: string): PolicyJson {
  const answer = cedarEngine().policyToJson(text);
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
  return answer.json;
}

/**
 * One question to the engine. A policy that fails is skipped by it, a prohibition too. So any error at all ends the
 * judgement: it throws an Error.
 */
export function askDesk(
  { policySetId, reads, entities }: PolicyDesk,
  { tenantId, agent, action }: { readonly tenantId: string; readonly agent: string; readonly action: string },
  context: { [member: string]: ArgumentValue },
): Answer {
  const answer = cedarEngine().statefulIsAuthorized({
    principal: { type: 'Agent', id: agent },
    action: { type: 'Action', id: action },
    resource: { type: 'Tenant', id: tenantId },
    context: visiblePart(context, reads) as { [member: string]: ArgumentValue },
    preparsedPolicySetId: policySetId,
    entities,
  });
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) {
    throw new Error(diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`).join('; '));
  }
  return { allowed: decision === 'allow', policies: diagnostics.reason.toSorted() };
}
