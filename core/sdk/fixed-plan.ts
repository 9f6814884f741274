import * as z from 'zod';
import type { Json } from '../model/json.ts';
import { maxPlanBytes, maxStepsPerRevision, planDraft } from '../model/plan.ts';
import type { PlanDraft } from '../model/plan.ts';
import { findReferences, renderReferences } from '../model/references.ts';
import type { ActionDefinition } from '../model/skill.ts';
import { validatePlan } from '../model/validate-plan.ts';
import type { Catalogue, CatalogueEntry, PlanProblem } from '../model/validate-plan.ts';
import type { DefinitionProblem } from './definition-error.ts';
import { listed, shown } from './inspection.ts';
import { walkSchema } from './schema-path.ts';

/**
 * What is wrong with the plan of a fixed playbook as far as it can be told before anyone runs it: its shape, its
 * references (into the input's schema too, when there is one) and its order. The draft is empty when its shape is wrong.
 */
export function fixedPlanProblems(
  draft: unknown,
  input: z.ZodType | undefined,
): { readonly draft: PlanDraft; readonly problems: readonly DefinitionProblem[] } {
  const parsed = planDraft.safeParse(draft);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({
      at: issue.path.join('.'),
      wrong: `is not part of a plan: ${issue.message}`,
      given: shown(valueAt(draft, issue.path)),
      allowed: 'steps of { id, skill, action, input, dependsOn?, why, optional? }',
      remedy: 'Correct the step',
    }));
    return { draft: { steps: [] }, problems };
  }
  const plan = parsed.data;
  return {
    draft: plan,
    problems: [...templateProblems(plan, anything), ...(input ? inputReferenceProblems(plan, input) : [])],
  };
}

/**
 * Passes a fixed plan through the gate of every plan (core/model/validate-plan.ts) while the run's input is not known:
 * what it refers to there stays open, everything else is judged.
 */
export function templateProblems(plan: PlanDraft, catalogue: Catalogue): DefinitionProblem[] {
  const inputStandIn = freeStepId(plan);
  const opened = (value: Json): Json =>
    // A malformed reference cannot be rendered; the gate names it in the value as written.
    findReferences(value).some(({ parse }) => parse.kind === 'malformed')
      ? value
      : renderReferences(value, ({ source, path }, text) =>
          source === 'input' ? `\${${['steps', inputStandIn, 'output', ...path].join('.')}}` : text,
        );
  const withoutInput = {
    steps: plan.steps.map((step) => ({ ...step, input: opened(step.input) })),
    ...(plan.output === undefined ? {} : { output: opened(plan.output) }),
  };
  const verdict = validatePlan(withoutInput, {
    input: {},
    catalogue,
    earlier: new Map([[inputStandIn, 1]]),
    settled: new Set(),
    mayBeEmpty: false,
  });
  if (verdict.ok) return [];
  return verdict.problems
    .filter(({ code }) => code !== 'missingInput')
    .map((problem) => ({
      at: [problem.stepId === undefined ? undefined : `steps.${problem.stepId}`, problem.path]
        .filter(Boolean)
        .join('.'),
      wrong: `is not a plan that could run: ${problem.message.replace(/\.$/, '')}`,
      given: givenFor(plan, problem),
      ...advice[problem.code],
    }));
}

function inputReferenceProblems(plan: PlanDraft, input: z.ZodType): DefinitionProblem[] {
  const schema = z.toJSONSchema(input, { unrepresentable: 'any' });
  const places = [
    ...plan.steps.map((step) => ({ at: `steps.${step.id}.input`, value: step.input as Json })),
    ...(plan.output === undefined ? [] : [{ at: 'output', value: plan.output }]),
  ];
  return places.flatMap(({ at, value }) =>
    findReferences(value).flatMap(({ at: inside, text, parse }) => {
      if (parse.kind !== 'reference' || parse.reference.source !== 'input') return [];
      const walk = walkSchema(schema, parse.reference.path);
      if (walk.found) return [];
      return [
        {
          at: [at, ...inside].join('.'),
          wrong: `refers to '${walk.missing}', which the playbook's input does not have there`,
          given: shown(text),
          allowed: listed(walk.allowed),
          remedy: "Correct the reference, or add it to the playbook's input",
        },
      ];
    }),
  );
}

const idRemedy = { allowed: 'ids that are unique in the plan', remedy: 'Rename one of the steps' };
const grantRemedy = {
  allowed: 'skills, versions and actions of this project that the agent is granted, byte for byte',
  remedy: 'Correct the name, or add the grant',
};
const stepRemedy = {
  allowed: 'ids of steps of this plan',
  remedy: 'Correct the id, or add the step',
};

const advice: Readonly<Record<PlanProblem['code'], { readonly allowed: string; readonly remedy: string }>> = {
  malformed: { allowed: 'a plan of steps', remedy: 'Correct the plan' },
  emptyPlan: { allowed: `1 to ${maxStepsPerRevision} steps`, remedy: 'Add a step' },
  tooManySteps: { allowed: `1 to ${maxStepsPerRevision} steps`, remedy: 'Use next instead of steps' },
  tooLarge: { allowed: `${maxPlanBytes} bytes`, remedy: 'Use next instead of steps' },
  duplicateStep: idRemedy,
  settledStep: idRemedy,
  unknownSkill: grantRemedy,
  unknownVersion: grantRemedy,
  unknownAction: grantRemedy,
  notGranted: grantRemedy,
  denied: grantRemedy,
  invalidInput: { allowed: "what the action's input schema takes", remedy: 'Correct the value' },
  invalidReference: {
    allowed: '${input.x} or ${steps.<id>.output.x} as a whole value',
    remedy: 'Write one whole reference, or join texts with a step',
  },
  unknownStep: stepRemedy,
  missingInput: stepRemedy,
  cycle: { allowed: 'steps that wait for earlier ones only', remedy: 'Break the cycle' },
};

const openAction: ActionDefinition = {
  description: '',
  input: z.unknown(),
  output: z.unknown(),
  effect: { class: 'N' },
  timeoutSeconds: 1,
  maxAttempts: 1,
  run: () => Promise.reject(new Error('This action stands for any action of a plan that is only checked.')),
};
/** Stands for an action that is not known where a plan is checked. */
export const openEntry: CatalogueEntry = { found: true, action: openAction, skillHash: '', functionArn: '' };
/** Knows every name: what there is in the project is not known where a playbook is defined. */
const anything: Catalogue = { find: () => openEntry };

function freeStepId(plan: PlanDraft): string {
  const taken = new Set(plan.steps.map((step) => step.id));
  let id = 'input';
  while (taken.has(id)) id += '-';
  return id;
}

function givenFor(plan: PlanDraft, problem: PlanProblem): string {
  if (problem.stepId === undefined)
    return shown(problem.path === 'output' ? plan.output : `${plan.steps.length} steps`);
  const step = plan.steps.find(({ id }) => id === problem.stepId);
  if (problem.path !== undefined) return shown(valueAt(step, problem.path.split('.')));
  return step === undefined ? shown(problem.stepId) : `'${step.id}' with ${step.skill}/${step.action}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<PropertyKey, unknown>)[part];
  }
  return current;
}
