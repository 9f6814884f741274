import { canonicalJson } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import type { AcceptedStep, PlanStep } from './plan.ts';
import { parseReference } from './references.ts';
import type { PlanDiff } from './recovery.ts';

/** What an action does that a recovery wants to use, as far as the guard asks. */
export interface GuardedAction {
  readonly effect: string;
  readonly sensitive: readonly string[];
}

/** What a recovery may touch. */
export interface EditScope {
  readonly failed: AcceptedStep;
  /** Steps that wait for the failed one and have not begun, by id. */
  readonly dependents: ReadonlyMap<string, AcceptedStep>;
  /** Ids of every other step that the plan has by now. */
  readonly others: ReadonlySet<string>;
  /** Actions that may be used, as `HotelDesk:v1/book`: those of the plan, and declared alternatives of the failed step. */
  readonly usable: ReadonlyMap<string, GuardedAction>;
}

/**
 * What a recovery must not do, one sentence for each; none when its steps may be passed to the gate. The guard asks what no
 * gate can know: what was planned before.
 */
export function editProblems(steps: readonly PlanStep[], scope: EditScope): string[] {
  const { failed, dependents } = scope;
  const problems = steps.flatMap((step) => stepProblems(step, scope));
  if (!steps.some(({ id }) => id === failed.id)) {
    problems.push(`one of the steps has to have the id '${failed.id}', for others wait for its output`);
  }
  const changed = steps.some((step) => {
    const before = step.id === failed.id ? failed : dependents.get(step.id);
    return (
      !before || before.skill !== step.skill || before.action !== step.action || !isEqual(before.input, step.input)
    );
  });
  if (!changed) problems.push('nothing is changed; decide to retry or to wait instead');
  return problems;
}

function stepProblems(step: PlanStep, { failed, dependents, others, usable }: EditScope): string[] {
  const { id } = step;
  if (others.has(id)) {
    return [
      `step '${id}' does not wait for '${failed.id}'; only that step and those that wait for it may be defined again`,
    ];
  }
  const uses = `${step.skill}/${step.action}`;
  const action = usable.get(uses);
  if (!action) {
    const allowed = [...usable.keys()].toSorted().join(', ');
    return [`step '${id}' uses ${uses}; a recovery may use ${allowed} only`];
  }
  const before = id === failed.id ? failed : dependents.get(id);
  if (!before) return newStepProblems(step, uses, action);
  const optional = (step.optional ?? false) !== (before.optional ?? false);
  return [
    ...(optional ? [`step '${id}' is ${before.optional ? '' : 'not '}optional, and stays so`] : []),
    ...action.sensitive
      .filter((path) => !isEqual(standingAt(before.input, path), standingAt(step.input, path)))
      .map((path) => `step '${id}' changes its sensitive argument '${path}'; it has to stay byte for byte`),
  ];
}

function newStepProblems({ id, optional }: PlanStep, uses: string, { effect }: GuardedAction): string[] {
  return [
    ...(effect === 'P'
      ? []
      : [`step '${id}' is new and uses ${uses}, which changes something; new steps may only read`]),
    ...(optional ? [`step '${id}' is new and cannot be optional`] : []),
  ];
}

/** What decides about a sensitive argument: its value, or the reference that the value is a part of. Null when it is absent. */
function standingAt(template: Json, path: string): Json {
  let current: Json = template;
  for (const part of path.split('.')) {
    if (typeof current === 'string' && parseReference(current).kind === 'reference') return { in: current };
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return null;
    current = (current as JsonObject)[part] ?? null;
  }
  return { is: current };
}

/** The arguments of a step with some of them changed and some left out. */
export function changedInput(
  input: JsonObject,
  changes: Readonly<Record<string, Json>>,
  removes: readonly string[],
): JsonObject {
  const kept = Object.entries(input).filter(([name]) => !removes.includes(name));
  return Object.fromEntries([...kept.filter(([name]) => !Object.hasOwn(changes, name)), ...Object.entries(changes)]);
}

/** A step that is defined again waits for all that it waited for, and stays as optional as it was. */
export function keepingOrder(step: PlanStep, before: AcceptedStep | undefined): PlanStep {
  if (!before) return step;
  const dependsOn = [...new Set([...before.after, ...(step.dependsOn ?? [])])];
  return dependsOn.length === 0 ? step : { ...step, dependsOn };
}

/** What changes for those who look at the plan. */
export function diffOf(steps: readonly PlanStep[], before: ReadonlyMap<string, AcceptedStep>): PlanDiff {
  return {
    added: steps.flatMap(({ id }) => (before.has(id) ? [] : [id])),
    changed: steps.flatMap((step) => {
      const was = before.get(step.id);
      if (!was) return [];
      const names = [...new Set([...Object.keys(was.input), ...Object.keys(step.input)])];
      return [
        {
          ...{ stepId: step.id, from: `${was.skill}/${was.action}`, to: `${step.skill}/${step.action}` },
          arguments: names.filter((name) => !isEqual(memberOf(was.input, name), memberOf(step.input, name))),
        },
      ];
    }),
  };
}

function memberOf(input: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(input, name) ? input[name] : undefined;
}

function isEqual(one: Json | undefined, other: Json | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return canonicalJson(one) === canonicalJson(other);
}
