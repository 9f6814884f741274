import type { SchemaJson } from '@cedar-policy/cedar-wasm/web';
import { isAnybody, leastApprovers } from '../../model/approvers.ts';
import type { Approvers } from '../../model/approvers.ts';
import { argumentsOf } from '../../model/argument-type.ts';
import type { JsonObject } from '../../model/json.ts';
import { canonicalJson, sha256 } from '../../model/json.ts';
import { name } from '../../model/names.ts';
import type { PolicyDeclarations, PolicyFile, PolicyProblem } from '../../model/policy.ts';
import type { Authorization, AuthorizationRequest, Authorizer, Survey, Surveyor } from '../../ports/authorizer.ts';
import { DecisionCache } from './decision-cache.ts';
import { withGroups } from './action-entities.ts';
import { cedarEngine } from './engine.ts';
import type { HandWrittenPolicy } from './hand-written.ts';
import { problemOf, readHandWritten } from './hand-written.ts';
import type { Answer, PolicyDesk } from './policy-desk.ts';
import { askDesk, openDesk } from './policy-desk.ts';
import { PolicyError } from './policy-error.ts';
import { surveyDesk } from './survey-desk.ts';

export interface CedarOptions {
  /** Decisions that are remembered; 1,000 when left out. */
  readonly cachedDecisions?: number;
  /**
   * The declarations are those of one skill of a project. Hand-written policies may then name what is not there, so they
   * are parsed but not checked against the types of the actions; whoever took the part has checked the whole.
   */
  readonly isPart?: boolean;
}

/**
 * An authorizer on the Cedar engine: the policies of the grants, and the hand-written ones on top, which can only
 * forbid. All are parsed once. Throws PolicyError, with file and line, unless everything is valid for the types of the actions.
 */
export function openCedarAuthorizer(
  declarations: PolicyDeclarations,
  files: readonly PolicyFile[],
  { cachedDecisions = 1_000, isPart = false }: CedarOptions = {},
): Authorizer & Surveyor {
  const { policies, problems } = isPart ? readHandWritten(files) : checked(declarations, files);
  if (problems.length > 0) throw new PolicyError(problems);
  return new CedarAuthorizer(declarations, policies, cachedDecisions);
}

/** Everything that is wrong with the policies of a project; empty when `openCedarAuthorizer` would take them. */
export function policyProblems(
  declarations: PolicyDeclarations,
  files: readonly PolicyFile[],
): readonly PolicyProblem[] {
  return checked(declarations, files).problems;
}

function checked(declarations: PolicyDeclarations, files: readonly PolicyFile[]) {
  const { policies, problems } = readHandWritten(files);
  const skillIds = [...declarations.skills.keys()];
  // The validator tries each policy on each action, and a grant is about the actions of one skill only.
  const ofGrants = skillIds.flatMap((skillId) => {
    const grants = declarations.policies.filter((policy) => policy.skillId === skillId);
    return invalid(
      schemaOf(declarations, [skillId]),
      grants.map(({ id, text }) => ({ id, file: id, source: { text, line: 1 } })),
    );
  });
  return { policies, problems: [...problems, ...ofGrants, ...invalid(schemaOf(declarations, skillIds), policies)] };
}

function invalid(
  schema: SchemaJson<string>,
  policies: readonly Pick<HandWrittenPolicy, 'id' | 'file' | 'source'>[],
): PolicyProblem[] {
  const answer = cedarEngine().validate({
    schema,
    policies: { staticPolicies: Object.fromEntries(policies.map(({ id, source }) => [id, source.text])) },
    validationSettings: { mode: 'strict' },
  });
  if (answer.type === 'failure') {
    const message = answer.errors.map((error) => error.message).join('; ');
    return [{ file: 'the schema of the skills', line: 1, message }];
  }
  const byId = new Map(policies.map((policy) => [policy.id, policy]));
  // A warning is a policy that never applies or a name that looks like another: a prohibition that is none.
  return [...answer.validationErrors, ...answer.validationWarnings].flatMap(({ policyId, error }) => {
    const policy = byId.get(policyId);
    return policy ? [problemOf(policy.file, policy.source, error)] : [];
  });
}

function schemaOf({ entityTypes, skills }: PolicyDeclarations, skillIds: readonly string[]): SchemaJson<string> {
  return { '': { entityTypes, actions: actionsOf(skills, skillIds) } } as unknown as SchemaJson<string>;
}

function actionsOf(skills: PolicyDeclarations['skills'], skillIds: readonly string[]): JsonObject {
  return Object.fromEntries(skillIds.flatMap((id) => Object.entries(skills.get(id)?.actions ?? {})));
}

class CedarAuthorizer implements Authorizer, Surveyor {
  readonly #declarations: PolicyDeclarations;
  readonly #handWritten: readonly HandWrittenPolicy[];
  readonly #agents: ReadonlySet<string>;
  /** Of all skills, as the schema declares them. */
  readonly #actions: JsonObject;
  readonly #desks = new Map<string, PolicyDesk>();
  readonly #cache: DecisionCache<Authorization>;

  constructor(declarations: PolicyDeclarations, handWritten: readonly HandWrittenPolicy[], cachedDecisions: number) {
    this.#declarations = declarations;
    this.#handWritten = handWritten;
    this.#agents = new Set(declarations.agents);
    this.#actions = actionsOf(declarations.skills, [...declarations.skills.keys()]);
    this.#cache = new DecisionCache(cachedDecisions);
  }

