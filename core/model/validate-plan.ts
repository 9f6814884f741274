import type { Json } from './json.ts';
import { jsonSizeBytes } from './json.ts';
import type { AcceptedStep, PlanDraft, PlanStep } from './plan.ts';
import { maxPlanBytes, maxStepsPerRevision, planDraft } from './plan.ts';
import { argumentProblems } from './plan-arguments.ts';
import type { FoundReference } from './references.ts';
import { findReferences, walkPath } from './references.ts';
import type { ActionDefinition } from './skill.ts';
import { skeleton, visibleText } from './visible-text.ts';

export const planProblemCodes = [
  'malformed',
  'emptyPlan',
  'tooManySteps',
  'tooLarge',
  'duplicateStep',
  'settledStep',
  'unknownSkill',
  'unknownVersion',
  'unknownAction',
  'notGranted',
  'denied',
  'invalidInput',
  'invalidReference',
  'unknownStep',
  'missingInput',
  'cycle',
] as const;

/** Why a plan is rejected before anything runs. */
export interface PlanProblem {
  readonly code: (typeof planProblemCodes)[number];
  readonly stepId?: string;
  /** Where in the step, e.g. `input.travellers.0`. */
  readonly path?: string;
  readonly message: string;
}

/** What an agent may use, by exact names. */
export interface Catalogue {
  find(skill: string, action: string): CatalogueEntry;
}

export type CatalogueEntry =
  | {
      readonly found: true;
      readonly action: ActionDefinition;
      readonly skillHash: string;
      readonly functionArn: string;
    }
  | {
      readonly found: false;
      readonly code: 'unknownSkill' | 'unknownVersion' | 'unknownAction' | 'notGranted';
      readonly message: string;
    };

export interface PlanContext {
  readonly input: Json;
  readonly catalogue: Catalogue;
  /**
   * Why policies deny a use of an action whose arguments are all known; undefined when they may allow it. What depends on
   * outputs of steps is judged when they are there.
   */
  readonly denied?: (skill: string, action: string, input: Json) => string | undefined;
  /** Steps of older revisions that may be referred to, with their revision. */
  readonly earlier: ReadonlyMap<string, number>;
  /** Of those, the ones that may not be defined again. */
  readonly settled: ReadonlySet<string>;
  /** A playbook function may end a run without a further step. */
  readonly mayBeEmpty: boolean;
}

export type PlanVerdict =
  | {
      readonly ok: true;
      readonly steps: AcceptedStep[];
      readonly imports: Record<string, number>;
      readonly output: Json | undefined;
    }
  | { readonly ok: false; readonly problems: PlanProblem[] };

const mostNameCharacters = 100;

/** What a name that does not fit shows to the eye only; empty for one that hides nothing. */
function deception(draft: unknown, path: readonly PropertyKey[]): string {
  const given = path.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null && Object.hasOwn(part, key) ? Reflect.get(part, key) : undefined,
    draft,
  );
  if (typeof given !== 'string' || given.length > mostNameCharacters) return '';
  const { shown, tricks } = visibleText(given);
  return tricks.length === 0 ? '' : `; '${shown}' only looks like '${visibleText(skeleton(given)).shown}'`;
}

/**
 * The gate that every plan passes, whoever wrote it. Names are compared byte for byte; references imply
 * dependencies; nothing of a rejected plan runs.
 */
export function validatePlan(draft: unknown, context: PlanContext): PlanVerdict {
  const parsed = planDraft.safeParse(draft);
  if (!parsed.success) {
    return {
      ok: false,
      problems: parsed.error.issues.map((issue) => ({
        code: 'malformed',
        path: issue.path.join('.'),
        message: issue.message + deception(draft, issue.path),
      })),
    };
  }
  const plan = parsed.data;
  if (plan.steps.length === 0 && !context.mayBeEmpty) {
    return { ok: false, problems: [{ code: 'emptyPlan', message: 'The plan has no steps; it needs at least one.' }] };
  }
  const limits = limitProblems(plan);
  if (limits.length > 0) return { ok: false, problems: limits };

  const ids = new Set(plan.steps.map((step) => step.id));
  const problems: PlanProblem[] = [...duplicateProblems(plan.steps, context.settled)];
  const accepted: AcceptedStep[] = [];
  const imports: Record<string, number> = {};

  const known = (id: string): boolean => {
    if (ids.has(id)) return true;
    const revision = context.earlier.get(id);
    if (revision === undefined) return false;
    imports[id] = revision;
    return true;
  };

  for (const step of plan.steps) {
    const found = findReferences(step.input);
    const references = referenceProblems(step.id, found, context.input, known);
    const after = new Set(step.dependsOn ?? []);
    for (const id of after) {
      if (!known(id)) problems.push(unknownStep(step.id, 'dependsOn', id));
    }
    for (const { parse } of found) {
      if (parse.kind === 'reference' && parse.reference.source === 'step') after.add(parse.reference.stepId);
    }
    problems.push(...references);

    const entry = context.catalogue.find(step.skill, step.action);
    if (!entry.found) {
      problems.push({ code: entry.code, stepId: step.id, message: entry.message });
      continue;
    }
    if (references.length === 0) problems.push(...argumentProblems(step, entry.action, found, context));
    accepted.push({
      ...step,
      after: [...after],
      timeoutSeconds: entry.action.timeoutSeconds,
      functionArn: entry.functionArn,
      skillHash: entry.skillHash,
    });
  }
  problems.push(...outputProblems(plan, context.input, known));
  if (problems.length === 0) problems.push(...cycleProblems(accepted));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, steps: accepted, imports, output: plan.output };
}

