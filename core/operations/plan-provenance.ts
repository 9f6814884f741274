import type { Authorship, Provenance } from '../model/information-flow.ts';
import { InputTrust, trustAt, trustOfLiteral, trustOfOutput } from '../model/information-flow.ts';
import type { Json } from '../model/json.ts';
import { parseReference } from '../model/references.ts';
import type { RunRequest } from '../model/run.ts';
import type { ActionDefinition, Registry } from '../model/skill.ts';
import type { Given } from './render-template.ts';

/**
 * How far the values may be believed that a template of a plan refers to.
 *
 * @param outputs of the steps that the template names; what is not among them is untrusted
 */
export function provenanceOf(
  request: RunRequest,
  authorship: Authorship,
  outputs: ReadonlyMap<string, Given>,
  registry: Pick<Registry, 'skills'>,
): Provenance {
  const input = inputTrustOf(request);
  return {
    input: (path) => input.at(path),
    output: (stepId, path) => {
      const given = outputs.get(stepId);
      if (!given) return 'untrusted';
      return trustOfOutput(given, path, actionOf(registry, given.skill, given.action)?.endorses ?? {});
    },
    literal: (value) => trustOfLiteral(value, authorship, (one) => input.holds(one)),
  };
}

/**
 * The members of an argument that another run is given as its input and may not simply believe. The names of members count
 * as well: whoever has chosen them has chosen what that run reads.
 */
export function doubtedMembers(template: Json | undefined, rendered: Json | undefined, from: Provenance): string[] {
  if (template === undefined || typeof rendered !== 'object' || rendered === null) return [];
  const names = Object.keys(rendered);
  if (trustAt(template, [], from) === 'trusted') return [];
  const reference = typeof template === 'string' ? parseReference(template) : undefined;
  // Whoever made the output of a step has named its members; those of the run's own input are its caller's.
  if (reference?.kind === 'reference' && reference.reference.source !== 'input') return names;
  return names.filter(
    (name) =>
      trustAt(template, [name], from) !== 'trusted' || (reference === undefined && from.literal(name) !== 'trusted'),
  );
}

export function actionOf(
  { skills }: Pick<Registry, 'skills'>,
  skill: string,
  action: string,
): ActionDefinition | undefined {
  const actions = skills.get(skill)?.actions;
  return actions && Object.hasOwn(actions, action) ? actions[action] : undefined;
}

const inputTrusts = new WeakMap<RunRequest, InputTrust>();

function inputTrustOf(request: RunRequest): InputTrust {
  let known = inputTrusts.get(request);
  if (!known) {
    known = new InputTrust(request.input, request.untrusted);
    inputTrusts.set(request, known);
  }
  return known;
}
