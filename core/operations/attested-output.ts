import * as z from 'zod';
import type { AttestRequest } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import type { Json } from '../model/json.ts';
import type { AcceptedStep } from '../model/plan.ts';
import type { ActionDefinition, Registry } from '../model/skill.ts';
import type { Trust } from '../model/trust.ts';
import { actionOf } from './plan-provenance.ts';

/** What is attested, checked. */
export type Attested =
  | { readonly happened: true; readonly output: Json; readonly trust: Trust }
  | { readonly happened: false };

/**
 * Checks what a person says a step has come to. Throws the problems `invalid-output` and `resolution-not-allowed`.
 */
export function attestedBy(
  { happened, output }: Pick<AttestRequest, 'happened' | 'output'>,
  step: AcceptedStep,
  registry: Registry,
): Attested {
  const name = `${step.skill}/${step.action}`;
  if (!happened) {
    if (output === undefined) return { happened };
    throw new Problem(
      'invalid-output',
      `An 'output' was given for step '${step.id}', but what did not happen has none. Leave it out, or attest 'happened: true'.`,
      { problems: [{ stepId: step.id, path: 'output', message: 'must be left out' }] },
    );
  }
  // What undoes a step answers nothing.
  if (step.compensates) {
    if (output === undefined) return { happened, output: null, trust: 'trusted' };
    throw new Problem(
      'invalid-output',
      `An 'output' was given for '${step.id}', but what undoes a step has none. Leave it out, and attest only whether the effect of step '${step.compensates.stepId}' was undone.`,
      { problems: [{ stepId: step.id, path: 'output', message: 'must be left out' }] },
    );
  }
  const action = actionOf(registry, step.skill, step.action);
  if (!action) {
    throw new Problem(
      'resolution-not-allowed',
      `What ${name} answers is no longer defined, so the output of step '${step.id}' cannot be checked. Deploy the skill again to attest that it happened; allowed now: 'attest' with 'happened: false'.`,
    );
  }
  const parsed = action.output.safeParse(output);
  if (parsed.success && output !== undefined) {
    // What a person copies from a provider may be believed as far as what the action itself would have brought from there.
    return { happened, output: parsed.data as Json, trust: action.trust ?? 'trusted' };
  }
  const given = output === undefined ? 'No output was given' : 'The output does not fit';
  const problems = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    stepId: step.id,
    path: ['output', ...path].join('.'),
    message,
  }));
  throw new Problem(
    'invalid-output',
    `${given}: to attest that step '${step.id}' happened, say in 'output' what ${name} would have answered. It must fit ${schemaText(action)}. GET /v1/skills/${step.skill} shows the whole contract.`,
    { problems },
  );
}

const shownSchemaCharacters = 1_500;

function schemaText({ output }: ActionDefinition): string {
  const { $schema: _, ...schema } = z.toJSONSchema(output);
  const text = JSON.stringify(schema);
  return text.length <= shownSchemaCharacters ? text : `${text.slice(0, shownSchemaCharacters)}…`;
}