function limitProblems(plan: PlanDraft): PlanProblem[] {
  if (plan.steps.length > maxStepsPerRevision) {
    return [
      {
        code: 'tooManySteps',
        message: `The plan has ${plan.steps.length} steps; a revision may have ${maxStepsPerRevision}. Use a playbook function for longer runs.`,
      },
    ];
  }
  const sizeBytes = jsonSizeBytes(plan);
  if (sizeBytes > maxPlanBytes) {
    return [{ code: 'tooLarge', message: `The plan has ${sizeBytes} bytes; a revision may have ${maxPlanBytes}.` }];
  }
  return [];
}

export function settledStep(stepId: string): PlanProblem {
  const message = `Step '${stepId}' of an earlier revision has begun or is over and cannot be defined again; use a new id.`;
  return { code: 'settledStep', stepId, message };
}

function duplicateProblems(steps: readonly PlanStep[], settled: ReadonlySet<string>): PlanProblem[] {
  const seen = new Set<string>();
  const problems: PlanProblem[] = [];
  for (const { id } of steps) {
    if (seen.has(id)) problems.push({ code: 'duplicateStep', stepId: id, message: `Two steps have the id '${id}'.` });
    if (settled.has(id)) problems.push(settledStep(id));
    seen.add(id);
  }
  return problems;
}

function referenceProblems(
  stepId: string | undefined,
  found: readonly FoundReference[],
  input: Json,
  known: (id: string) => boolean,
): PlanProblem[] {
  return found.flatMap(({ at, text, parse }): PlanProblem[] => {
    const where = {
      ...(stepId === undefined ? {} : { stepId }),
      path: [stepId === undefined ? 'output' : 'input', ...at].join('.'),
    };
    if (parse.kind === 'malformed') return [{ code: 'invalidReference', ...where, message: parse.why }];
    if (parse.reference.source === 'step') {
      const target = parse.reference.stepId;
      if (target === stepId) return [{ code: 'cycle', ...where, message: `Step '${target}' refers to itself.` }];
      return known(target) ? [] : [unknownStep(stepId, where.path, target)];
    }
    const walk = walkPath(input, parse.reference.path);
    if (walk.found) return [];
    return [{ code: 'missingInput', ...where, message: `${text}: the run's input has no '${walk.missing}' there.` }];
  });
}

function unknownStep(stepId: string | undefined, path: string, target: string): PlanProblem {
  return {
    code: 'unknownStep',
    ...(stepId === undefined ? {} : { stepId }),
    path,
    message: `There is no step '${target}' in this plan or before it.`,
  };
}

function outputProblems(plan: PlanDraft, input: Json, known: (id: string) => boolean): PlanProblem[] {
  return plan.output === undefined ? [] : referenceProblems(undefined, findReferences(plan.output), input, known);
}

/** Kahn's algorithm; what cannot be ordered is on a cycle or behind one. */
function cycleProblems(steps: readonly AcceptedStep[]): PlanProblem[] {
  const ids = new Set(steps.map((step) => step.id));
  const waitsFor = new Map(steps.map((step) => [step.id, new Set(step.after.filter((id) => ids.has(id)))]));
  let free = [...waitsFor].filter(([, open]) => open.size === 0).map(([id]) => id);
  while (free.length > 0) {
    for (const id of free) waitsFor.delete(id);
    for (const open of waitsFor.values()) for (const id of free) open.delete(id);
    free = [...waitsFor].filter(([, open]) => open.size === 0).map(([id]) => id);
  }
  if (waitsFor.size === 0) return [];
  const stuck = [...waitsFor.keys()];
  return [{ code: 'cycle', stepId: stuck[0] ?? '', message: `These steps wait for each other: ${stuck.join(', ')}.` }];
}

/** Ids of steps that a draft refers to without defining them. Malformed drafts have none. */
export function foreignSteps(draft: unknown): string[] {
  const parsed = planDraft.safeParse(draft);
  if (!parsed.success) return [];
  const own = new Set(parsed.data.steps.map((step) => step.id));
  const named = parsed.data.steps.flatMap((step) => [...(step.dependsOn ?? []), ...referencedSteps(step.input)]);
  if (parsed.data.output !== undefined) named.push(...referencedSteps(parsed.data.output));
  return [...new Set(named.filter((id) => !own.has(id)))];
}

/** Ids of the steps that a value refers to. */
export function referencedSteps(value: Json): string[] {
  return findReferences(value).flatMap(({ parse }) =>
    parse.kind === 'reference' && parse.reference.source === 'step' ? [parse.reference.stepId] : [],
  );
}
