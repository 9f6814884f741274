import type { Json } from '../model/json.ts';
import type { PlanAnswer } from '../model/model-answers.ts';
import type { PlanStepInput } from '../model/plan.ts';
import { renderReferences, walkPath } from '../model/references.ts';
import type { AgentDefinition } from '../model/skill.ts';

export type ChosenPlaybook =
  | { readonly ok: true; readonly steps: readonly PlanStepInput[]; readonly output: Json | undefined }
  | { readonly ok: false; readonly problem: string };

/**
 * The steps of a playbook that a model has chosen, with the model's input in them: a person has written the steps, and the
 * model what they are used with, so its words stand in the place of references to the run's input.
 */
export function chosenPlaybook(
  { playbook, playbookInput = {} }: Pick<PlanAnswer, 'playbook' | 'playbookInput'>,
  { name, playbooks }: AgentDefinition,
): ChosenPlaybook {
  const chosen = playbook !== undefined && Object.hasOwn(playbooks, playbook) ? playbooks[playbook] : undefined;
  if (chosen?.plan.kind !== 'fixed') {
    return { ok: false, problem: `agent '${name}' has no fixed playbook '${playbook}'` };
  }
  const parsed = chosen.input.safeParse(playbookInput);
  if (!parsed.success) {
    const why = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    return { ok: false, problem: `the input does not fit the playbook '${playbook}': ${why}` };
  }
  const filled = (value: Json): Json =>
    renderReferences(value, (reference, text) => {
      if (reference.source === 'step') return text;
      const walk = walkPath(parsed.data as Json, reference.path);
      return walk.found ? walk.value : null;
    });
  const { steps, output } = chosen.plan.draft;
  return {
    ok: true,
    steps: steps.map((step) => ({ ...step, input: filled(step.input) as PlanStepInput['input'] })),
    output: output === undefined ? undefined : filled(output),
  };
}
