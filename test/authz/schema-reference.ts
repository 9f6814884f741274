import { readFileSync } from 'node:fs';
import * as cedar from '@cedar-policy/cedar-wasm/web';
import type { AuthorizationRequest } from '../../core/ports/authorizer.ts';
import type { GeneratedProject } from './generated-project.ts';
import { shown } from './generated-request.ts';

/** What the engine says by itself. `unfit`: the request does not fit the schema. `failed`: a policy could not be evaluated. */
export interface Opinion {
  readonly verdict: 'allow' | 'allowWithApproval' | 'deny' | 'unfit' | 'failed';
  readonly policies: readonly string[];
}

let names = 0;

/**
 * All policies of a project in one set, and its whole schema, by which the engine itself reads the context, knows the
 * groups and checks the request. Slow, and nothing of the authorizer that is tested is in it.
 */
export function schemaReference({ declarations, forbids, inputs }: GeneratedProject) {
  cedar.initSync({
    module: readFileSync(new URL('./cedar_wasm_bg.wasm', import.meta.resolve('@cedar-policy/cedar-wasm/web'))),
  });
  const name = `reference-${names++}`;
  const actions = Object.assign({}, ...[...declarations.skills.values()].map((skill) => skill.actions));
  succeed(cedar.preparseSchema(name, { '': { entityTypes: declarations.entityTypes as never, actions } }));
  const staticPolicies = Object.fromEntries([
    ...declarations.policies.map(({ id, text }) => [id, text]),
    ...forbids.map((text, index) => [`house.cedar#${index}`, text]),
  ]);
  succeed(cedar.preparsePolicySet(name, { staticPolicies }));

  const ask = (
    { tenantId, agent, skillId, action, input, nowMs }: AuthorizationRequest,
    approved: boolean,
  ): Opinion => {
    const shape = inputs.get(`${skillId}/${action}`);
    const answer = cedar.statefulIsAuthorized({
      principal: { type: 'Agent', id: agent },
      action: { type: 'Action', id: `${skillId}/${action}` },
      resource: { type: 'Tenant', id: tenantId },
      context: { now: nowMs, approved, input: (shape && shown(shape, input)) ?? null },
      preparsedSchemaName: name,
      validateRequest: true,
      preparsedPolicySetId: name,
      entities: [],
    });
    if (answer.type === 'failure') return { verdict: 'unfit', policies: [] };
    const { decision, diagnostics } = answer.response;
    if (diagnostics.errors.length > 0) return { verdict: 'failed', policies: [] };
    return { verdict: decision, policies: diagnostics.reason.toSorted() };
  };
  return (request: AuthorizationRequest): Opinion => {
    const freely = ask(request, false);
    if (freely.verdict !== 'deny') return freely;
    const approved = ask(request, true);
    if (approved.verdict !== 'allow') return approved;
    return { verdict: 'allowWithApproval', policies: [...approved.policies, ...freely.policies] };
  };
}

function succeed(answer: cedar.CheckParseAnswer): void {
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
}
