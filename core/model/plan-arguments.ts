import type { Json } from './json.ts';
import type { PlanStep } from './plan.ts';
import type { FoundReference } from './references.ts';
import { renderReferences, walkPath } from './references.ts';
import type { ActionDefinition } from './skill.ts';
import type { PlanContext, PlanProblem } from './validate-plan.ts';

/** What is wrong with the arguments of a step as far as they are known: their shape, and whether policies deny them. */
export function argumentProblems(
  step: PlanStep,
  action: ActionDefinition,
  found: readonly FoundReference[],
  context: PlanContext,
): PlanProblem[] {
  const { rendered, problems } = inputProblems(step, action, found, context.input);
  if (problems.length > 0 || after(found)) return problems;
  const why = context.denied?.(step.skill, step.action, rendered);
  return why === undefined ? [] : [{ code: 'denied', stepId: step.id, path: 'input', message: why }];
}

/** True when something is not known before another step is over. */
function after(found: readonly FoundReference[]): boolean {
  return found.some(({ parse }) => parse.kind === 'reference' && parse.reference.source === 'step');
}

/** Checks the literals and the run's input against the action's schema; what a step will yield is checked when it is there. */
function inputProblems(
  step: PlanStep,
  action: ActionDefinition,
  found: readonly FoundReference[],
  input: Json,
): { readonly rendered: Json; readonly problems: PlanProblem[] } {
  const open = found.filter(({ parse }) => parse.kind === 'reference' && parse.reference.source === 'step');
  const rendered = renderReferences(step.input, (reference) => {
    if (reference.source === 'step') return null;
    const walk = walkPath(input, reference.path);
    return walk.found ? walk.value : null;
  });
  const parsed = action.input.safeParse(rendered);
  if (parsed.success) return { rendered, problems: [] };
  const problems = parsed.error.issues
    .filter((issue) => issue.code === 'unrecognized_keys' || !open.some(({ at }) => touches(issue.path, at)))
    .map((issue): PlanProblem => ({
      code: 'invalidInput',
      stepId: step.id,
      path: ['input', ...issue.path].join('.'),
      message: `${step.skill}/${step.action}: ${issue.message}`,
    }));
  return { rendered, problems };
}

/** True when one path is the beginning of the other: the issue may then come from a value that is not known yet. */
function touches(issue: readonly PropertyKey[], reference: readonly (string | number)[]): boolean {
  const length = Math.min(issue.length, reference.length);
  return issue.slice(0, length).every((part, index) => String(part) === String(reference[index]));
}