  authorize(request: AuthorizationRequest): Authorization {
    try {
      return this.#judge(request);
    } catch (error) {
      return denied(`It cannot be judged, so it is denied: ${messageOf(error).replace(/\.$/, '')}.`);
    }
  }

  survey(question: Omit<AuthorizationRequest, 'input'>): Survey {
    const { tenantId, agent, skillId, action, nowMs } = question;
    const wrong = this.#wrongIn(question);
    if (wrong !== undefined) return { mayBe: ['deny'], policies: [], unsaid: wrong };
    let desk: PolicyDesk | undefined;
    try {
      desk = this.#deskFor(agent, skillId, action);
      return surveyDesk(desk, { tenantId, agent, action: `${skillId}/${action}`, nowMs });
    } catch (error) {
      // Without a desk every use is denied. Whatever else is wrong here is not known to be so for a use.
      const mayBe = desk ? (['allow', 'allowWithApproval', 'deny'] as const) : (['deny'] as const);
      return { mayBe, policies: [], unsaid: `The policies cannot be evaluated: ${messageOf(error)}` };
    }
  }

  #wrongIn({ tenantId, agent, skillId, action, nowMs }: Omit<AuthorizationRequest, 'input'>): string | undefined {
    if (!this.#agents.has(agent)) return `There is no agent '${agent}'.`;
    if (!this.#declarations.skills.get(skillId)?.inputs.has(action))
      return `There is no action '${skillId}/${action}'.`;
    if (!name.safeParse(tenantId).success) return `'${tenantId}' is not a tenant name.`;
    return Number.isSafeInteger(nowMs) ? undefined : `${nowMs} is not a time in whole milliseconds.`;
  }

  #judge(request: AuthorizationRequest): Authorization {
    const wrong = this.#wrongIn(request);
    if (wrong !== undefined) return denied(wrong);
    const { tenantId, agent, skillId, action, input, nowMs } = request;
    const type = this.#declarations.skills.get(skillId)?.inputs.get(action);
    if (!type) return denied(`There is no action '${skillId}/${action}'.`);

    const desk = this.#deskFor(agent, skillId, action);
    // The engine gets no schema to check the request by, so from here on it has to fit.
    const seen = argumentsOf(type, input);
    const turn = desk.turnsMs ? desk.turnsMs.filter((atMs) => atMs <= nowMs).length : `at ${nowMs}`;
    const key = sha256(canonicalJson([tenantId, agent, skillId, action, turn, seen]));
    const cached = this.#cache.get(key);
    if (cached) return cached;
    const ask = (approved: boolean): Answer =>
      askDesk(desk, { tenantId, agent, action: `${skillId}/${action}` }, { now: nowMs, approved, input: seen });
    const decision = this.#decide(desk, ask);
    this.#cache.set(key, decision);
    return decision;
  }

  #decide(desk: PolicyDesk, ask: (approved: boolean) => Answer): Authorization {
    const freely = ask(false);
    if (freely.allowed)
      return decided('allow', freely.policies, wordsOf(desk, freely.policies), approversOf(desk, freely.policies));
    const approved = desk.asksForApproval ? ask(true) : freely;
    if (approved.allowed) {
      return decided(
        'allowWithApproval',
        [...approved.policies, ...freely.policies],
        [...wordsOf(desk, freely.policies), ...wordsOf(desk, approved.policies)],
        approversOf(desk, approved.policies),
      );
    }
    if (approved.policies.length > 0) return decided('deny', approved.policies, wordsOf(desk, approved.policies));
    return denied(
      desk.grants.length === 0
        ? 'No grant of the agent speaks of this action.'
        : `The limits of no grant are kept: ${desk.grants.map(({ inWords }) => inWords).join('; ')}.`,
    );
  }

  #deskFor(agent: string, skillId: string, action: string): PolicyDesk {
    const key = `${agent} ${skillId}/${action}`;
    let desk = this.#desks.get(key);
    if (!desk) {
      desk = this.#openDesk(agent, skillId, action);
      this.#desks.set(key, desk);
    }
    return desk;
  }

  #openDesk(agent: string, skillId: string, action: string): PolicyDesk {
    const id = `${skillId}/${action}`;
    const groups = withGroups(this.#actions, id);
    const grants = this.#declarations.policies.filter(
      (one) => one.agent === agent && one.skillId === skillId && (one.action === undefined || one.action === action),
    );
    const prohibitions = this.#handWritten.filter((one) => one.concerns(agent, groups));
    return openDesk(this.#actions, id, grants, prohibitions);
  }
}

function wordsOf({ inWords }: PolicyDesk, policies: readonly string[]): string[] {
  return policies.map((id) => inWords.get(id) ?? id);
}

/** Of the grants that permit a use. */
function approversOf({ grants }: PolicyDesk, policies: readonly string[]): Approvers {
  return leastApprovers(grants.filter(({ id }) => policies.includes(id)).map(({ approvers }) => approvers));
}

function decided(
  verdict: Authorization['verdict'],
  policies: readonly string[],
  reasons: readonly string[],
  approvers?: Approvers,
): Authorization {
  const asked = approvers === undefined || isAnybody(approvers) ? {} : { approvers };
  return Object.freeze({ verdict, policies: Object.freeze(policies), reasons: Object.freeze(reasons), ...asked });
}

function denied(reason: string): Authorization {
  return decided('deny', [], [reason]);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
